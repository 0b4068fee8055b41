/**
 * What was typed into the form: kept in this browser and part of the address. Values that a checkpoint suggests are
 * neither kept nor part of the address.
 */
import type { ViewContext } from '../../app/context.ts'
import type { CommandOptions, FieldId } from '../../commands/input.ts'
import { optionsFromText, optionsToText } from '../../commands/typed.ts'
import { readStored, writeStored } from '../../ui/stored.ts'

const tabs = ['create', 'build', 'restore', 'errors'] as const
export type Tab = (typeof tabs)[number]

const KEY = 'commands'
/** Longest address that is written, in characters of the values; a longer one would not be read again. */
const MOST_ADDRESS = 2000

export class CommandForm {
  readonly #context: ViewContext
  typed = $state.raw<CommandOptions>({})
  tab = $state<Tab>('create')
  /** Fields whose values are still those of the link that was opened. */
  linked = $state.raw<readonly FieldId[]>([])

  constructor(context: ViewContext) {
    this.#context = context
    const { task, ...linked } = context.query
    const fromLink = optionsFromText(linked)
    this.linked = Object.keys(fromLink) as FieldId[]
    this.typed = this.linked.length > 0 ? fromLink : kept()
    this.tab = tabs.find((id) => id === task) ?? (context.current === undefined ? 'create' : 'build')
  }

  set(id: FieldId, value: string | boolean): void {
    const others = Object.entries(this.typed).filter(([other]) => other !== id)
    this.typed = Object.fromEntries(value === '' ? others : [...others, [id, value]])
    this.linked = this.linked.filter((other) => other !== id)
    writeStored(KEY, JSON.stringify(optionsToText(this.typed)))
    this.#show()
  }

  show(tab: Tab): void {
    this.tab = tab
    this.#show()
  }

  clear(): void {
    this.typed = {}
    this.linked = []
    writeStored(KEY, undefined)
    this.#show()
  }

  #show(): void {
    const texts = optionsToText(this.typed)
    const isShort = Object.values(texts).join('').length <= MOST_ADDRESS
    this.#context.query = { task: this.tab, ...(isShort ? texts : {}) }
  }
}

function kept(): CommandOptions {
  try {
    const parsed: unknown = JSON.parse(readStored(KEY) ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? optionsFromText(parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
