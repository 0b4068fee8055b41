/** The two forms of this screen with what came of them; kept while the checkpoint is open, so that one can leave and return. */
import type { ViewContext } from '../../app/context.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { FoundString, SearchHit, SearchTerm, StringList, TermError } from '../../model/search.ts'
import { offerFound } from '../parts/memory-spaces.ts'
import { Run, ScopeChoice } from './run.svelte.ts'
import { wishToQuery, type SearchWish } from './search-link.ts'

export type TermKind = SearchTerm['kind']
export type Encoding = FoundString['encoding']

/** A row with its number, which is its key. */
export type HitRow = SearchHit & { readonly index: number }

export class HitForm {
  readonly choice = new ScopeChoice()
  readonly run = new Run<HitRow>()
  kind = $state<TermKind>('text')
  /** What was typed for each kind. */
  typed = $state<Record<TermKind, string>>({ text: '', regex: '', hex: '', list: '' })
  ignoreCase = $state(false)
  utf16 = $state(true)
  errors = $state.raw<readonly TermError[]>([])
  /** Labels of the patterns of the search under way or last made. */
  patterns = $state.raw<readonly string[]>([])
  selected = $state<string | undefined>()
  /** It was filled in by a link and not searched yet. */
  isLinked = $state(false)
  /** The search last made, as part of the page's address. */
  asked: Readonly<Record<string, string>> = {}

  /** Takes over what a link says; nothing is searched. */
  fill(wish: SearchWish): void {
    this.kind = wish.kind
    this.typed[wish.kind] = wish.typed
    this.ignoreCase = wish.ignoreCase
    this.utf16 = wish.utf16
    this.choice.set(wish)
    this.isLinked = true
  }

  get term(): SearchTerm {
    const { kind, ignoreCase, utf16 } = this
    const typed = this.typed[kind]
    switch (kind) {
      case 'text':
        return { kind, text: typed, ignoreCase, utf16 }
      case 'regex':
        return { kind, source: typed, ignoreCase, utf16 }
      case 'hex':
        return { kind, hex: typed }
      case 'list':
        return { kind, list: typed }
    }
  }

  async search(ctx: ViewContext): Promise<void> {
    const { run, kind, ignoreCase, utf16, choice } = this
    this.errors = []
    this.selected = undefined
    this.isLinked = false
    ctx.query = wishToQuery({ ...choice.wish, kind, ignoreCase, utf16, typed: this.typed[kind] })
    this.asked = ctx.query
    const query = { term: this.term, scope: this.choice.scope }
    let count = 0
    await run.start((signal) =>
      ctx.client.searchMemory(
        ctx.checkpoint.id,
        query,
        (event) => {
          // What a cancelled search still tells belongs to no table.
          if (signal.aborted) return
          switch (event.kind) {
            case 'refused':
              this.errors = event.errors
              break
            case 'started':
              this.patterns = event.patterns
              run.total = event.total
              break
            case 'hits':
              run.add(event.hits.map((hit) => ({ ...hit, index: count++ })))
              break
            case 'progress':
              run.done = event.done
              run.found = event.found
              break
            case 'stopped':
              run.notes = [...run.notes, `${this.patterns[event.pattern] ?? 'A pattern'}: ${event.message}`]
              break
            case 'done':
              run.end(event.summary)
          }
        },
        signal,
      ),
    )
  }
}

export class StringForm {
  readonly choice = new ScopeChoice()
  readonly run = new Run<never>()
  list = $state.raw<StringList | undefined>()
  minLength = $state(6)
  encodings = $state.raw<readonly Encoding[]>(['utf-8', 'utf-16le'])
  selected = $state<string | undefined>()

  toggle(encoding: Encoding): void {
    this.encodings = this.encodings.includes(encoding)
      ? this.encodings.filter((other) => other !== encoding)
      : [...this.encodings, encoding]
  }

  async gather(ctx: ViewContext): Promise<void> {
    const { run, encodings } = this
    this.selected = undefined
    this.list = undefined
    const minLength = Math.min(1000, Math.max(1, Math.floor(this.minLength) || 1))
    await run.start((signal) =>
      ctx.client.findStrings(
        ctx.checkpoint.id,
        { scope: this.choice.scope, minLength, encodings },
        (event) => {
          if (signal.aborted) return
          switch (event.kind) {
            case 'started':
              run.total = event.total
              break
            case 'progress':
              run.done = event.done
              run.found = event.found
              break
            case 'strings':
              this.list = event.strings
              break
            case 'done':
              run.end(event.summary)
          }
        },
        signal,
      ),
    )
  }
}

interface Forms {
  readonly hits: HitForm
  readonly strings: StringForm
  tab: 'search' | 'strings'
}

const kept = new WeakMap<Checkpoint, Forms>()

/** The forms of a checkpoint. */
export function formsOf(cp: Checkpoint): Forms {
  const known = kept.get(cp)
  if (known) return known
  const forms: Forms = { hits: new HitForm(), strings: new StringForm(), tab: 'search' }
  kept.set(cp, forms)
  offerFound(cp, () => forms.hits.run.rows)
  return forms
}
