/** Tree → source of a JavaScript RegExp over strings whose code units are bytes. It needs no flag for its meaning. */
import type { ByteSet, RegexNode } from './ast.ts'

function byteEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

function emitSet(set: ByteSet): string {
  const parts: string[] = []
  let single = -1
  let count = 0
  for (let first = 0; first < 256; first++) {
    if (set[first] === 0) continue
    let last = first
    while (last < 255 && set[last + 1] === 1) last += 1
    parts.push(first === last ? byteEscape(first) : `${byteEscape(first)}-${byteEscape(last)}`)
    count += last - first + 1
    single = first
    first = last
  }
  if (count === 256) return '[^]'
  return count === 1 ? byteEscape(single) : `[${parts.join('')}]`
}

/** True when a quantifier behind the emitted text would bind to all of it. */
function isAtom(node: RegexNode): boolean {
  return node.kind === 'set' || node.kind === 'group'
}

/** The source text of a tree. */
export function emitRegex(node: RegexNode): string {
  switch (node.kind) {
    case 'set':
      return emitSet(node.set)
    case 'seq':
      return node.items.map((item) => (item.kind === 'seq' ? `(?:${emitRegex(item)})` : emitRegex(item))).join('')
    case 'alt':
      return `(?:${node.options.map(emitRegex).join('|')})`
    case 'group':
      return `(${emitRegex(node.item)})`
    case 'look':
      return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${emitRegex(node.item)})`
    case 'word-edge':
      return node.negative ? '\\B' : '\\b'
    case 'back':
      return `(?:\\${node.group})`
    case 'repeat': {
      const { min, max, lazy } = node
      const count = Number.isFinite(max) ? `{${min},${max}}` : min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
      const item = emitRegex(node.item)
      return `${isAtom(node.item) ? item : `(?:${item})`}${count}${lazy ? '?' : ''}`
    }
  }
}
