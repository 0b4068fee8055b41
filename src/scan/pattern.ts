/** What a person searches for, and its compilation into needles and byte regexes. */
import { parseHex, type HexItem, type SourceError } from './hex.ts'
import { scanLimits } from './limits.ts'
import { makeNeedle, type Form, type Needle } from './needle.ts'
import { utf16leAlphabet, utf8Alphabet, type Alphabet } from './regex/alphabet.ts'
import { setOf, type RegexNode } from './regex/ast.ts'
import { makeByteRegex, type ByteRegex } from './regex/byte-regex.ts'
import { parseRegex } from './regex/parse.ts'
import { encodedLength, textNeedle } from './text-needles.ts'

interface Labelled {
  /** What hits of this pattern are called; not looked at here. */
  readonly label?: string | undefined
}

/**
 * Plain text in the forms that are switched on; none given means UTF-8. With both UTF-16 forms, ASCII text in one of
 * them that has a zero byte beside it stands there in the other form too, one byte off, and is reported as both.
 */
export interface TextPattern extends Labelled {
  readonly kind: 'text'
  readonly text: string
  readonly ignoreCase?: boolean | undefined
  readonly utf8?: boolean | undefined
  readonly utf16le?: boolean | undefined
  readonly utf16be?: boolean | undefined
}

/** Bytes in hex with wildcards and skips (hex.ts). With skips it follows the rules of regular expressions. */
export interface HexPattern extends Labelled {
  readonly kind: 'hex'
  readonly hex: string
}

/** A regular expression over bytes (regex/parse.ts); `utf16` looks for it in UTF-16LE too. */
export interface RegexPattern extends Labelled {
  readonly kind: 'regex'
  readonly source: string
  readonly ignoreCase?: boolean | undefined
  readonly dotAll?: boolean | undefined
  readonly utf16?: boolean | undefined
}

export type Pattern = TextPattern | HexPattern | RegexPattern

/** A pattern that cannot be used: where in its source (UTF-16 units) and why, in plain words. */
export interface PatternError extends SourceError {
  /** Index of the pattern in the list. */
  readonly pattern: number
}

/** Patterns ready for `startScan`. Immutable; may serve several scans. */
export interface CompiledSet {
  readonly patterns: readonly Pattern[]
  readonly needles: readonly Needle[]
  readonly regexes: readonly ByteRegex[]
  /** Length of the longest needle in bytes, 0 without needles. */
  readonly longestNeedle: number
}

export type Compiled =
  | { readonly kind: 'compiled'; readonly set: CompiledSet }
  | { readonly kind: 'refused'; readonly errors: readonly PatternError[] }

type Part = { readonly needle: Needle } | { readonly regex: ByteRegex } | SourceError

/** Compiles a list of patterns; every faulty one is reported. */
export function compile(patterns: readonly Pattern[]): Compiled {
  if (patterns.length === 0) return refusal(0, 'there is nothing to search for')
  if (patterns.length > scanLimits.patterns)
    return refusal(scanLimits.patterns, `at most ${scanLimits.patterns} patterns are searched at once`)
  const needles: Needle[] = []
  const regexes: ByteRegex[] = []
  const errors: PatternError[] = []
  patterns.forEach((pattern, index) => {
    for (const part of compileOne(pattern, index)) {
      if ('needle' in part) needles.push(part.needle)
      else if ('regex' in part) regexes.push(part.regex)
      else {
        errors.push({ pattern: index, at: part.at, message: part.message })
        break
      }
    }
  })
  if (errors.length > 0) return { kind: 'refused', errors }
  const longestNeedle = needles.reduce((most, needle) => Math.max(most, needle.value.length), 0)
  return { kind: 'compiled', set: { patterns, needles, regexes, longestNeedle } }
}

function refusal(pattern: number, message: string): Compiled {
  return { kind: 'refused', errors: [{ pattern, at: 0, message }] }
}

function compileOne(pattern: Pattern, index: number): readonly Part[] {
  const source = pattern.kind === 'text' ? pattern.text : pattern.kind === 'hex' ? pattern.hex : pattern.source
  if (source === '') return [{ at: 0, message: 'the pattern is empty' }]
  if (source.length > scanLimits.source)
    return [{ at: scanLimits.source, message: `a pattern is at most ${scanLimits.source} characters long` }]
  switch (pattern.kind) {
    case 'text':
      return compileText(pattern, index)
    case 'hex':
      return [compileHex(pattern, index)]
    case 'regex':
      return compileRegex(pattern, index)
  }
}

function tooLong(length: number): SourceError | undefined {
  if (length <= scanLimits.match) return undefined
  return { at: 0, message: `the pattern is ${length} bytes long; at most ${scanLimits.match} can be searched for` }
}

function compileText(pattern: TextPattern, index: number): readonly Part[] {
  const { text, ignoreCase = false, utf8, utf16le, utf16be } = pattern
  const forms: Form[] = []
  if (utf8 ?? (utf16le !== true && utf16be !== true)) forms.push('utf-8')
  if (utf16le) forms.push('utf-16le')
  if (utf16be) forms.push('utf-16be')
  if (forms.length === 0) return [{ at: 0, message: 'no form of the text is chosen: UTF-8 or UTF-16' }]
  return forms.map(
    (form) => tooLong(encodedLength(text, form)) ?? { needle: textNeedle(index, text, form, ignoreCase) },
  )
}

function compileHex(pattern: HexPattern, index: number): Part {
  const items = parseHex(pattern.hex)
  if ('message' in items) return items
  const long = tooLong(items.reduce((sum, item) => sum + (item.kind === 'skip' ? item.max : 1), 0))
  if (long) return long
  const bytes = items.filter((item) => item.kind === 'byte')
  if (bytes.length < items.length) {
    const regex = makeByteRegex(index, 'bytes', { kind: 'seq', items: items.map(hexNode) })
    return 'message' in regex ? regex : { regex }
  }
  const value = Uint8Array.from(bytes, (item) => item.value)
  const mask = Uint8Array.from(bytes, (item) => item.mask)
  return { needle: makeNeedle(index, 'bytes', value, mask) }
}

function hexNode(item: HexItem): RegexNode {
  if (item.kind === 'byte') return { kind: 'set', set: setOf((byte) => (byte & item.mask) === item.value) }
  return { kind: 'repeat', item: { kind: 'set', set: setOf(() => true) }, min: item.min, max: item.max, lazy: true }
}

function compileRegex(pattern: RegexPattern, index: number): readonly Part[] {
  const { source, ignoreCase = false, dotAll = false, utf16 = false } = pattern
  const alphabets: Alphabet[] = utf16 ? [utf8Alphabet, utf16leAlphabet] : [utf8Alphabet]
  return alphabets.map((alphabet) => {
    const node = parseRegex(source, alphabet, { ignoreCase, dotAll })
    if ('message' in node) return node
    const regex = makeByteRegex(index, alphabet.form, node)
    return 'message' in regex ? regex : { regex }
  })
}
