/**
 * How the characters of a regular expression become bytes. In the UTF-8 alphabet a class of ASCII characters is a set
 * of bytes and other characters are sequences; in UTF-16 every class is a set of two-byte units.
 */
import { encodeUtf16 } from '../text-needles.ts'
import { scanLimits } from '../limits.ts'
import { anyByte, byteSequence, oneByte, setOf, type ByteSet, type RegexNode } from './ast.ts'

/** What stands in a class such as `[a-z\d\xff]`, before it is lowered. */
export interface ClassSpec {
  /** ASCII characters, bytes written `\xNN`, and what `\D`, `\W`, `\S` and `.` contain. */
  readonly bytes: ByteSet
  /** Characters beyond ASCII written as themselves or `\uNNNN`: [first, last] code points. */
  readonly ranges: readonly (readonly [number, number])[]
  /** All units above 0xff too (only `.` and the complements `\D`, `\W`, `\S`; matters in UTF-16 only). */
  readonly wide: boolean
  readonly negated: boolean
}

export interface Alphabet {
  readonly form: 'bytes' | 'utf-16le'
  /** One character; in a loose expression either case. */
  char(code: number, ignoreCase: boolean): RegexNode
  /** A class; a string says why it cannot be. */
  class(spec: ClassSpec, ignoreCase: boolean): RegexNode | string
  readonly lineStart: RegexNode
  readonly lineEnd: RegexNode
  wordEdge(negative: boolean): RegexNode
}

function look(behind: boolean, negative: boolean, item: RegexNode): RegexNode {
  return { kind: 'look', behind, negative, item }
}

/** The set with both cases of its ASCII letters. */
function foldAscii(set: ByteSet): ByteSet {
  return setOf((byte) => set[byte] === 1 || (/[a-z]/i.test(String.fromCharCode(byte)) && set[byte ^ 0x20] === 1))
}

/** The character in both cases, as far as the other case is one character. */
function caseVariants(code: number): number[] {
  const symbol = String.fromCodePoint(code)
  const others = [symbol.toLowerCase(), symbol.toUpperCase()].filter((other) => Array.from(other).length === 1)
  return [...new Set([code, ...others.map((other) => other.codePointAt(0) ?? code)])]
}

function alternatives(options: readonly RegexNode[]): RegexNode {
  return options.length === 1 && options[0] ? options[0] : { kind: 'alt', options }
}

/** Code points of the ranges, with their other cases if asked for; undefined when there are too many. */
function listCharacters(spec: ClassSpec, ignoreCase: boolean): readonly number[] | undefined {
  const total = spec.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  if (total > scanLimits.classCharacters) return undefined
  const codes = new Set<number>()
  for (const [first, last] of spec.ranges)
    for (let code = first; code <= last; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      for (const variant of ignoreCase ? caseVariants(code) : [code]) codes.add(variant)
    }
  return [...codes]
}

const TOO_MANY = `a class may hold ${scanLimits.classCharacters} characters beyond ASCII`

/** Sequences that differ in the byte at `vary` only become one sequence with a set. */
function mergeSequences(sequences: readonly Uint8Array[], vary: (bytes: Uint8Array) => number): RegexNode[] {
  const groups = new Map<string, { bytes: Uint8Array; at: number; set: ByteSet }>()
  for (const bytes of sequences) {
    const at = vary(bytes)
    const key = bytes.map((byte, i) => (i === at ? 0 : byte)).join()
    const group = groups.get(key) ?? { bytes, at, set: new Uint8Array(256) }
    group.set[bytes[at] ?? 0] = 1
    groups.set(key, group)
  }
  return [...groups.values()].map(({ bytes, at, set }) => ({
    kind: 'seq',
    items: Array.from(bytes, (byte, i): RegexNode => (i === at ? { kind: 'set', set } : oneByte(byte))),
  }))
}

const encoder = new TextEncoder()
const newline = 0x0a

export const utf8Alphabet: Alphabet = {
  form: 'bytes',
  char(code, ignoreCase) {
    if (code < 0x80) {
      const set = setOf((byte) => byte === code)
      return { kind: 'set', set: ignoreCase ? foldAscii(set) : set }
    }
    const codes = ignoreCase ? caseVariants(code) : [code]
    return alternatives(codes.map((one) => byteSequence(encoder.encode(String.fromCodePoint(one)))))
  },
  class(spec, ignoreCase) {
    const bytes = ignoreCase ? foldAscii(spec.bytes) : spec.bytes
    if (spec.negated) {
      if (spec.ranges.length > 0)
        return 'a negated class may hold ASCII characters and \\xNN only: other characters are several bytes long'
      return { kind: 'set', set: setOf((byte) => bytes[byte] === 0) }
    }
    const codes = listCharacters(spec, ignoreCase)
    if (!codes) return TOO_MANY
    const single = setOf((byte) => bytes[byte] === 1 || (byte < 0x80 && codes.includes(byte)))
    const sequences = codes.filter((code) => code >= 0x80).map((code) => encoder.encode(String.fromCodePoint(code)))
    const options: RegexNode[] = mergeSequences(sequences, (sequence) => sequence.length - 1)
    if (options.length === 0 || single.includes(1)) options.unshift({ kind: 'set', set: single })
    return alternatives(options)
  },
  lineStart: look(true, true, { kind: 'set', set: setOf((byte) => byte !== newline) }),
  lineEnd: look(false, true, { kind: 'set', set: setOf((byte) => byte !== newline) }),
  wordEdge: (negative) => ({ kind: 'word-edge', negative }),
}

function makeUtf16Alphabet(): Alphabet {
  const encode = (text: string): Uint8Array => encodeUtf16(text, true)
  const unit = (low: RegexNode, high: RegexNode): RegexNode => ({
    kind: 'seq',
    items: [low, high],
  })
  const lowUnit = (has: (byte: number) => boolean): RegexNode => unit({ kind: 'set', set: setOf(has) }, oneByte(0))
  const word = lowUnit((byte) => /\w/.test(String.fromCharCode(byte)))
  const lineBreak = lowUnit((byte) => byte === newline)
  const edgeOfRun = (behind: boolean): RegexNode => look(behind, true, anyByte)
  const char = (code: number, ignoreCase: boolean): RegexNode => {
    const codes = ignoreCase ? caseVariants(code) : [code]
    return alternatives(codes.map((one) => byteSequence(encode(String.fromCodePoint(one)))))
  }
  return {
    form: 'utf-16le',
    char,
    class(spec, ignoreCase) {
      const codes = listCharacters(spec, ignoreCase)
      if (!codes) return TOO_MANY
      const low = ignoreCase ? foldAscii(spec.bytes) : spec.bytes
      const units = new Uint8Array(65536).fill(spec.wide ? 1 : 0, 256)
      units.set(low)
      for (const code of codes) if (code < 65536) units[code] = 1
      const astral = codes.filter((code) => code >= 65536)
      if (spec.negated) {
        if (astral.length > 0) return 'a negated class may hold characters up to U+FFFF only'
        for (let i = 0; i < units.length; i++) units[i] = units[i] === 1 ? 0 : 1
      }
      const options = [
        ...unitSets(units).map(([lows, highs]) => unit(lows, highs)),
        ...astral.map((c) => char(c, false)),
      ]
      return options.length === 0 ? { kind: 'set', set: setOf(() => false) } : alternatives(options)
    },
    lineStart: { kind: 'alt', options: [edgeOfRun(true), look(true, false, lineBreak)] },
    lineEnd: { kind: 'alt', options: [edgeOfRun(false), look(false, false, lineBreak)] },
    wordEdge(negative) {
      const side = (behind: boolean, isWord: boolean): RegexNode => look(behind, !isWord, word)
      const pair = (before: boolean, after: boolean): RegexNode => ({
        kind: 'seq',
        items: [side(true, before), side(false, after)],
      })
      const options = negative ? [pair(true, true), pair(false, false)] : [pair(true, false), pair(false, true)]
      return { kind: 'alt', options }
    },
  }
}

/** Units → pairs of (low bytes, high bytes), few of them: high bytes with equal low bytes share a pair. */
function unitSets(units: Uint8Array): readonly (readonly [RegexNode, RegexNode])[] {
  const groups = new Map<string, { lows: ByteSet; highs: ByteSet }>()
  for (let high = 0; high < 256; high++) {
    const lows = units.subarray(high * 256, high * 256 + 256)
    if (!lows.includes(1)) continue
    const key = lows.join('')
    const group = groups.get(key) ?? { lows: lows.slice(), highs: new Uint8Array(256) }
    group.highs[high] = 1
    groups.set(key, group)
  }
  return [...groups.values()].map(({ lows, highs }) => [
    { kind: 'set', set: lows },
    { kind: 'set', set: highs },
  ])
}

export const utf16leAlphabet = makeUtf16Alphabet()
