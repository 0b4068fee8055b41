/** The hex screen of one address space: the view, and what one can do with the byte under the cursor. */
import type { ViewContext } from '../../app/context.ts'
import { present } from '../../model/absent.ts'
import type { MemoryLayout } from '../../model/memory.ts'
import type { Ref } from '../../model/ref.ts'
import type { Vma } from '../../model/process.ts'
import { copyBytes, type CopyForm } from '../../query/copy-bytes.ts'
import type { Place } from '../../query/goto.ts'
import { pointerAt, type Pointer } from '../../query/interpret.ts'
import { sameSpace } from '../../query/memory-space.ts'
import { protectionText } from '../../query/names.ts'
import { mappingName, placeInMapping } from '../../query/places.ts'
import { copyText } from '../../ui/clipboard.ts'
import { errorText, exactBytes, formatBytes } from '../parts/format.ts'
import type { SaveScope } from '../parts/memory-save.svelte.ts'
import { foundIn } from '../parts/memory-spaces.ts'
import { bookmarksOf, type Bookmarks } from './bookmarks.svelte.ts'
import type { Line } from './hex-lines.ts'
import { HexState, type Span } from './hex-state.svelte.ts'

/** Largest selection that is copied: the largest single read. */
const COPY_LIMIT = 1024 * 1024
/** Milliseconds without movement after which the address follows the cursor. */
const SETTLE = 400
/** Milliseconds for which an outcome is shown. */
const SHOWN = 6000

export type Mark = Span & { readonly kind: 'hit' | 'bookmark' }

export class HexScreenState {
  readonly #ctx: ViewContext
  readonly layout: MemoryLayout
  readonly view: HexState
  readonly bookmarks: Bookmarks
  /** Names of addresses; filled when they have been gathered. */
  places = $state.raw<readonly Place[]>([])
  /** What came of the last command. */
  words = $state('')
  /** Selection at which it was said. */
  #said = ''
  #wordsTimer: ReturnType<typeof setTimeout> | undefined
  #settleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(ctx: ViewContext, layout: MemoryLayout) {
    this.#ctx = ctx
    this.layout = layout
    this.bookmarks = bookmarksOf(ctx.checkpoint)
    const { id } = ctx.checkpoint
    this.view = new HexState(layout, (address, length) => ctx.client.readMemory(id, layout.space, address, length))
    const { rows } = this.view
    const first = layout.start.findIndex((_, range) => rows.isStored(range))
    this.view.cursor = this.view.anchor = rows.start(Math.max(0, first))
  }

  /** What a search found here. */
  readonly hits: readonly Span[] = $derived.by(() => foundIn(this.#ctx.checkpoint, this.layout.space))

  /** What is marked, ascending. */
  readonly marks: readonly Mark[] = $derived.by(() => {
    const own = this.bookmarks.list.filter(({ space }) => sameSpace(space, this.layout.space))
    const first = this.view.shown[0]
    const last = this.view.shown.at(-1)
    if (!first || !last) return []
    const end = last.address + BigInt((last.end - last.index) * 16)
    const inView = ({ start, end: behind }: Span): boolean => behind > first.address && start < end
    return [
      ...this.hits
        .slice(...nearby(this.hits, first.address, end))
        .filter(inView)
        .map((hit): Mark => ({ ...hit, kind: 'hit' })),
      ...own.filter(inView).map((mark): Mark => ({ ...mark, kind: 'bookmark' })),
    ]
  })

  mappingAt(address: bigint): Vma | undefined {
    const { rows } = this.view
    const range = rows.rangeAt(address)
    if (range < 0 || address < rows.start(range) || address >= rows.end(range)) return undefined
    return this.layout.mappings[this.layout.mapping[range] ?? -1]?.vma
  }

  readonly isMapped = (address: bigint): boolean =>
    this.layout.space.kind === 'shared' ? this.view.rows.isStoredAt(address) : this.mappingAt(address) !== undefined

  /** `[heap] + 0x20`; evidence text. */
  placeText(address: bigint): string {
    const vma = this.mappingAt(address)
    if (vma) return placeInMapping(address, vma)
    return this.layout.space.kind === 'shared' ? `offset ${exactBytes(address)}` : 'nothing is mapped here'
  }

  /** Words of a gap or heading; evidence text. */
  readonly lineWords = (line: Line): string => {
    if (line.kind === 'heading') {
      const vma = this.mappingAt(line.address)
      if (!vma) return ''
      const size = formatBytes(vma.end - vma.start)
      return `${protectionText(vma.prot, vma.flags)}  ${mappingName(vma)}  ${size}`
    }
    const { reasons, reason, length } = this.layout
    const why = reasons[reason[line.range] ?? -1]?.why ?? ''
    return `${formatBytes(length[line.range] ?? 0n)}  ${why}`
  }

  /** Why there are no bytes under the cursor. */
  get gapWords(): string | undefined {
    const { rows, cursor } = this.view
    const range = rows.rangeAt(cursor)
    return rows.isStoredAt(cursor) || range < 0 ? undefined : this.layout.reasons[this.layout.reason[range] ?? -1]?.why
  }

  /** Bytes from the selection on that are in view. */
  peek(length: number): Uint8Array {
    return this.view.pages.peek(this.view.selection.start, length)
  }

  /** The pointer under the cursor. */
  readonly pointer: Pointer | undefined = $derived.by(() => {
    const at = this.view.selection.start
    const base = at - (at % 8n)
    const size = this.layout.digits === 8 ? 4 : 8
    return pointerAt(this.view.pages.peek(base, 16), base, at, size, this.isMapped)
  })

  say(words: string): void {
    this.words = words
    this.#said = this.#spot
    clearTimeout(this.#wordsTimer)
    this.#wordsTimer = setTimeout(() => (this.words = ''), SHOWN)
  }

  get #spot(): string {
    const { start, end } = this.view.selection
    return `${start}-${end}`
  }

  get #ref(): Ref {
    const { start, end } = this.view.selection
    const length = end - start
    return {
      kind: 'memory',
      space: this.layout.space,
      address: start,
      ...(length > 1n && length < BigInt(Number.MAX_SAFE_INTEGER) ? { length: Number(length) } : {}),
    }
  }

  /** After a movement: what was said of another place is gone, and the URL follows the cursor once it rests. */
  settle(): void {
    if (this.#said !== this.#spot) this.words = ''
    clearTimeout(this.#settleTimer)
    this.#settleTimer = setTimeout(() => {
      this.#keepPlace()
    }, SETTLE)
  }

  #keepPlace(): void {
    clearTimeout(this.#settleTimer)
    if (!sameRef(this.#ctx.selected, this.#ref)) this.#ctx.select(this.#ref)
  }

  stop(): void {
    clearTimeout(this.#settleTimer)
    clearTimeout(this.#wordsTimer)
  }

  /** Follows the URL: a link, or a step back. */
  follow(ref: Ref | undefined): void {
    if (ref?.kind !== 'memory' || sameRef(ref, this.#ref)) return
    clearTimeout(this.#settleTimer)
    this.view.goTo(ref.address, ref.length)
  }

  /** Goes there with a step to go back to. */
  jump(address: bigint, length?: number, space = this.layout.space): void {
    this.#keepPlace()
    this.#ctx.go('hex', { kind: 'memory', space, address, ...(length === undefined ? {} : { length }) })
  }

  followPointer(): void {
    if (this.pointer) this.jump(this.pointer.target)
    else this.say('No pointer here: the word under the cursor is not the address of anything mapped.')
  }

  goToPage(step: 1 | -1): void {
    const page = this.view.storedPage(step)
    if (page === undefined) this.say(step > 0 ? 'No stored page follows.' : 'No stored page before this one.')
    else this.view.goTo(page)
  }

  goToHit(step: 1 | -1): void {
    const { hits } = this
    const at = this.view.selection.start
    const next = step > 0 ? hits.findIndex(({ start }) => start > at) : hits.findLastIndex(({ start }) => start < at)
    const index = next >= 0 ? next : step > 0 ? 0 : hits.length - 1
    const hit = hits[index]
    if (!hit) return this.say('Nothing was searched for here, or nothing was found.')
    this.view.goTo(hit.start, Number(hit.end - hit.start))
    this.say(`Hit ${index + 1} of ${hits.length} in this memory${next >= 0 ? '' : ', round the end'}`)
  }

  /** Selects the stored bytes around the cursor, as far as they follow one another. */
  selectRange(): void {
    const { rows, cursor } = this.view
    const range = rows.rangeAt(cursor)
    if (range < 0 || !rows.isStored(range)) return
    this.view.anchor = rows.end(range) - 1n
    this.view.cursor = rows.start(range)
  }

  async copy(form: CopyForm): Promise<void> {
    const { start, end } = this.view.selection
    if (end - start > BigInt(COPY_LIMIT)) {
      this.say(`At most ${formatBytes(COPY_LIMIT)} is copied at once; save the selection to a file instead.`)
      return
    }
    try {
      const length = Number(end - start)
      const segments = await this.#ctx.client.readMemory(this.#ctx.checkpoint.id, this.layout.space, start, length)
      if (segments.some((segment) => !('bytes' in segment))) {
        this.say('The selection reaches over memory that is not stored: nothing is copied.')
        return
      }
      const bytes = new Uint8Array(length)
      for (const segment of segments) if ('bytes' in segment) bytes.set(segment.bytes, Number(segment.address - start))
      const done = await copyText(copyBytes(bytes, form))
      this.say(done ? `${exactBytes(length)} copied` : 'The browser refused to copy.')
    } catch (error) {
      this.say(`Not copied: ${errorText(error)}`)
    }
  }

  /** What can be saved: the selection, the mapping around it, everything. */
  readonly scopes = (): readonly SaveScope[] => {
    const { start, end } = this.view.selection
    const vma = this.mappingAt(start)
    const size = end - start
    const name = this.layout.space.kind === 'process' ? 'Whole process' : 'Whole object'
    return [
      ...(size > 1n ? [{ label: `Selection, ${formatBytes(size)}`, range: { address: start, length: size } }] : []),
      ...(vma ? [{ label: `Mapping, ${formatBytes(vma.end - vma.start)}`, range: rangeOf(vma) }] : []),
      { label: name, range: undefined },
    ]
  }

  /** File that is mapped under the cursor, and the offset in it; evidence text. */
  get fileText(): string | undefined {
    const vma = this.mappingAt(this.view.cursor)
    const name = vma && present(vma.name)
    if (vma?.fileId === undefined || name === undefined) return undefined
    return `${name} offset 0x${(vma.offset + this.view.cursor - vma.start).toString(16)}`
  }
}

function rangeOf({ start, end }: Vma): SaveScope['range'] {
  return { address: start, length: end - start }
}

function sameRef(a: Ref | undefined, b: Ref): boolean {
  return (
    a?.kind === 'memory' &&
    b.kind === 'memory' &&
    a.address === b.address &&
    (a.length ?? 1) === (b.length ?? 1) &&
    sameSpace(a.space, b.space)
  )
}

/** Hits whose beginning is near a stretch of addresses: a bound for the ones that reach into it. */
function nearby(hits: readonly Span[], start: bigint, end: bigint): [number, number] {
  const longest = 65_536n
  let [low, high] = [0, hits.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hits[middle]?.start ?? 0n) + longest < start) low = middle + 1
    else high = middle
  }
  let to = low
  while (to < hits.length && (hits[to]?.start ?? 0n) < end) to += 1
  return [low, to]
}
