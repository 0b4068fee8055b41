/** What a person can do here besides going to a place: one list behind the keys and the palette. */
import { saveInspection } from '../views/parts/save.ts'
import { FIND } from './frame.ts'
import { DENSITY_NAMES, THREAD_CHOICES, threadsText, UNPACK_MEMORY, type Density } from './settings.svelte.ts'
import { THEME_NAMES, THEMES, type Theme } from './theme.svelte.ts'
import type { Workspace } from './workspace.svelte.ts'

export interface Action {
  /** A verb phrase, or a setting with the value that it gets. */
  readonly label: string
  /** As in `Shortcut.keys`. */
  readonly keys?: string
  /** Other words for it. */
  readonly aka?: string
  /** As in `PaletteItem`. */
  readonly bias?: number
  /** Only for settings: whether it is so now. */
  readonly holds?: boolean
  /** Whether the screen at hand has what it takes. Default: always. */
  readonly isPossible?: () => boolean
  readonly run: () => void
}

/** What only the page itself can do. */
export interface PageActions {
  readonly find: () => void
  readonly help: () => void
  readonly set: () => void
  readonly open: () => void
  readonly openFolder: () => void
  readonly openSample: () => void
}

/** Something that the screen at hand has to have: the filter box or a button of its table. */
function onScreen(selector: string, act: (element: HTMLElement) => void): Pick<Action, 'isPossible' | 'run'> {
  const find = (): HTMLElement | null => document.querySelector<HTMLElement>(`#main ${selector}`)
  return {
    isPossible: () => find() !== null,
    run: () => {
      const element = find()
      if (element) act(element)
    },
  }
}

/** Those that have keys come first, in the order in which they are listed. */
export function actionsOf(workspace: Workspace, theme: Theme, page: PageActions): Action[] {
  const { checkpoint, session } = workspace
  const press = (element: HTMLElement): void => {
    element.click()
  }
  return [
    { keys: 'mod+k', label: FIND, run: page.find },
    { keys: '?', label: 'Show the list of keys', aka: 'shortcuts keyboard help', run: page.help },
    {
      keys: ',',
      label: 'Settings',
      aka: 'preferences options forget reset columns licences version build portable file',
      run: page.set,
    },
    {
      keys: '/',
      label: 'Filter the table',
      aka: 'narrow rows',
      ...onScreen('input[type=search]', (field) => {
        field.focus()
      }),
    },
    { keys: 'mod+o', label: 'Open files', aka: 'archive checkpoint load add choose', run: page.open },
    {
      keys: 't',
      label: 'Change the theme',
      aka: 'dark light colours',
      run: () => {
        theme.next()
      },
    },
    {
      keys: 'Backspace',
      label: 'Go back',
      run: () => {
        history.back()
      },
    },
    { label: 'Open a folder', aka: 'directory images load add choose', run: page.openFolder },
    { label: 'Open the sample', aka: 'example demo try', run: page.openSample },
    ...(checkpoint?.state === 'ready'
      ? [
          {
            label: 'Export the whole checkpoint as JSON',
            aka: 'save download inspect checkpointctl report',
            run: () => {
              session.client
                .then((client) => saveInspection(client, checkpoint))
                .catch((error: unknown) => {
                  session.report(error)
                })
            },
          },
        ]
      : []),
    {
      label: 'Export the table',
      aka: 'save download copy csv json tsv',
      ...onScreen('button[aria-label=Export]', press),
    },
    {
      label: 'Choose the columns of the table',
      aka: 'show hide order width',
      ...onScreen('button[aria-label=Columns]', press),
    },
    ...session.openings.map(({ label, cancel }) => ({
      label: `Cancel opening ${label}`,
      aka: 'stop abort',
      run: cancel,
    })),
    ...session.checkpoints.map(({ id, name }) => ({
      label: `Close ${name}`,
      aka: 'remove checkpoint archive',
      // Who types a name does not mean to be rid of it.
      bias: -30,
      run: () => void session.close(id),
    })),
  ]
}

/** Every value that a setting can get. */
export function settingsOf({ settings }: Workspace, theme: Theme): Action[] {
  return [
    ...THEMES.map((choice) => ({
      label: `Theme: ${THEME_NAMES[choice].toLowerCase()}`,
      aka: 'mode colours appearance',
      holds: theme.choice === choice,
      run: () => {
        theme.set(choice)
      },
    })),
    ...(Object.keys(DENSITY_NAMES) as Density[]).map((density) => ({
      label: `Rows of tables: ${DENSITY_NAMES[density].toLowerCase()}`,
      aka: 'density height spacing',
      holds: settings.density === density,
      run: () => {
        settings.density = density
      },
    })),
    ...[true, false].map((masks) => ({
      label: `Mask values that look like secrets: ${masks ? 'yes' : 'no'}`,
      aka: 'hide show passwords tokens keys environment',
      holds: settings.maskSecrets === masks,
      run: () => {
        settings.maskSecrets = masks
      },
    })),
    ...THREAD_CHOICES.map((threads) => ({
      label: `Threads that search memory: ${threadsText(threads).toLowerCase()}`,
      aka: 'workers cores limit',
      holds: settings.threads === threads,
      run: () => {
        settings.threads = threads
      },
    })),
    ...UNPACK_MEMORY.map((size) => ({
      label: `Memory for unpacked archives: ${size} MiB`,
      aka: 'limit ram',
      holds: settings.unpackMemory === size,
      run: () => {
        settings.unpackMemory = size
      },
    })),
  ]
}
