/**
 * What a search looks at, in what order. Spaces are gone through twice: once to count, and to bring together the
 * places of memory that several of them map; once to hand out what belongs to one space only, so that no list of
 * everything is ever held.
 */
import type { AddressSpace } from '../memory/address-space.ts'
import type { Gap, GapKind } from '../memory/gap.ts'
import type { AddressRange } from '../model/search.ts'
import { RunCutter, type Reach } from './cutter.ts'
import type { Owner, Piece } from './piece.ts'

/** A process's memory or a shared object, with the part of it that is wanted. */
export interface SearchSpace {
  readonly space: AddressSpace
  /** Ascending, not touching. */
  readonly ranges: readonly AddressRange[]
}

export interface PlanInput {
  /** Number of spaces. */
  readonly count: number
  /** One of them; undefined when it holds no memory. */
  readonly open: (index: number) => Promise<SearchSpace | undefined>
  /** Pages images of shared memory objects, by number. */
  readonly shared: ReadonlySet<number>
  readonly reach: Reach
  readonly signal?: AbortSignal | undefined
}

/** Shared pieces brought together; further ones are looked at once for each owner. */
const SHARED_PIECES = 100_000

interface SharedPiece extends Piece {
  readonly owners: Owner[]
}

export class SearchPlan {
  /** Bytes that will be looked at, surroundings not counted. */
  readonly total: number
  /** Memory of the selection that the archive should hold or names elsewhere, and does not show: bytes by reason, 0 where unknown. */
  readonly missing: ReadonlyMap<string, number>
  readonly #input: PlanInput
  readonly #shared: ReadonlyMap<string, SharedPiece>

  private constructor(
    input: PlanInput,
    total: number,
    shared: ReadonlyMap<string, SharedPiece>,
    missing: ReadonlyMap<string, number>,
  ) {
    this.#input = input
    this.total = total
    this.missing = missing
    this.#shared = shared
  }

  static async make(input: PlanInput): Promise<SearchPlan> {
    const shared = new Map<string, SharedPiece>()
    const missing = new Map<string, number>()
    let total = 0
    for await (const piece of cutSpaces(input, missing)) {
      const key = sharedKey(input, piece)
      const known = key === undefined ? undefined : shared.get(key)
      if (known) known.owners.push(...piece.owners)
      else total += piece.below - piece.from
      if (key !== undefined && !known && shared.size < SHARED_PIECES)
        shared.set(key, { ...piece, owners: [...piece.owners] })
    }
    return new SearchPlan(input, total, shared, missing)
  }

  /** Every piece once, with all its owners. */
  async *pieces(): AsyncGenerator<Piece, void, undefined> {
    for await (const piece of cutSpaces(this.#input)) {
      const key = sharedKey(this.#input, piece)
      if (key === undefined || !this.#shared.has(key)) yield piece
    }
    yield* this.#shared.values()
  }
}

/** What is equal for the same bytes with the same surroundings; undefined for memory of one space only. */
function sharedKey({ shared }: PlanInput, { segments, from, below }: Piece): string | undefined {
  if (segments.length > 16 || !segments.every(({ member }) => shared.has(member))) return undefined
  return `${from} ${below} ${segments.map(({ member, offset, length }) => `${member}.${offset}.${length}`).join(' ')}`
}

/** Pieces handed on together, so that a generator step is no cost per piece. */
const STEP = 64

/** Gaps that are no loss: there is nothing, or the bytes are no memory of the process. */
const NO_LOSS: readonly GapKind[] = ['unmapped', 'untouched', 'file', 'object-untouched', 'kernel', 'guard', 'device']

async function* cutSpaces(input: PlanInput, missing?: Map<string, number>): AsyncGenerator<Piece, void, undefined> {
  const { count, open, shared, reach, signal } = input
  // How much lies outside of mappings that are not known is not known either.
  const lose = ({ kind, why }: Gap, bytes: number): void =>
    void missing?.set(why, (missing.get(why) ?? 0) + (kind === 'mappings-unknown' ? 0 : bytes))
  for (let index = 0; index < count; index++) {
    signal?.throwIfAborted()
    const wanted = await open(index)
    if (!wanted) continue
    let ready: Piece[] = []
    const cutter = new RunCutter(
      reach,
      (member) => shared.has(member),
      (piece, base) => ready.push({ ...piece, owners: [{ space: index, base }] }),
    )
    for (const { from, below } of wanted.ranges) {
      for (const extent of wanted.space.extents(from, below - from)) {
        if (extent.gap) {
          if (!NO_LOSS.includes(extent.gap.kind)) lose(extent.gap, Number(extent.length))
          continue
        }
        const { image, offset, length } = extent
        cutter.add(extent.address, { member: image.id, offset, length: Number(length) })
        if (ready.length < STEP) continue
        yield* ready
        ready = []
      }
    }
    cutter.finish()
    yield* ready
  }
}
