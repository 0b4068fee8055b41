/** What holds for each field: what was given, else what the checkpoint says, else the example; and what cannot hold. */
import { fields } from './fields.ts'
import {
  defaults,
  type CommandInput,
  type CommandKind,
  type CommandOptions,
  type Field,
  type FieldId,
} from './input.ts'
import type { Refusal } from './step.ts'

/** A value that a checkpoint suggests, and where it stands there. */
export interface Suggestion {
  readonly value: string
  readonly origin: string
  /** Holds for this engine only. */
  readonly engine?: CommandInput['engine']
}
export type Suggestions = Readonly<Partial<Record<FieldId, Suggestion>>>

export interface Values {
  readonly input: CommandInput
  /** Fields of the form for this kind and these values. */
  readonly fields: readonly Field[]
  readonly refusals: readonly Refusal[]
  /** Fields for which the example stands. */
  readonly examples: readonly FieldId[]
}

export function resolveValues(kind: CommandKind, options: CommandOptions, suggestions: Suggestions): Values {
  checkOptions(options)
  const wanted: Record<string, string | boolean> = { ...defaults }
  for (const { id, type } of fields) {
    const given = options[id]
    const { value: suggested, engine } = suggestions[id] ?? {}
    const isFit = engine === undefined || engine === wanted['engine']
    const isSuggested = suggested !== undefined && isFit && (given === undefined || given === '')
    if (isSuggested && (type !== 'choice' || isOption(id, suggested))) wanted[id] = suggested
    else if (given !== undefined) wanted[id] = given
  }
  const chosen = wanted as unknown as CommandInput
  const shown = fields.filter((field) => field.isFor(kind, chosen))
  const examples: FieldId[] = []
  const refusals: Refusal[] = []
  for (const field of shown) {
    if (field.type !== 'text' && field.type !== 'lines') continue
    const { id, check, example, isFound } = field
    const text = wanted[id]
    if (text === '' && example !== undefined && !(kind === 'create' && isFound?.(chosen))) {
      wanted[id] = typeof example === 'function' ? example(chosen) : example
      examples.push(id)
    } else if (typeof text === 'string' && text !== '') {
      const reason = check(text)
      if (reason !== undefined) refusals.push({ field: id, reason })
    }
  }
  return { input: wanted as unknown as CommandInput, fields: shown, refusals, examples }
}

/** Scripts may hand in anything: what is no field, or no value of it, is said. */
function checkOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [id, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, id)) throw new TypeError(`there is no option ${JSON.stringify(id)}`)
    const type = typeof defaults[id as FieldId]
    if (value !== undefined && typeof value !== type) throw new TypeError(`the option ${id} is a ${type}`)
    if (typeof value === 'string' && !isOption(id as FieldId, value))
      throw new TypeError(`the option ${id} is none of ${optionsOf(id as FieldId)?.join(', ') ?? ''}`)
  }
}

function optionsOf(id: FieldId): readonly string[] | undefined {
  const field = fields.find((one) => one.id === id)
  return field?.type === 'choice' ? field.options.map((option) => option.id) : undefined
}

function isOption(id: FieldId, value: string): boolean {
  return optionsOf(id)?.includes(value) ?? true
}
