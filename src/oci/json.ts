/**
 * JSON members of an archive, read tolerantly: what is before a defect is kept, every defect is reported, every value
 * knows its JSON pointer (RFC 6901). Nothing becomes a plain object, so no key can touch a prototype. Numbers keep
 * their text, so that 64-bit ones stay exact.
 */
import type { ByteRange } from '../base/errors.ts'
import { decodeText, encodeText } from '../base/text.ts'
import { absent, type Maybe } from '../model/absent.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Fact, Trace } from '../model/origin.ts'
import { parseText, type JsonKind, type JsonNode } from './json-tree.ts'

/** What a JSON text belongs to, for traces and messages. */
export interface JsonPlace {
  /** Member's index and body length in bytes. */
  readonly member: number
  readonly size: number
  /** Name for messages (`config.dump`). */
  readonly name: string
}

/**
 * A value of a JSON member, or the place where one was expected. All accessors check the type: a number where text
 * is expected is absent, as unparsable. Of duplicate keys the last one counts, as in Go's and JavaScript's parsers.
 */
export class Json {
  readonly place: JsonPlace
  /** RFC 6901; undefined for a value that no pointer reaches (an earlier duplicate, JSON inside a string). */
  readonly pointer: string | undefined
  readonly #node: JsonNode | undefined

  constructor(place: JsonPlace, node: JsonNode | undefined, pointer: string | undefined) {
    this.place = place
    this.pointer = pointer
    this.#node = node
  }

  /** undefined: there is nothing at this place. */
  get kind(): JsonKind | undefined {
    return this.#node?.kind
  }

  /** Member of an object or item of an array; a value that is not there has no kind. */
  at(...path: readonly (string | number)[]): Json {
    return path.reduce<Json>((from, step) => from.#step(step), this)
  }

  #step(step: string | number): Json {
    const pointer = this.pointer === undefined ? undefined : `${this.pointer}/${escapePointer(String(step))}`
    const child =
      typeof step === 'number'
        ? this.#node?.kind === 'array'
          ? this.#node.children[step]
          : undefined
        : this.#node?.children.findLast((item) => item.key === step)
    return new Json(this.place, child, pointer)
  }

  /** Items of an array; empty for anything else. */
  items(): Json[] {
    if (this.#node?.kind !== 'array') return []
    return this.#node.children.map((child, index) => new Json(this.place, child, this.#child(index)))
  }

  /** Members of an object in order, duplicates included; empty for anything else. */
  entries(): { readonly key: string; readonly value: Json }[] {
    if (this.#node?.kind !== 'object') return []
    const last = new Map<string, JsonNode>()
    for (const child of this.#node.children) if (child.key !== undefined) last.set(child.key, child)
    return this.#node.children.flatMap((child) => {
      if (child.key === undefined) return []
      const pointer = last.get(child.key) === child ? this.#child(child.key) : undefined
      return [{ key: child.key, value: new Json(this.place, child, pointer) }]
    })
  }

  #child(step: string | number): string | undefined {
    return this.pointer === undefined ? undefined : `${this.pointer}/${escapePointer(String(step))}`
  }

  string(): Maybe<string> {
    return this.#typed('string', (node) => node.text)
  }

  boolean(): Maybe<boolean> {
    return this.#typed('boolean', (node) => node.text === 'true')
  }

  /** The literal as it stands; exact whatever its size. */
  numberText(): Maybe<string> {
    return this.#typed('number', (node) => node.text)
  }

  /** An integer of any size. */
  integer(): Maybe<bigint> {
    return this.#typed('number', (node) =>
      /^-?[0-9]{1,40}$/.test(node.text) ? BigInt(node.text) : absent('unparsable', `${this.where} is not an integer`),
    )
  }

  /** An integer that a JavaScript number holds exactly. */
  safeInteger(): Maybe<number> {
    return this.#typed('number', (node) => {
      const value = /^-?[0-9]{1,16}$/.test(node.text) ? Number(node.text) : NaN
      return Number.isSafeInteger(value) ? value : absent('unparsable', `${this.where} is not an integer in range`)
    })
  }

  /** An array of which all items are text. */
  strings(): Maybe<readonly string[]> {
    return this.#typed('array', (node) =>
      node.children.every((child) => child.kind === 'string')
        ? node.children.map((child) => child.text)
        : absent('unparsable', `${this.where} holds something other than text`),
    )
  }

  /** The items of an array; absent when it is none. */
  list(): Maybe<readonly Json[]> {
    return this.#typed('array', () => this.items())
  }

  /** The members of an object, as `entries`; absent when it is none. */
  members(): Maybe<readonly { readonly key: string; readonly value: Json }[]> {
    return this.#typed('object', () => this.entries())
  }

  /** A scalar as text, whatever its type; for tables of facts. */
  scalarText(): Maybe<string> {
    const node = this.#node
    if (!node || node.kind === 'null') return this.#missing()
    if (node.kind === 'object' || node.kind === 'array') return this.#wrong('a single value')
    return node.text
  }

  /** A fact from this place; `read` is one of the accessors. */
  fact<T>(read: (json: Json) => Maybe<T>): Fact<T> {
    const value = read(this)
    return this.#node ? { value, from: this.trace() } : { value }
  }

  /** The member with the pointer; `locatePointer` finds the bytes. */
  trace(): Trace {
    const origin = { member: this.place.member, offset: 0, length: this.place.size }
    return this.pointer === undefined ? { origin } : { origin, path: this.pointer }
  }

  #typed<T>(kind: JsonKind, read: (node: JsonNode) => Maybe<T>): Maybe<T> {
    const node = this.#node
    if (!node || node.kind === 'null') return this.#missing()
    return node.kind === kind ? read(node) : this.#wrong(kind === 'string' ? 'text' : `a ${kind}`)
  }

  /** Where it stands, in words that begin a reason. */
  get where(): string {
    const path = this.pointer === undefined || this.pointer === '' ? '' : ` at ${this.pointer}`
    return `the value in ${this.place.name}${path}`
  }

  #missing(): Maybe<never> {
    return absent('not-recorded', `${this.place.name} has no value at ${this.pointer ?? 'this place'}`)
  }

  #wrong(expected: string): Maybe<never> {
    return absent('unparsable', `${this.where} is ${this.#node?.kind ?? 'nothing'} where ${expected} is expected`)
  }
}

/** An empty value for a member that is not there: every accessor says "not recorded". */
export function noJson(name: string): Json {
  return new Json({ member: -1, size: 0, name }, undefined, '')
}

/** Parses a JSON member. Defects go to `diagnose`; what could be read is returned. */
export function parseJson(bytes: Uint8Array, place: JsonPlace, diagnose: (diagnostic: Diagnostic) => void): Json {
  const text = decodeText(bytes)
  const { root, defects } = parseText(text)
  for (const defect of defects) {
    const range = byteRange(text, defect.start, defect.start + defect.length)
    diagnose({
      severity: defect.severity,
      code: defect.code,
      message: `${place.name}: ${defect.message} (byte ${range.offset})`,
      origin: { member: place.member, ...range },
    })
  }
  return new Json(place, root, '')
}

/** JSON inside a string value, such as CRI-O's annotations. undefined when the text is no JSON object or array. */
export function parseInnerJson(text: string, place: JsonPlace): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  const { root, defects } = parseText(text)
  const broken = defects.some((defect) => defect.severity === 'error')
  return broken || !root ? undefined : new Json(place, root, undefined)
}

/** The bytes of the value that a JSON pointer leads to, quotes of a string included. */
export function locatePointer(bytes: Uint8Array, pointer: string): ByteRange | undefined {
  const text = decodeText(bytes)
  let node = parseText(text).root
  if (pointer !== '' && !pointer.startsWith('/')) return undefined
  for (const part of pointer.split('/').slice(1)) {
    const step = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (node?.kind === 'array') node = /^(0|[1-9][0-9]{0,9})$/.test(step) ? node.children[Number(step)] : undefined
    else node = node?.children.findLast((child) => child.key === step)
  }
  return node && byteRange(text, node.start, node.end)
}

function byteRange(text: string, start: number, end: number): ByteRange {
  return { offset: encodeText(text.slice(0, start)).length, length: encodeText(text.slice(start, end)).length }
}

function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}
