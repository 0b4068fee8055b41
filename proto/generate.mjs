/**
 * Generates src/criu/generated/ from the .proto files beside this script: one decoder and one type per message, and a
 * compact field table for views and exports. Runs before dev, build, tests and checks; protobufjs parses the schema
 * here, at build time, so that nothing is parsed, reflected on or evaluated in the browser.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const here = dirname(fileURLToPath(import.meta.url))
const outDir = join(here, '../src/criu/generated')

/** Proto type → [TypeScript type, WireReader method, wire type]. */
const SCALARS = {
  uint32: ['number', 'uint32', 0],
  int32: ['number', 'int32', 0],
  sint32: ['number', 'sint32', 0],
  uint64: ['bigint', 'uint64', 0],
  int64: ['bigint', 'int64', 0],
  sint64: ['bigint', 'sint64', 0],
  bool: ['boolean', 'bool', 0],
  fixed32: ['number', 'fixed32', 5],
  fixed64: ['bigint', 'fixed64', 1],
  string: ['string', 'string', 2],
  bytes: ['Uint8Array', 'bytesValue', 2],
}

/** @param {protobuf.Field} field */
function shapeOf(field) {
  const type = field.resolvedType
  if (type instanceof protobuf.Enum) return { kind: 'enum', ts: 'number', method: 'int32', wire: 0, ref: type.name }
  if (type instanceof protobuf.Type) return { kind: 'message', ts: type.name, method: '', wire: 2, ref: type.name }
  const scalar = SCALARS[/** @type {keyof typeof SCALARS} */ (field.type)]
  return { kind: 'scalar', ts: String(scalar[0]), method: String(scalar[1]), wire: Number(scalar[2]), ref: field.type }
}

/** @param {protobuf.Type} type */
function typeSource(type) {
  const fields = type.fieldsArray.map((field) => {
    const { ts } = shapeOf(field)
    return `  ${field.name}: ${field.repeated ? `${ts}[]` : `${ts} | undefined`}\n`
  })
  return `export interface ${type.name} extends Message {\n${fields.join('')}}\n`
}

/** @param {protobuf.Field} field */
function caseSource(field) {
  const { kind, method, wire, ref } = shapeOf(field)
  const tag = (field.id << 3) | wire
  if (kind === 'message') {
    // The message is stored before it is read, so that what was read stays when the rest is damaged.
    const target = field.repeated ? `push(m.${field.name}, new_${ref}())` : `(m.${field.name} ??= new_${ref}())`
    return `case ${tag}: { const outer = r.open(); read_${ref}(r, depth + 1, ${target}); r.close(outer); continue }\n`
  }
  const store = field.repeated ? `m.${field.name}.push(r.${method}())` : `m.${field.name} = r.${method}()`
  const one = `case ${tag}: ${store}; continue\n`
  if (!field.repeated || wire === 2) return one
  // proto2 writers differ in packing repeated scalars: both forms are read.
  const packed = `case ${(field.id << 3) | 2}: { const outer = r.openPacked(); while (r.pos < r.limit) ${store}; r.close(outer); continue }\n`
  return one + packed
}

/** @param {protobuf.Type} type */
function decoderSource(type) {
  const fields = type.fieldsArray
  const initial = fields.map((field) => `${field.name}: ${field.repeated ? '[]' : 'undefined'}`)
  const required = fields.filter((field) => field.required).map((field) => `m.${field.name} === undefined`)
  const check = required.length > 0 ? `if (${required.join(' || ')}) r.missing('${type.name}', m)\n` : ''
  return (
    `function new_${type.name}(): T.${type.name} {\nreturn { ${initial.join(', ')} }\n}\n` +
    `function read_${type.name}(r: WireReader, depth: number, m: T.${type.name}): void {\n` +
    `r.enter(depth, ${fields.length})\nwhile (r.pos < r.limit) {\nconst at = r.pos\nconst tag = r.tag()\nswitch (tag) {\n` +
    `${fields.map(caseSource).join('')}default: r.unknown('${type.name}', m, tag, at)\n}\n}\n${check}}\n`
  )
}

const HINTS = ['hex', 'ipadd', 'flags', 'dev', 'odev', 'dict', 'conv']

/** @param {protobuf.Field} field */
function fieldRow(field) {
  const { kind, ref } = shapeOf(field)
  /** @type {Record<string, unknown>} */
  const hints = {}
  const options = /** @type {Record<string, unknown>} */ (field.options ?? {})
  for (const hint of HINTS) if (options[`(${hint})`] !== undefined) hints[hint] = options[`(${hint})`]
  const label = field.repeated ? 2 : field.required ? 1 : 0
  return [field.id, field.name, label, kind[0], ref, ...(Object.keys(hints).length ? [hints] : [])]
}

/** @param {protobuf.NamespaceBase} space @returns {protobuf.ReflectionObject[]} */
function walk(space) {
  return space.nestedArray.flatMap((item) => (item instanceof protobuf.Namespace ? [item, ...walk(item)] : [item]))
}

function load() {
  const root = new protobuf.Root()
  for (const file of readdirSync(here)
    .filter((name) => name.endsWith('.proto') && name !== 'options.proto')
    .sort())
    protobuf.parse(readFileSync(join(here, file), 'utf8'), root, { keepCase: true })
  root.resolveAll()
  const items = walk(root)
  return {
    messages: items.filter((item) => item instanceof protobuf.Type),
    enums: items.filter((item) => item instanceof protobuf.Enum),
  }
}

export function generate() {
  const { messages, enums } = load()
  const head = '// Generated by proto/generate.mjs from proto/*.proto. Not edited by hand.\n'
  const types = `${head}import type { Message } from '../wire.ts'\n\n${messages.map(typeSource).join('\n')}
export interface MessageTypes {\n${messages.map((type) => `  ${type.name}: ${type.name}\n`).join('')}}\n`
  const decoders = `${head}import type { Decoder, WireReader } from '../wire.ts'\nimport type * as T from './types.ts'\n
function push<M>(list: M[], item: M): M {\nlist.push(item)\nreturn item\n}\n
${messages.map(decoderSource).join('\n')}
/** For every message: how to make an empty one, and how to fill one from the reader's window. */
export const decoders: { readonly [M in keyof T.MessageTypes]: Decoder<T.MessageTypes[M]> } = {\n${messages
    .map((type) => `  ${type.name}: { create: new_${type.name}, read: read_${type.name} },\n`)
    .join('')}}\n`
  const sorted = (/** @type {protobuf.Type} */ type) => [...type.fieldsArray].sort((a, b) => a.id - b.id)
  const table = Object.fromEntries(messages.map((type) => [type.name, sorted(type).map(fieldRow)]))
  const names = Object.fromEntries(
    enums.map((item) => [
      item.name,
      Object.fromEntries(Object.entries(item.values).map(([name, value]) => [value, name])),
    ]),
  )
  const schema = `${head}import type { FieldRow } from '../wire.ts'\nimport type { MessageTypes } from './types.ts'\n
/** Fields of every message in field number order: [number, name, label, kind, type, hints]. */
export const fieldTable: Readonly<Record<keyof MessageTypes, readonly FieldRow[]>> = ${JSON.stringify(table)}
/** Names of enum values. */
export const enumNames: Readonly<Record<string, Readonly<Record<number, string>>>> = ${JSON.stringify(names)}\n`
  mkdirSync(outDir, { recursive: true })
  write('types.ts', types)
  write('decoders.ts', decoders)
  write('schema.ts', schema)
}

/** Writes only what changed, so that watchers stay quiet. @param {string} name @param {string} text */
function write(name, text) {
  const path = join(outDir, name)
  let old
  try {
    old = readFileSync(path, 'utf8')
  } catch {
    old = undefined
  }
  if (old !== text) writeFileSync(path, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate()
