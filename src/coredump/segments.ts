/**
 * Which addresses a core file covers, and how. A segment holds two things and no more:
 *
 * - stored bytes: in the file;
 * - memory that was never written to, which the process would read as zeros: in the file as zeros where it is a short
 *   stretch among stored bytes, otherwise as room beyond the file's bytes (p_memsz above p_filesz), so that a heap
 *   reserved for tomorrow takes no space.
 *
 * Whatever else is mapped is in no segment, because gdb since version 11 reads a segment without bytes as zeros even
 * where these are not the truth. Without one it says that it cannot access the memory. So it is with pages that a lazy
 * dump left behind, pages of a parent that is not opened, cut off ones, and the kernel's; and so it is, unlike in the
 * kernel's own core files, with unchanged pages of mapped files: NT_FILE names the file, and debuggers that find it
 * read it there.
 */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { Gap, GapKind } from '../memory/gap.ts'
import { has, VMA } from '../memory/vma-status.ts'
import type { CoreInput, CoreMapping } from './core-input.ts'

/** A PT_LOAD. */
export interface Segment {
  readonly address: bigint
  /** Bytes in the file, from the start of the segment. */
  fileSize: bigint
  /** Bytes of address space; those beyond `fileSize` are zeros. */
  memorySize: bigint
  /** PROT_* bits of the mapping. */
  readonly prot: number
}

/** How many bytes of the mappings are what, for the person. */
export interface Coverage {
  readonly stored: bigint
  /** Never written to. */
  readonly zero: bigint
  /** Unchanged content of mapped files. */
  readonly files: bigint
  /** Left out, by reason. */
  readonly missing: ReadonlyMap<GapKind, { readonly why: string; readonly bytes: bigint }>
}

export interface SegmentPlan {
  readonly segments: readonly Segment[]
  readonly coverage: Coverage
}

/** Stretches of zeros up to this size are written out rather than given a segment of their own. */
export const SHORT_ZEROS = 64n * 1024n

type Kind = 'stored' | 'zero' | 'file' | 'missing'

/** Segments in ascending order. `top`: addresses from there on do not fit the file's class. */
export function planSegments(input: CoreInput, top: bigint): SegmentPlan {
  const segments: Segment[] = []
  const sums = { stored: 0n, zero: 0n, file: 0n, missing: 0n }
  const missing = new Map<GapKind, { why: string; bytes: bigint }>()
  let seen = 0
  for (const { from, to, mapping } of apart(input.mappings, top)) {
    const builder = new SegmentBuilder(segments, mapping.prot, from)
    for (const extent of input.space.extents(from, to - from)) {
      if (++seen > limits.coreExtents)
        throw new LimitError(
          'coreExtents',
          `The memory is in more than ${limits.coreExtents} runs of pages: too many for a core file.`,
        )
      const kind = extent.gap ? kindOf(extent.gap, mapping) : 'stored'
      builder.add(kind, extent.length)
      sums[kind] += extent.length
      if (kind !== 'missing' || !extent.gap) continue
      const { kind: reason, why } = extent.gap
      missing.set(reason, { why, bytes: (missing.get(reason)?.bytes ?? 0n) + extent.length })
    }
  }
  return { segments, coverage: { stored: sums.stored, zero: sums.zero, files: sums.file, missing } }
}

/** Mappings in ascending order without overlaps, which only damaged images have; guards lie over others by design. */
function* apart(
  mappings: readonly CoreMapping[],
  top: bigint,
): Generator<{ from: bigint; to: bigint; mapping: CoreMapping }, void, undefined> {
  const real = mappings.filter((mapping) => !has(mapping.status, VMA.guard))
  let covered = 0n
  for (const mapping of real.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const from = mapping.start > covered ? mapping.start : covered
    const to = mapping.end < top ? mapping.end : top
    if (to <= from) continue
    yield { from, to, mapping }
    covered = to
  }
}

function kindOf({ kind }: Gap, mapping: CoreMapping): Kind {
  if (kind === 'untouched' || kind === 'object-untouched') return 'zero'
  return kind === 'file' && mapping.path !== undefined ? 'file' : 'missing'
}

/** Strings the pieces of one mapping together. */
class SegmentBuilder {
  readonly #segments: Segment[]
  readonly #prot: number
  #at: bigint
  /** The segment that the next bytes may be added to. */
  #open: Segment | undefined

  constructor(segments: Segment[], prot: number, from: bigint) {
    this.#segments = segments
    this.#prot = prot
    this.#at = from
  }

  add(kind: Kind, length: bigint): void {
    const end = this.#at + length
    if (kind === 'stored') this.#store(end)
    else if (kind === 'zero') this.#extend(end)
    else this.#open = undefined
    this.#at = end
  }

  #store(end: bigint): void {
    const open = this.#open
    if (!open || open.address + open.fileSize + SHORT_ZEROS < this.#at) {
      this.#open = this.#start(end - this.#at, end - this.#at)
      return
    }
    open.fileSize = end - open.address
    open.memorySize = open.fileSize
  }

  #extend(end: bigint): void {
    if (this.#open) this.#open.memorySize = end - this.#open.address
    else this.#open = this.#start(0n, end - this.#at)
  }

  #start(fileSize: bigint, memorySize: bigint): Segment {
    if (this.#segments.length >= limits.coreSegments)
      throw new LimitError(
        'coreSegments',
        `The memory is in more than ${limits.coreSegments} pieces: too many for a core file.`,
      )
    const segment = { address: this.#at, fileSize, memorySize, prot: this.#prot }
    this.#segments.push(segment)
    return segment
  }
}
