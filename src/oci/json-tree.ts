/**
 * The tree behind `Json`: built from jsonc-parser's events, with bounds on depth, number of values and defects, and
 * whole even where the text breaks off. Offsets count UTF-16 units of the decoded text.
 */
import { visit, type ParseErrorCode } from 'jsonc-parser'
import { LimitError } from '../base/errors.ts'

/** Nesting beyond this is refused; OCI files have less than 15 levels. */
const MAX_DEPTH = 200
/** Values in one member; the largest real spec has a few thousand. */
const MAX_NODES = 500_000
/** Syntax errors and duplicate keys reported for one member. */
const MAX_REPORTED = 20

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/** A value in the text; offsets count UTF-16 units of the decoded text. */
export interface JsonNode {
  readonly kind: JsonKind
  /** Decoded text of strings, the literal of all other scalars. */
  readonly text: string
  readonly start: number
  end: number
  readonly children: JsonNode[]
  /** Name, for members of an object. */
  readonly key: string | undefined
}

/** One defect of the text, at UTF-16 offsets. */
export interface JsonDefect {
  readonly severity: 'error' | 'warning'
  readonly code: 'json-syntax' | 'json-duplicate-key' | 'json-byte-order-mark' | 'json-limit'
  readonly message: string
  readonly start: number
  readonly length: number
}

/** jsonc-parser's error numbers (a const enum, which isolated modules cannot import) in words. */
const PROBLEMS: Readonly<Partial<Record<ParseErrorCode, string>>> = {
  1: 'an invalid symbol',
  2: 'an invalid number',
  3: 'a property name was expected',
  4: 'a value was expected',
  5: 'a colon was expected',
  6: 'a comma was expected',
  7: 'a closing brace was expected',
  8: 'a closing bracket was expected',
  9: 'something follows after the end of the value',
  10: 'a comment, which JSON does not allow',
  11: 'a comment that is not closed',
  12: 'a string that is not closed',
  13: 'a number that breaks off',
  14: 'a bad \\u escape',
  15: 'an unknown escape',
  16: 'a control character in a string',
}

/** A parsed text: its value as far as it goes, and what is wrong with it. */
export interface ParsedJson {
  readonly root: JsonNode | undefined
  readonly defects: readonly JsonDefect[]
}

class TreeBuilder {
  readonly defects: JsonDefect[] = []
  root: JsonNode | undefined
  readonly #text: string
  readonly #base: number
  readonly #stack: JsonNode[] = []
  #key: string | undefined
  #nodes = 0
  #dropped = 0

  constructor(text: string, base: number) {
    this.#text = text
    this.#base = base
  }

  report(defect: JsonDefect): void {
    if (this.defects.length < MAX_REPORTED) this.defects.push(defect)
    else this.#dropped += 1
  }

  property(name: string): void {
    this.#key = name
  }

  open(kind: 'object' | 'array', offset: number, length: number): void {
    if (this.#stack.length >= MAX_DEPTH) throw new LimitError('jsonDepth', `more than ${MAX_DEPTH} levels of nesting`)
    this.#stack.push(this.#add(kind, '', offset, length))
    this.#key = undefined
  }

  close(offset: number, length: number): void {
    const node = this.#stack.pop()
    if (!node) return
    node.end = this.#base + offset + length
    this.#key = undefined
    if (node.kind === 'object') this.#findDuplicates(node)
  }

  literal(value: unknown, offset: number, length: number): void {
    if (typeof value === 'string') this.#add('string', value, offset, length)
    else {
      const kind = value === null ? 'null' : typeof value === 'boolean' ? 'boolean' : 'number'
      this.#add(kind, this.#text.slice(offset, offset + length), offset, length)
    }
    this.#key = undefined
  }

  /** The end: containers that were never closed reach to the end of the text. */
  finish(): ParsedJson {
    while (this.#stack.length > 0) this.close(this.#text.length, 0)
    if (this.#dropped > 0) {
      const message = `${this.#dropped} further defects`
      this.defects.push({ severity: 'warning', code: 'json-limit', message, start: 0, length: 0 })
    }
    return { root: this.root, defects: this.defects }
  }

  #add(kind: JsonKind, text: string, offset: number, length: number): JsonNode {
    this.#nodes += 1
    if (this.#nodes > MAX_NODES) throw new LimitError('jsonNodes', `more than ${MAX_NODES} values`)
    const start = this.#base + offset
    const parent = this.#stack.at(-1)
    const key = parent?.kind === 'object' ? this.#key : undefined
    const node: JsonNode = { kind, text, start, end: start + length, children: [], key }
    if (parent) parent.children.push(node)
    else this.root ??= node
    return node
  }

  #findDuplicates(node: JsonNode): void {
    const seen = new Set<string>()
    for (const child of node.children) {
      if (child.key === undefined) continue
      if (seen.has(child.key)) {
        const message = `the key ${JSON.stringify(child.key)} occurs more than once; the last one counts`
        this.report({
          severity: 'warning',
          code: 'json-duplicate-key',
          message,
          start: child.start,
          length: child.end - child.start,
        })
      }
      seen.add(child.key)
    }
  }
}

/** Parses a text; never throws on its content. */
export function parseText(text: string): ParsedJson {
  const base = text.startsWith('\ufeff') ? 1 : 0
  const body = text.slice(base)
  const tree = new TreeBuilder(body, base)
  if (base === 1)
    tree.report({
      severity: 'warning',
      code: 'json-byte-order-mark',
      message: 'begins with a byte order mark',
      start: 0,
      length: 1,
    })
  try {
    visit(
      body,
      {
        onObjectBegin: (offset, length) => {
          tree.open('object', offset, length)
        },
        onObjectProperty: (name) => {
          tree.property(name)
        },
        onObjectEnd: (offset, length) => {
          tree.close(offset, length)
        },
        onArrayBegin: (offset, length) => {
          tree.open('array', offset, length)
        },
        onArrayEnd: (offset, length) => {
          tree.close(offset, length)
        },
        onLiteralValue: (value: unknown, offset, length) => {
          tree.literal(value, offset, length)
        },
        onError: (error, offset, length) => {
          const message = PROBLEMS[error] ?? 'a syntax error'
          tree.report({ severity: 'error', code: 'json-syntax', message, start: base + offset, length })
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    )
  } catch (error) {
    if (!(error instanceof LimitError)) throw error
    tree.report({ severity: 'error', code: 'json-limit', message: error.message, start: 0, length: 0 })
  }
  return tree.finish()
}
