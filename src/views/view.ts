/** What a screen is to the rest of the application: one definition per folder, listed in `index.ts`. */
import type { Component } from 'svelte'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Ref } from '../model/ref.ts'

/** Sections of the navigation, in order. */
export type ViewGroup = 'checkpoints' | 'container' | 'processes' | 'archive' | 'tools'

export interface ViewDefinition {
  /** Lower-kebab; part of the URL. */
  readonly id: string
  readonly title: string
  /** Names that analysts type for it. */
  readonly aka: readonly string[]
  readonly group: ViewGroup
  /** Keys that lead there, as the frame's shortcuts are written; undefined: none. */
  readonly keys: string | undefined
  /** True for the screen that needs no checkpoint. */
  readonly always: boolean
  /** How many things it shows, for the navigation; undefined when not known yet or not countable. */
  readonly count: (cp: Checkpoint) => number | undefined
  /** Kinds of thing it can scroll to. */
  readonly reveals: readonly Ref['kind'][]
  /** Why it has nothing to show; undefined when it has something. */
  readonly emptyReason: (cp: Checkpoint) => string | undefined
  readonly load: () => Promise<{ readonly default: Component }>
}

type Given = Pick<ViewDefinition, 'id' | 'title' | 'group' | 'load'> & Partial<ViewDefinition>

/** Fills in what a screen does not say. */
export function defineView(given: Given): ViewDefinition {
  return {
    aka: [],
    keys: undefined,
    always: false,
    count: () => undefined,
    reveals: [],
    emptyReason: () => undefined,
    ...given,
  }
}
