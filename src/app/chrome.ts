/** Frame, palette and keys as data, from the list of screens and what is open. */
import type { Progress } from '../archive/member.ts'
import { visibleText } from '../base/text.ts'
import { present } from '../model/absent.ts'
import { views } from '../views/index.ts'
import type { ViewGroup } from '../views/view.ts'
import type { FrameProgress, NavItem } from './frame.ts'
import type { Shortcut } from './keyboard.ts'
import type { Session } from './session.svelte.ts'
import type { Theme } from './theme.svelte.ts'
import type { Workspace } from './workspace.svelte.ts'

const SECTIONS: Readonly<Record<ViewGroup, string | undefined>> = {
  checkpoints: undefined,
  container: 'Container',
  processes: 'Processes',
  archive: 'Archive',
}

/** The left side: every screen that can be shown, with its count. */
export function navItems(workspace: Workspace): NavItem[] {
  const { checkpoint, session } = workspace
  if (session.checkpoints.length === 0) return []
  return views
    .all()
    .filter((view) => view.always || checkpoint)
    .map((view) => ({
      id: view.id,
      label: view.title,
      count: view.always ? session.checkpoints.length : checkpoint && view.count(checkpoint),
      href: workspace.href(view.id),
      note: checkpoint?.state === 'ready' ? view.emptyReason(checkpoint) : undefined,
      section: SECTIONS[view.group],
      keys: view.keys,
    }))
}

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  reading: 'reading',
  inflating: 'inflating',
  indexing: 'listing members',
  decoding: 'decoding images',
}

/** What is being opened, for the frame's top edge. */
export function progressOf(session: Session): FrameProgress[] {
  return session.openings.map(({ label, progress, cancel }) => ({
    label: visibleText(label),
    done: progress?.done,
    total: progress?.total,
    detail: progress && PHASES[progress.phase],
    oncancel: cancel,
  }))
}

interface Actions {
  find: () => void
  help: () => void
  open: () => void
}

/** All keys, in the order of the list that `?` shows. */
export function shortcutsOf(workspace: Workspace, theme: Theme, actions: Actions): Shortcut[] {
  const go = views.all().flatMap((view): Shortcut[] =>
    view.keys === undefined
      ? []
      : [
          {
            keys: view.keys,
            label: `Go to ${view.title}`,
            group: 'Go to',
            run: () => {
              if (view.always || workspace.checkpoint) workspace.go(view.id)
            },
          },
        ],
  )
  return [
    { keys: 'mod+k', label: 'Find a screen, process, file or socket', group: 'Anywhere', run: actions.find },
    { keys: '?', label: 'Show this list', group: 'Anywhere', run: actions.help },
    { keys: 'mod+o', label: 'Open files', group: 'Anywhere', run: actions.open },
    {
      keys: 't',
      label: 'Change the theme',
      group: 'Anywhere',
      run: () => {
        theme.next()
      },
    },
    {
      keys: 'Backspace',
      label: 'Go back',
      group: 'Anywhere',
      run: () => {
        history.back()
      },
    },
    ...go,
  ]
}

/** One line of the palette. */
export interface Command {
  readonly id: string
  /** Evidence text. */
  readonly label: string
  readonly note?: string
  readonly aka?: readonly string[]
  readonly href: string
}

/** Screens, then things: processes by pid and name, sockets by address. */
export function commandsOf(workspace: Workspace): Command[] {
  const { checkpoint } = workspace
  const screens = navItems(workspace).map(({ id, label, href }) => ({
    id,
    label,
    href,
    note: 'screen',
    aka: views.get(id).aka,
  }))
  if (!checkpoint) return screens
  const processes = (present(checkpoint.processes) ?? []).map(({ pid, name }) => ({
    id: `process-${pid}`,
    label: `${pid} ${present(name) ?? ''}`,
    note: 'process',
    href: workspace.href('processes', { kind: 'process', pid }),
  }))
  const sockets = (present(checkpoint.sockets) ?? []).flatMap((socket) => {
    const local = present(socket.local)
    if (!local) return []
    const end = local.port === undefined ? local.address : `${local.address}:${local.port}`
    return [
      {
        id: `socket-${socket.id}`,
        label: `${socket.protocol} ${end}`,
        note: 'socket',
        href: workspace.href('sockets', { kind: 'socket', id: socket.id }),
      },
    ]
  })
  const files = (present(checkpoint.files) ?? []).flatMap(({ id, name, type }) => {
    const path = present(name)
    return path === undefined || type !== 'REG'
      ? []
      : [{ id: `file-${id}`, label: path, note: 'file', href: workspace.href('files', { kind: 'file', id }) }]
  })
  return [...screens, ...processes, ...sockets, ...files]
}
