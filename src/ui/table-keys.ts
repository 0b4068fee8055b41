/** Keys of a focused table, as commands. Pure, so that the list can be shown and tested. */

export type TableCommand =
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'pageUp'
  | 'pageDown'
  | 'expand'
  | 'collapse'
  | 'cellLeft'
  | 'cellRight'
  | 'leaveCell'
  | 'open'
  | 'preview'
  | 'copy'
  | 'menu'
  | 'filter'

interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const PLAIN: Readonly<Record<string, TableCommand>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  k: 'up',
  j: 'down',
  Home: 'first',
  End: 'last',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Enter: 'open',
  ' ': 'preview',
  Escape: 'leaveCell',
  ContextMenu: 'menu',
  '/': 'filter',
}

/** The command for a key, or undefined when the table leaves it alone. In a tree ← and → fold; Shift moves by cell. */
export function tableCommand(press: KeyPress, folds: boolean): TableCommand | undefined {
  const { key } = press
  if (press.altKey) return undefined
  if (press.ctrlKey || press.metaKey) {
    if (key === 'c' && !press.shiftKey) return 'copy'
    return key === 'Home' ? 'first' : key === 'End' ? 'last' : undefined
  }
  if (key === 'ArrowLeft') return folds && !press.shiftKey ? 'collapse' : 'cellLeft'
  if (key === 'ArrowRight') return folds && !press.shiftKey ? 'expand' : 'cellRight'
  if (key === 'F10' && press.shiftKey) return 'menu'
  return press.shiftKey && key !== '/' ? undefined : PLAIN[key]
}
