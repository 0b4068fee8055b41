/** The commands for a task, from what is wanted and what a checkpoint says: checked first, then made. */
import { buildRefusals, buildSteps } from './build.ts'
import { createAdvice, createRefusals, createSteps } from './create.ts'
import type { CommandKind, CommandOptions } from './input.ts'
import type { Known } from './known.ts'
import { restoreAdvice, restoreRefusals, restoreSteps, targetOf } from './restore.ts'
import type { Advice, Recipe, Refusal } from './step.ts'
import { findLookAlike, describeSymbol } from './symbols.ts'
import { resolveValues, type Values } from './values.ts'

export interface Commands extends Recipe {
  readonly values: Values
}

export function makeCommands(kind: CommandKind, options: CommandOptions, known?: Known): Commands {
  const values = resolveValues(kind, options, known?.suggestions ?? {})
  const { input } = values
  const refusals: readonly Refusal[] = [
    ...values.refusals,
    ...(kind === 'build'
      ? buildRefusals(input)
      : kind === 'restore'
        ? restoreRefusals(input, known)
        : createRefusals(input)),
  ]
  const stops = kind === 'restore' && known ? known.stops(targetOf(input)) : []
  // An image is built to be restored: whether its engine can is said before.
  const advice =
    kind === 'create'
      ? createAdvice(input)
      : refusals.length > 0
        ? []
        : restoreAdvice(input, known).map((one) => (stops.length > 0 ? held(one, stops.length) : one))
  const warnings = lookAlikes(values)
  // What is built can be taken elsewhere; what cannot be made or restored is no use anywhere.
  const isImpossible = kind !== 'build' && advice.some(({ tone }) => tone === 'bad')
  const isExample = (['namespace', 'pod', 'container'] as const).every((id) => values.examples.includes(id))
  const steps =
    refusals.length > 0 || isImpossible
      ? []
      : kind === 'create'
        ? createSteps(input, isExample)
        : kind === 'build'
          ? buildSteps(input, known)
          : restoreSteps(input, known)
  return { steps, refusals, advice, stops, warnings, values }
}

/** That the engine can restore is no verdict on a checkpoint that holds what makes it fail. */
function held(advice: Advice, count: number): Advice {
  if (advice.tone !== 'good') return advice
  const what = count === 1 ? 'one thing in this checkpoint makes' : `${count} things in this checkpoint make`
  return { ...advice, tone: 'warn', text: `${advice.text} But ${what} the restore fail unless something is done.` }
}

/** Legal values in which a symbol passes for another: paths may have them. */
function lookAlikes({ input, fields, refusals }: Values): string[] {
  return fields.flatMap(({ id, type, label }) => {
    const value = input[id]
    if (type !== 'text' || typeof value !== 'string' || refusals.some(({ field }) => field === id)) return []
    const found = findLookAlike(value)
    return found ? [`${label}: character ${found.place} is ${describeSymbol(found.symbol)}.`] : []
  })
}
