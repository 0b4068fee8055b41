/** What the generators make: steps in order, each with its reason, its lines and the files that they need. */
import type { EngineSetting } from './engines.ts'
import type { FieldId } from './input.ts'
import type { Line } from './shell.ts'
import type { Yaml } from './yaml.ts'

/** A file that is written where the commands run. */
export interface StepFile {
  readonly name: string
  /** Documents of YAML, or lines as they are. */
  readonly content: readonly Yaml[] | string
}

export interface Step {
  /** Lower-kebab, unique in its recipe. */
  readonly id: string
  readonly title: string
  /** Why it is done and what to expect. */
  readonly why: string
  readonly files: readonly StepFile[]
  readonly lines: readonly Line[]
  readonly warnings: readonly string[]
  /** Only where it is needed: not part of the whole. */
  readonly isAside: boolean
  /** Drawn closed: not what one came for. */
  readonly isFolded: boolean
}

/** A value that cannot be used, with the reason. */
export interface Refusal {
  readonly field: FieldId
  readonly reason: string
}

/** What to know about the engine before one starts. */
export interface Advice {
  /** `foreign`: the checkpoint is of another engine than the one that is to restore it. */
  readonly id: 'kubelet' | 'engine' | 'foreign'
  readonly tone: 'good' | 'warn' | 'bad' | 'info'
  readonly text: string
  readonly needs: readonly string[]
  readonly remedy: string | undefined
  readonly setting: EngineSetting | undefined
  readonly source: string | undefined
}

export interface Recipe {
  /** Steps; empty when something was refused. */
  readonly steps: readonly Step[]
  readonly refusals: readonly Refusal[]
  readonly advice: readonly Advice[]
  /** What the checkpoint holds that makes the restore fail unless something is done. */
  readonly stops: readonly string[]
  /** What concerns the whole. */
  readonly warnings: readonly string[]
}

type Given = Pick<Step, 'id' | 'title' | 'why'> & Partial<Step>

/** Fills in what a step does not say. */
export function step(given: Given): Step {
  const { isAside = false } = given
  return { files: [], lines: [], warnings: [], isAside, isFolded: isAside, ...given }
}

/** A line of one command. */
export function run(...argv: Line['pipeline'][number]): Line {
  return { pipeline: [argv] }
}
