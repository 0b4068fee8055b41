/** Keys of the hex view as commands. Pure, so that the list can be shown and tested. */

interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

export type HexCommand =
  | { readonly kind: 'byte' | 'line' | 'page'; readonly by: 1 | -1; readonly extend: boolean }
  | { readonly kind: 'lineEnd' | 'spaceEnd'; readonly end: boolean; readonly extend: boolean }
  | { readonly kind: 'storedPage' | 'hit'; readonly by: 1 | -1 }
  | { readonly kind: 'follow' | 'goto' | 'bookmark' | 'copy' | 'menu' | 'collapse' | 'all' | 'fold' }

const MOVES: Readonly<Record<string, { readonly kind: 'byte' | 'line' | 'page'; readonly by: 1 | -1 }>> = {
  ArrowLeft: { kind: 'byte', by: -1 },
  ArrowRight: { kind: 'byte', by: 1 },
  ArrowUp: { kind: 'line', by: -1 },
  ArrowDown: { kind: 'line', by: 1 },
  PageUp: { kind: 'page', by: -1 },
  PageDown: { kind: 'page', by: 1 },
}

const PLAIN: Readonly<Record<string, HexCommand>> = {
  ']': { kind: 'storedPage', by: 1 },
  '[': { kind: 'storedPage', by: -1 },
  n: { kind: 'hit', by: 1 },
  N: { kind: 'hit', by: -1 },
  Enter: { kind: 'follow' },
  b: { kind: 'bookmark' },
  f: { kind: 'fold' },
  '/': { kind: 'goto' },
  ContextMenu: { kind: 'menu' },
  Escape: { kind: 'collapse' },
}

/** The command for a key, or undefined when the view leaves it alone. */
export function hexCommand(press: KeyPress): HexCommand | undefined {
  const { key, shiftKey: extend } = press
  if (press.altKey) return undefined
  if (press.ctrlKey || press.metaKey) {
    if (key === 'Home' || key === 'End') return { kind: 'spaceEnd', end: key === 'End', extend }
    if (extend) return undefined
    return key === 'c' ? { kind: 'copy' } : key === 'a' ? { kind: 'all' } : key === 'g' ? { kind: 'goto' } : undefined
  }
  const move = MOVES[key]
  if (move) return { ...move, extend }
  if (key === 'Home' || key === 'End') return { kind: 'lineEnd', end: key === 'End', extend }
  if (key === 'F10' && extend) return { kind: 'menu' }
  return PLAIN[key]
}
