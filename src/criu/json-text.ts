/**
 * JSON text as Python's `json` module writes it (`ensure_ascii`, separators `", "` and `": "`, or an indentation of
 * four), piece by piece: nothing is ever built as a whole. Numbers are given as exact digits.
 */

import type { DefectList } from './defects.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

/** A JSON string of printable ASCII only. Lone surrogates stay what they are: `\udcff` is the byte 0xff. */
export function jsonString(text: string): string {
  return `"${escapeJson(text)}"`
}

/** Nearly all text of images: nothing to escape. */
const PLAIN = /^[ !#-[\]-~]*$/

function escapeJson(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(
    /["\\]|[^ -~]/g,
    (unit) => ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Characters collected before a piece is handed out. */
const PIECE = 64 * 1024
/** Different keys that are remembered. */
const KEYS = 1000
const INDENTS = Array.from({ length: 200 }, (_, depth) => `\n${'    '.repeat(depth)}`)

/** A new line at a depth. */
function indent(depth: number): string {
  return INDENTS[depth] ?? `\n${'    '.repeat(depth)}`
}

/** Writes one JSON document. The caller hands out `take()` whenever `isFull`. */
export class JsonWriter {
  #text = ''
  /** For each open object or array: whether it has an item, and its closing bracket. */
  readonly #open: { has: boolean; readonly close: string }[] = []
  #afterKey = false
  /** Keys as they are written; an image has few different ones. */
  readonly #keys = new Map<string, string>()
  readonly #pretty: boolean

  constructor(pretty: boolean) {
    this.#pretty = pretty
  }

  get isFull(): boolean {
    return this.#text.length >= PIECE
  }

  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }

  begin(bracket: '{' | '['): void {
    this.#separate()
    this.#text += bracket
    this.#open.push({ has: false, close: bracket === '{' ? '}' : ']' })
  }

  end(): void {
    const closed = this.#open.pop()
    if (closed?.has && this.#pretty) this.#text += indent(this.#open.length)
    this.#text += closed?.close ?? ''
  }

  key(name: string): void {
    this.#separate()
    let written = this.#keys.get(name)
    if (written === undefined) {
      written = `${jsonString(name)}: `
      if (this.#keys.size < KEYS) this.#keys.set(name, written)
    }
    this.#text += written
    this.#afterKey = true
  }

  /** Anything that is JSON already: digits, `true`, `null`, a quoted string. */
  literal(json: string): void {
    this.#separate()
    this.#text += json
  }

  string(text: string): void {
    this.literal(jsonString(text))
  }

  /** A string written in parts: `beginString`, any number of `stringPart`, `endString`. */
  beginString(): void {
    this.literal('"')
  }

  stringPart(text: string): void {
    this.#text += escapeJson(text)
  }

  /** A part of base64 lines, in which only newlines need escaping. */
  base64Part(text: string): void {
    this.#text += text.replaceAll('\n', '\\n')
  }

  endString(): void {
    this.#text += '"'
  }

  newline(): void {
    this.#text += '\n'
  }

  #separate(): void {
    if (this.#afterKey) {
      this.#afterKey = false
      return
    }
    const top = this.#open.at(-1)
    if (!top) return
    if (this.#pretty) this.#text += (top.has ? ',' : '') + indent(this.#open.length)
    else if (top.has) this.#text += ', '
    top.has = true
  }
}

/** The member "defects" of an open object: what is wrong, when anything is. crit gives up on a damaged image instead. */
export function writeDefects(out: JsonWriter, defects: DefectList): void {
  const serious = defects.all().filter((item) => item.severity !== 'info')
  if (serious.length === 0) return
  out.key('defects')
  out.begin('[')
  for (const { code, message, at } of serious) {
    out.begin('{')
    out.key('code')
    out.string(code)
    out.key('message')
    out.string(message)
    if (at) {
      out.key('offset')
      out.literal(String(at.offset))
    }
    out.end()
  }
  out.end()
}
