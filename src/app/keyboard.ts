/**
 * Shortcuts. Keys are written `mod+k` (Ctrl, or ⌘ on a Mac), `?`, `alt+ArrowLeft`, or as a sequence `g p`. While someone
 * types in a field only those with `mod` work. The matcher is pure: it is fed key presses and times.
 */

export interface Shortcut {
  readonly keys: string
  /** What it does: a verb phrase, for the list of keys. */
  readonly label: string
  /** Heading in the list of keys. */
  readonly group: string
  readonly run: () => void
}

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** Milliseconds in which a sequence has to go on. */
const SEQUENCE_TIME = 1200

/** A key press in the notation of `Shortcut.keys`. Shift counts only where the key itself does not show it. */
export function pressName(press: KeyPress): string {
  const mod = press.ctrlKey || press.metaKey ? 'mod+' : ''
  const alt = press.altKey ? 'alt+' : ''
  const shift = press.shiftKey && press.key.length > 1 ? 'shift+' : ''
  const key = press.key === ' ' ? 'Space' : mod === '' ? press.key : press.key.toLowerCase()
  return mod + alt + shift + key
}

export class ShortcutMatcher {
  readonly #shortcuts: () => readonly Shortcut[]
  #begun: string | undefined
  #until = 0

  constructor(shortcuts: () => readonly Shortcut[]) {
    this.#shortcuts = shortcuts
  }

  /** The shortcut that this press completes, `'pending'` inside a sequence, or undefined. */
  feed(press: KeyPress, time: number, typing: boolean): Shortcut | 'pending' | undefined {
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(press.key)) return undefined
    const name = pressName(press)
    const begun = time <= this.#until ? this.#begun : undefined
    this.#begun = undefined
    if (typing && !name.startsWith('mod+')) return undefined
    const shortcuts = this.#shortcuts()
    const whole = begun === undefined ? name : `${begun} ${name}`
    const found =
      shortcuts.find((shortcut) => shortcut.keys === whole) ?? shortcuts.find((shortcut) => shortcut.keys === name)
    if (found) return found
    if (!shortcuts.some((shortcut) => shortcut.keys.startsWith(`${name} `))) return undefined
    this.#begun = name
    this.#until = time + SEQUENCE_TIME
    return 'pending'
  }
}

/** Keys as people read them: `mod+k` → `⌘K` or `Ctrl K`; one entry per press of a sequence. */
export function shownKeys(keys: string, mac: boolean): string[] {
  const names: Readonly<Record<string, string>> = {
    mod: mac ? '⌘' : 'Ctrl',
    alt: mac ? '⌥' : 'Alt',
    shift: mac ? '⇧' : 'Shift',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
  }
  return keys.split(' ').map((press) =>
    press
      .split(/\+(?=.)/)
      .map(
        (part, index, all) => names[part] ?? (all.length > 1 && index === all.length - 1 ? part.toUpperCase() : part),
      )
      .join(mac ? '' : ' '),
  )
}

/** Whether an event's target takes text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range', 'file'].includes(target.type)
}

/** Listens on the window; returns the function that stops it. Dialogs and menus keep their keys to themselves. */
export function listenForShortcuts(shortcuts: () => readonly Shortcut[]): () => void {
  const matcher = new ShortcutMatcher(shortcuts)
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const inside = event.target instanceof Element && event.target.closest('dialog[open], [popover]:popover-open')
    if (inside) return
    const found = matcher.feed(event, event.timeStamp, isTyping(event.target))
    if (found === undefined) return
    event.preventDefault()
    if (found !== 'pending') found.run()
  }
  addEventListener('keydown', listen)
  return () => {
    removeEventListener('keydown', listen)
  }
}
