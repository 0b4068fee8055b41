/** Frame, palette and keys as data, from the list of screens and what is open. */
import { visibleText } from '../base/text.ts'
import { isAbsent, present } from '../model/absent.ts'
import { views } from '../views/index.ts'
import { socketText } from '../views/parts/sockets.ts'
import type { ViewGroup } from '../views/view.ts'
import { HEX_KEYS, TABLE_KEYS, type KeyGroup } from '../ui/key-group.ts'
import type { PaletteItem } from '../ui/palette.ts'
import type { Ref } from '../model/ref.ts'
import type { Action } from './actions.ts'
import { FIND, type FrameProgress, type NavItem } from './frame.ts'
import { shownKeys, type Shortcut } from './keyboard.ts'
import { progressWords } from './progress-words.ts'
import type { Session } from './session.svelte.ts'
import type { Workspace } from './workspace.svelte.ts'

const SECTIONS: Readonly<Record<ViewGroup, string | undefined>> = {
  checkpoints: undefined,
  container: 'Container',
  processes: 'Processes',
  archive: 'Archive',
  tools: 'Tools',
}

/** The left side: every screen that can be shown, with its count. */
export function navItems(workspace: Workspace): NavItem[] {
  const { checkpoint, session } = workspace
  // The empty page has no sections; a screen that needs no checkpoint has a way back.
  if (session.checkpoints.length === 0 && !workspace.view) return []
  return views
    .all()
    .filter((view) => view.always || checkpoint)
    .map((view) => ({
      id: view.id,
      label: view.title,
      count: view.group === 'checkpoints' ? session.checkpoints.length : checkpoint && view.count(checkpoint),
      href: workspace.href(view.id),
      note: checkpoint?.state === 'ready' ? view.emptyReason(checkpoint) : undefined,
      section: SECTIONS[view.group],
      keys: view.keys,
    }))
}

/** What is being opened, for the frame's top edge. */
export function progressOf(session: Session): FrameProgress[] {
  return session.openings.map(({ label, progress, since, cancel }) => ({
    label: visibleText(label),
    done: progress?.done,
    total: progress?.total,
    detail: progress && progressWords(progress, performance.now() - since),
    oncancel: cancel,
  }))
}

/** All keys, in the order of the list that `?` shows. */
export function shortcutsOf(workspace: Workspace, actions: readonly Action[]): Shortcut[] {
  const here = actions.flatMap(({ keys, label, run }) =>
    keys === undefined ? [] : [{ keys, label, group: 'Anywhere', run }],
  )
  const go = views.all().flatMap(({ id, title, keys, always }): Shortcut[] =>
    keys === undefined
      ? []
      : [
          {
            keys,
            label: `Go to ${title}`,
            group: 'Go to',
            run: () => {
              if (always || workspace.checkpoint) workspace.go(id)
            },
          },
        ],
  )
  return [...here, ...go]
}

/** Screens, checkpoints, actions and settings, then things: processes by pid and name, sockets by address, files by path. */
export function* commandsOf(
  workspace: Workspace,
  actions: readonly Action[],
  settings: readonly Action[],
): Generator<PaletteItem, void, undefined> {
  const { checkpoint } = workspace
  for (const { id, title, aka, keys, always } of views.all())
    if (always || checkpoint)
      yield {
        ...paletteItem(workspace, `view-${id}`, title, 'screen', id),
        keywords: aka.join(' '),
        bias: 20,
        ...(keys === undefined ? {} : { keys: keysHere(keys) }),
      }
  for (const { id, name } of workspace.session.checkpoints)
    // The one at hand has its overview among the screens.
    if (id !== checkpoint?.id)
      yield {
        id,
        label: name,
        group: 'checkpoint',
        run: () => {
          workspace.go('overview', undefined, id)
        },
      }
  // The palette does not find itself.
  for (const action of actions)
    if (action.label !== FIND && action.isPossible?.() !== false) yield actionItem(action, 'action')
  for (const setting of settings) yield actionItem(setting, setting.holds === true ? 'setting, as it is' : 'setting')
  if (!checkpoint) return
  for (const { pid, name } of present(checkpoint.processes) ?? []) {
    const label = `${pid} ${present(name) ?? ''}`
    yield {
      ...paletteItem(workspace, `process-${pid}`, label, 'process', 'processes', { kind: 'process', pid }),
      keywords: 'pid process',
    }
  }
  for (const socket of present(checkpoint.sockets) ?? []) {
    const { id, local, remote } = socket
    if (isAbsent(local) && isAbsent(remote)) continue
    yield paletteItem(workspace, `socket-${id}`, socketText(socket), 'socket', 'sockets', { kind: 'socket', id })
  }
  for (const { id, name, type } of present(checkpoint.files) ?? []) {
    const path = present(name)
    if (path !== undefined && type === 'REG')
      yield paletteItem(workspace, `file-${id}`, path, 'file', 'files', { kind: 'file', id })
  }
}

function paletteItem(
  workspace: Workspace,
  id: string,
  label: string,
  group: string,
  view: string,
  ref?: Ref,
): PaletteItem {
  return {
    id,
    label,
    group,
    run: () => {
      workspace.go(view, ref)
    },
  }
}

function actionItem({ label, aka, keys, bias, holds, run }: Action, group: string): PaletteItem {
  return {
    id: `${group} ${label}`,
    label,
    group,
    run,
    ...(bias === undefined ? {} : { bias }),
    ...(aka === undefined ? {} : { keywords: aka }),
    ...(keys === undefined ? {} : { keys: keysHere(keys) }),
    ...(holds === true ? { icon: 'check' } : {}),
  }
}

function keysHere(keys: string): string[] {
  return shownKeys(keys, /Mac|iPhone|iPad/.test(navigator.userAgent))
}

/** The list of keys by heading, as this keyboard has them. */
export function keyGroups(shortcuts: readonly Shortcut[]): KeyGroup[] {
  const groups = Map.groupBy(shortcuts, (shortcut) => shortcut.group)
  const own = [...groups].map(([label, entries]) => ({
    label,
    entries: entries.map((entry) => ({ label: entry.label, keys: keysHere(entry.keys) })),
  }))
  return [...own, TABLE_KEYS, HEX_KEYS]
}
