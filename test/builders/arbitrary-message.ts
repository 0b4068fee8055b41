/** fast-check arbitraries for any message of the schema. */
import fc from 'fast-check'
import { decodeText } from '../../src/base/text.ts'
import { enumNames, fieldTable } from '../../src/criu/generated/schema.ts'
import type { MessageTypes } from '../../src/criu/generated/types.ts'
import type { FieldRow } from '../../src/criu/wire.ts'

const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  uint32: fc.integer({ min: 0, max: 0xffffffff }),
  int32: fc.integer(),
  sint32: fc.integer(),
  uint64: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  sint64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fixed32: fc.integer({ min: 0, max: 0xffffffff }),
  fixed64: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
  bool: fc.boolean(),
  string: fc.uint8Array({ maxLength: 12 }).map((bytes) => decodeText(bytes)),
  bytes: fc.uint8Array({ maxLength: 12 }).map((bytes) => Uint8Array.from(bytes)),
}

/** A complete value: required fields always, optional ones sometimes, nested messages up to `depth`. */
export function arbitraryMessage(message: keyof MessageTypes, depth = 4): fc.Arbitrary<Record<string, unknown>> {
  const shape: Record<string, fc.Arbitrary<unknown>> = {}
  for (const row of fieldTable[message]) {
    const [, name, label, kind] = row
    if (label === 2)
      shape[name] = kind === 'm' && depth <= 0 ? fc.constant([]) : fc.array(field(row, depth), { maxLength: 3 })
    else if (label === 1) shape[name] = field(row, depth)
    else
      shape[name] =
        kind === 'm' && depth <= 0 ? fc.constant(undefined) : fc.option(field(row, depth), { nil: undefined, freq: 2 })
  }
  return fc.record(shape)
}

function field([, , , kind, type]: FieldRow, depth: number): fc.Arbitrary<unknown> {
  if (kind === 'm') return arbitraryMessage(type as keyof MessageTypes, depth - 1)
  if (kind === 'e') return fc.constantFrom(...Object.keys(enumNames[type] ?? { 0: '' }).map(Number))
  return SCALARS[type] ?? fc.constant(undefined)
}
