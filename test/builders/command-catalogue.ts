/** Every form that the catalogue of fields can be put into: all choices and switches, texts given and left out. */
import { makeCommands, type Commands } from '../../src/commands/commands.ts'
import { fields } from '../../src/commands/fields.ts'
import { defaults, type CommandKind, type CommandOptions } from '../../src/commands/input.ts'
import type { Known } from '../../src/commands/known.ts'

const KINDS: readonly CommandKind[] = ['create', 'build', 'restore']

/** Options of a kind: each choice and each switch that is in the form, in every combination. */
function optionSets(kind: CommandKind, texts: CommandOptions): CommandOptions[] {
  let sets: CommandOptions[] = [texts]
  for (const field of fields) {
    if (field.type === 'text' || field.type === 'lines') continue
    const values = field.type === 'choice' ? field.options.map(({ id }) => id) : [false, true]
    sets = sets.flatMap((set) =>
      field.isFor(kind, { ...defaults, ...set }) ? values.map((value) => ({ ...set, [field.id]: value })) : [set],
    )
  }
  return sets
}

/** The commands for every option set, with these texts. */
export function catalogue(texts: CommandOptions, known?: (options: CommandOptions) => Known | undefined): Commands[] {
  return KINDS.flatMap((kind) =>
    optionSets(kind, texts).map((options) => makeCommands(kind, options, known?.(options))),
  )
}
