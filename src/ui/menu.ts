/** Entries of a menu as data. */
import type { IconName } from './icons.ts'

export interface MenuItem {
  readonly label: string
  /** Shortcut or detail, drawn at the right. */
  readonly hint?: string
  readonly icon?: IconName
  readonly disabled?: boolean
  /** Makes it a checkbox entry. The menu stays open when it is chosen. */
  readonly checked?: boolean
  /** A line above. */
  readonly separated?: boolean
  readonly run: () => void
}

/** The next entry that can be chosen, from `at`, going by `step`, round the end; -1 when there is none. */
export function nextEnabled(items: readonly MenuItem[], at: number, step: 1 | -1): number {
  for (let i = 1; i <= items.length; i++) {
    const index = (at + step * i + items.length * 2) % items.length
    if (items[index]?.disabled !== true) return index
  }
  return -1
}

/** The next entry that begins with a typed letter, -1 when there is none. */
export function entryByLetter(items: readonly MenuItem[], at: number, letter: string): number {
  for (let i = 1; i <= items.length; i++) {
    const index = (at + i) % items.length
    const item = items[index]
    if (item && item.disabled !== true && item.label.toLowerCase().startsWith(letter.toLowerCase())) return index
  }
  return -1
}
