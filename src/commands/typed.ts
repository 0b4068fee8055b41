/** What a person chose, as texts by name: for the address of the page and for keeping. Read back without trust. */
import { fields } from './fields.ts'
import type { CommandOptions, FieldId } from './input.ts'

/** Longest text that is taken for one field, in UTF-16 units. */
const MOST = 4096

export function optionsToText(options: CommandOptions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== '')
      .map(([id, value]) => [id, typeof value === 'boolean' ? (value ? 'yes' : 'no') : value]),
  )
}

/** Names and values that no field has are left out. */
export function optionsFromText(texts: Readonly<Record<string, unknown>>): CommandOptions {
  const options: Partial<Record<FieldId, string | boolean>> = {}
  for (const field of fields) {
    const text = Object.hasOwn(texts, field.id) ? texts[field.id] : undefined
    if (typeof text !== 'string' || text.length > MOST || text === '') continue
    if (field.type === 'switch') {
      if (text === 'yes' || text === 'no') options[field.id] = text === 'yes'
    } else if (field.type !== 'choice' || field.options.some(({ id }) => id === text)) options[field.id] = text
  }
  return options as CommandOptions
}
