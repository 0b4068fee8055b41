/**
 * Reads a regular expression over bytes. The syntax is JavaScript's (ECMA-262, RegExp) without Unicode properties, with
 * `(?i)` and `(?s)` at the start and `[:alnum:]` in classes; the meaning differs where bytes differ from characters:
 *
 * - `\xNN` is one byte; a character beyond ASCII, also as `\uNNNN` or `\u{…}`, is its UTF-8 sequence (or UTF-16 unit).
 * - `.` is any byte but newline, with the s flag any byte; `[^…]`, `\D`, `\W`, `\S` are bytes too.
 * - `\d`, `\w`, `\s`, `\b` and ignored case of `\xNN` are ASCII.
 * - `^` and `$` are the edges of a line: after or before a newline, or where the contiguous memory begins or ends.
 * - A back reference repeats the same bytes, also when case is ignored.
 */
import { scanLimits } from '../limits.ts'
import type { SourceError } from '../hex.ts'
import type { Alphabet, ClassSpec } from './alphabet.ts'
import { nothing, setOf, type ByteSet, type RegexNode } from './ast.ts'

export interface RegexFlags {
  ignoreCase: boolean
  /** `.` matches newline too. */
  dotAll: boolean
}

class Refusal extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

const DIGIT = setOf((byte) => byte >= 0x30 && byte <= 0x39)
const WORD = setOf((byte) => /\w/.test(String.fromCharCode(byte)))
const SPACE = setOf((byte) => byte === 0x20 || (byte >= 9 && byte <= 13))
const shorthand: Record<string, ByteSet> = { d: DIGIT, w: WORD, s: SPACE }
const controls: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, e: 27, a: 7, 0: 0 }

const posix: Record<string, RegExp> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

/** What one position of a class stands for: a code (that a range may begin or end with) or a set. */
type ClassAtom =
  | { readonly kind: 'code'; readonly code: number; readonly byte: boolean }
  | { readonly kind: 'set'; readonly set: ByteSet; readonly wide: boolean }

class Parser {
  readonly #source: string
  readonly #alphabet: Alphabet
  readonly #flags: RegexFlags
  readonly #names = new Map<string, number>()
  readonly #references: { readonly at: number; readonly name: string; node: { kind: 'back'; group: number } }[] = []
  #at = 0
  #depth = 0
  #groups = 0

  constructor(source: string, alphabet: Alphabet, flags: RegexFlags) {
    this.#source = source
    this.#alphabet = alphabet
    this.#flags = { ...flags }
  }

  parse(): RegexNode {
    const inline = /^\(\?([is]+)\)/.exec(this.#source)
    if (inline) {
      this.#flags.ignoreCase ||= inline[1]?.includes('i') ?? false
      this.#flags.dotAll ||= inline[1]?.includes('s') ?? false
      this.#at = inline[0].length
    }
    const node = this.#alternation()
    if (this.#at < this.#source.length) throw new Refusal(this.#at, 'this “)” closes nothing')
    for (const { at, name, node: reference } of this.#references) {
      const group = this.#names.get(name) ?? Number(name)
      if (!(group >= 1 && group <= this.#groups)) throw new Refusal(at, `there is no group ${name}`)
      reference.group = group
    }
    return node
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #eat(text: string): boolean {
    const found = this.#peek(text)
    if (found) this.#at += text.length
    return found
  }

  #match(regex: RegExp): RegExpExecArray | undefined {
    regex.lastIndex = this.#at
    const match = regex.exec(this.#source) ?? undefined
    if (match) this.#at = regex.lastIndex
    return match
  }

  #alternation(): RegexNode {
    if (++this.#depth > scanLimits.regexDepth)
      throw new Refusal(this.#at, `groups are nested more than ${scanLimits.regexDepth} deep`)
    const options = [this.#sequence()]
    while (this.#eat('|')) options.push(this.#sequence())
    this.#depth -= 1
    return options.length === 1 && options[0] ? options[0] : { kind: 'alt', options }
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = []
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) {
      const start = this.#at
      const item = this.#atom()
      items.push(this.#quantified(item, start))
    }
    return items.length === 1 && items[0] ? items[0] : { kind: 'seq', items }
  }

  #quantified(item: RegexNode, start: number): RegexNode {
    const at = this.#at
    const match = this.#match(/([*+?])|\{(\d+)(?:(,)(\d*))?\}/y)
    if (!match) return item
    const [, symbol, from, comma, to] = match
    const min = symbol === '+' ? 1 : Number(from ?? 0)
    const max = symbol === '?' ? 1 : symbol !== undefined || (comma && !to) ? Infinity : Number(comma ? to : from)
    if (max < min) throw new Refusal(at, 'the larger number of a quantifier comes last')
    if (Math.max(min, Number.isFinite(max) ? max : 0) > scanLimits.regexRepeat)
      throw new Refusal(at, `a quantifier counts up to ${scanLimits.regexRepeat}`)
    if (item.kind === 'look' || item.kind === 'word-edge')
      throw new Refusal(start, 'an assertion cannot be repeated: it matches no bytes')
    const lazy = this.#eat('?')
    if (this.#match(/[*+?]|\{\d/y)) throw new Refusal(this.#at - 1, 'possessive and doubled quantifiers are not known')
    return { kind: 'repeat', item, min, max, lazy }
  }

  #atom(): RegexNode {
    const at = this.#at
    const symbol = String.fromCodePoint(this.#source.codePointAt(at) ?? 0)
    this.#at += symbol.length
    switch (symbol) {
      case '(':
        return this.#group(at)
      case '[':
        return this.#class(at)
      case '.': {
        const bytes = setOf((byte) => byte !== 0x0a || this.#flags.dotAll)
        return this.#lower({ bytes, ranges: [], wide: true, negated: false }, at)
      }
      case '^':
        return this.#alphabet.lineStart
      case '$':
        return this.#alphabet.lineEnd
      case '\\':
        return this.#escape(at)
      case '*':
      case '+':
      case '?':
        throw new Refusal(at, `there is nothing before “${symbol}” that it could repeat`)
      case '{':
        if (/^\d+(?:,\d*)?\}/.test(this.#source.slice(this.#at)))
          throw new Refusal(at, 'there is nothing before this quantifier that it could repeat')
        break
    }
    return this.#char(symbol.codePointAt(0) ?? 0, at)
  }

  #char(code: number, at: number): RegexNode {
    if (code >= 0xd800 && code <= 0xdfff) throw new Refusal(at, 'half a character (a lone surrogate) has no bytes')
    return this.#alphabet.char(code, this.#flags.ignoreCase)
  }

  #group(at: number): RegexNode {
    let wrap: (item: RegexNode) => RegexNode = (item) => item
    const look = this.#match(/\?(<?)([=!])/y)
    if (look) {
      const [, behind, sign] = look
      wrap = (item) => ({ kind: 'look', behind: behind === '<', negative: sign === '!', item })
    } else if (!this.#eat('?:')) {
      const name = this.#match(/\?P?<([A-Za-z_]\w*)>/y)
      if (!name && this.#peek('?')) throw new Refusal(at, 'this kind of group is not known')
      this.#groups += 1
      if (name) {
        if (this.#names.has(name[1] ?? '')) throw new Refusal(at, 'two groups have the same name')
        this.#names.set(name[1] ?? '', this.#groups)
      }
      wrap = (item) => ({ kind: 'group', item })
    }
    const item = this.#alternation()
    if (!this.#eat(')')) throw new Refusal(at, 'this “(” is never closed')
    return wrap(item)
  }

  #escape(at: number): RegexNode {
    const name = this.#match(/k<(\w+)>|([1-9]\d?)/y)
    if (name) {
      const node = { kind: 'back' as const, group: 0 }
      this.#references.push({ at, name: name[1] ?? name[2] ?? '', node })
      return node
    }
    if (this.#eat('b')) return this.#alphabet.wordEdge(false)
    if (this.#eat('B')) return this.#alphabet.wordEdge(true)
    const atom = this.#escapedAtom(at)
    if (atom.kind === 'set') return this.#lower({ bytes: atom.set, ranges: [], wide: atom.wide, negated: false }, at)
    if (!atom.byte) return this.#char(atom.code, at)
    return this.#lower({ bytes: setOf((byte) => byte === atom.code), ranges: [], wide: false, negated: false }, at)
  }

  /** What follows a backslash, outside and inside classes. */
  #escapedAtom(at: number): ClassAtom {
    const code = this.#match(/x([0-9a-f]{2})/iy)
    if (code) return { kind: 'code', code: parseInt(code[1] ?? '', 16), byte: true }
    const unicode = this.#match(/u(?:([0-9a-f]{4})|\{([0-9a-f]{1,6})\})/iy)
    if (unicode) {
      const value = parseInt(unicode[1] ?? unicode[2] ?? '', 16)
      if (value > 0x10ffff) throw new Refusal(at, 'there is no character above U+10FFFF')
      return { kind: 'code', code: value, byte: false }
    }
    const control = this.#match(/c([A-Za-z])/y)
    if (control) return { kind: 'code', code: (control[1] ?? '').charCodeAt(0) & 31, byte: true }
    const symbol = this.#source.charAt(this.#at)
    const set = shorthand[symbol.toLowerCase()]
    this.#at += symbol.length
    if (set) {
      const inverse = symbol !== symbol.toLowerCase()
      return { kind: 'set', set: inverse ? set.map((flag) => 1 - flag) : set, wide: inverse }
    }
    if (symbol === '0' && /\d/.test(this.#source.charAt(this.#at)))
      throw new Refusal(at, 'octal numbers are not known: write \\xNN')
    const known = controls[symbol]
    if (known !== undefined) return { kind: 'code', code: known, byte: true }
    if (symbol === '') throw new Refusal(at, 'a backslash at the end means nothing')
    if (symbol === 'x' || symbol === 'u') throw new Refusal(at, `\\${symbol} wants hex digits: \\x41, \\u00e4`)
    if (/[A-Za-z0-9]/.test(symbol)) throw new Refusal(at, `\\${symbol} is not known here`)
    return { kind: 'code', code: symbol.charCodeAt(0), byte: false }
  }

  #class(at: number): RegexNode {
    const negated = this.#eat('^')
    const bytes = new Uint8Array(256)
    const ranges: (readonly [number, number])[] = []
    let wide = false
    while (!this.#eat(']')) {
      if (this.#at >= this.#source.length) throw new Refusal(at, 'this “[” is never closed')
      const start = this.#at
      const first = this.#classAtom()
      if (first.kind === 'set') {
        first.set.forEach((flag, byte) => (bytes[byte] = (bytes[byte] ?? 0) | flag))
        wide ||= first.wide
        continue
      }
      let last = first
      if (this.#peek('-') && !this.#peek('-]')) {
        this.#at += 1
        const end = this.#classAtom()
        if (end.kind === 'set') throw new Refusal(start, 'a range ends with a character')
        last = end
      }
      if (last.code < first.code) throw new Refusal(start, 'the end of a range comes before its start')
      if (last.byte !== first.byte && last.code >= 0x80 && first.code >= 0x80)
        throw new Refusal(start, 'a range goes from byte to byte or from character to character')
      if (last.byte || last.code < 0x80) bytes.fill(1, first.code, last.code + 1)
      else {
        if (first.code < 0x80) bytes.fill(1, first.code, 0x80)
        ranges.push([Math.max(first.code, 0x80), last.code])
      }
    }
    return this.#lower({ bytes, ranges, wide, negated }, at)
  }

  #classAtom(): ClassAtom {
    const at = this.#at
    const named = this.#match(/\[:(\w+):\]/y)
    if (named) {
      const test = posix[named[1] ?? '']
      if (!test) throw new Refusal(at, `there is no class [:${named[1] ?? ''}:]`)
      return { kind: 'set', set: setOf((byte) => test.test(String.fromCharCode(byte))), wide: false }
    }
    if (this.#eat('\\')) return this.#eat('b') ? { kind: 'code', code: 8, byte: true } : this.#escapedAtom(at)
    const code = this.#source.codePointAt(at) ?? 0
    this.#at += code > 0xffff ? 2 : 1
    return { kind: 'code', code, byte: false }
  }

  #lower(spec: ClassSpec, at: number): RegexNode {
    const node = this.#alphabet.class(spec, this.#flags.ignoreCase)
    if (typeof node === 'string') throw new Refusal(at, node)
    return node
  }
}

/** Reads `source`; an error says where and what in plain words. */
export function parseRegex(source: string, alphabet: Alphabet, flags: RegexFlags): RegexNode | SourceError {
  if (source === '') return nothing
  try {
    return new Parser(source, alphabet, flags).parse()
  } catch (error) {
    if (error instanceof Refusal) return { at: error.at, message: error.message }
    throw error
  }
}
