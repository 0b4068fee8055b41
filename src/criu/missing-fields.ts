/** Names required fields that did not come, from the schema's labels. */
import { defect, type Defect } from './defects.ts'
import { fieldTable } from './generated/schema.ts'
import type { MessageTypes } from './generated/types.ts'
import type { IncompleteMessage } from './wire.ts'

const REQUIRED = 1
const NAMED = 12

/** One defect for all incomplete messages of a record: `fown_entry.uid, fown_entry.euid are missing`. */
export function missingFields(incomplete: readonly IncompleteMessage[]): Defect | undefined {
  const [first] = incomplete
  if (!first) return undefined
  const names = new Set<string>()
  for (const { message, value } of incomplete) {
    const values = value as Readonly<Record<string, unknown>>
    for (const [, name, label] of fieldTable[message as keyof MessageTypes])
      if (label === REQUIRED && values[name] === undefined) names.add(`${message}.${name}`)
    if (names.size > NAMED) break
  }
  const listed = [...names].slice(0, NAMED)
  const more = names.size > NAMED ? ' and others' : ''
  const verb = names.size === 1 ? 'is' : 'are'
  const at = { offset: first.end, length: 0 }
  return defect('warning', 'missing-field', `${listed.join(', ')}${more} ${verb} missing`, at)
}
