/** Regular expressions over bytes, as a tree. Characters are already lowered to the bytes of one form. */

/** 256 flags: which bytes are in the set. */
export type ByteSet = Uint8Array

export type RegexNode =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'seq'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alt'; readonly options: readonly RegexNode[] }
  /** `max` may be Infinity. */
  | {
      readonly kind: 'repeat'
      readonly item: RegexNode
      readonly min: number
      readonly max: number
      readonly lazy: boolean
    }
  /** A capturing group; groups are numbered in the order of their opening parentheses. */
  | { readonly kind: 'group'; readonly item: RegexNode }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly item: RegexNode }
  /** `\b` and `\B` between ASCII word bytes. */
  | { readonly kind: 'word-edge'; readonly negative: boolean }
  /** The same bytes as the numbered group has matched. */
  | { readonly kind: 'back'; readonly group: number }

/** Set of the bytes for which `has` is true. */
export function setOf(has: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0))
}

/** Set of one byte. */
export function oneByte(byte: number): RegexNode {
  return { kind: 'set', set: setOf((other) => other === byte) }
}

/** Bytes one after the other. */
export function byteSequence(bytes: Iterable<number>): RegexNode {
  const items = Array.from(bytes, oneByte)
  return items.length === 1 && items[0] ? items[0] : { kind: 'seq', items }
}

export const anyByte: RegexNode = { kind: 'set', set: setOf(() => true) }
export const nothing: RegexNode = { kind: 'seq', items: [] }
