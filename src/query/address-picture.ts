/**
 * An address space as a line to draw: mappings one after the other, as wide as the logarithm of their size, so that a stack of 132
 * KiB can be seen beside a heap of gigabytes; what lies between them is collapsed. Positions are numbers from 0 to `total`.
 */
import type { MemoryLayout } from '../model/memory.ts'

export interface PictureBlock {
  /** Index into the layout's mappings; -1 for a hole, or a shared object, which has none. */
  readonly mapping: number
  readonly isHole: boolean
  readonly start: bigint
  readonly end: bigint
  /** Position and width. */
  readonly at: number
  readonly width: number
}

const PAGE = 4096n
const HOLE_WIDTH = 1

/** Width of so many bytes: 2 for a page, 1 more each time that they double. */
function widthOf(bytes: bigint): number {
  return 1 + Math.log2(Number(bytes / PAGE) + 1)
}

export class AddressPicture {
  readonly blocks: readonly PictureBlock[]
  readonly total: number

  constructor(layout: MemoryLayout) {
    const blocks: PictureBlock[] = []
    let at = 0
    const add = (mapping: number, isHole: boolean, start: bigint, end: bigint): void => {
      const width = isHole ? HOLE_WIDTH : widthOf(end - start)
      blocks.push({ mapping, isHole, start, end, at, width })
      at += width
    }
    let reached: bigint | undefined
    for (const [index, { vma, guard }] of layout.mappings.entries()) {
      const start = reached === undefined || vma.start > reached ? vma.start : reached
      if (guard || vma.end <= start) continue
      if (reached !== undefined && start > reached) add(-1, true, reached, start)
      add(index, false, start, vma.end)
      reached = vma.end
    }
    const last = layout.start.length - 1
    if (blocks.length === 0 && last >= 0)
      add(-1, false, layout.start[0] ?? 0n, (layout.start[last] ?? 0n) + (layout.length[last] ?? 0n))
    this.blocks = blocks
    this.total = at
  }

  /** Index of the last block for which `isBefore` holds; 0 when it holds for none. */
  #last(isBefore: (block: PictureBlock) => boolean): number {
    let [low, high] = [0, this.blocks.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const block = this.blocks[middle]
      if (block && isBefore(block)) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  blockAt(position: number): PictureBlock | undefined {
    return this.blocks[this.#last((block) => block.at <= position)]
  }

  addressAt(position: number): bigint {
    const block = this.blockAt(position)
    if (!block) return 0n
    const share = Math.min(1, Math.max(0, (position - block.at) / block.width))
    const size = block.end - block.start
    const offset = (size * BigInt(Math.floor(share * 1_000_000))) / 1_000_000n
    return block.start + (offset < size ? offset : size - 1n)
  }

  positionOf(address: bigint): number {
    const block = this.blocks[this.#last(({ start }) => start <= address)]
    if (!block) return 0
    const share = Number(((address - block.start) * 1_000_000n) / (block.end - block.start)) / 1_000_000
    return block.at + block.width * Math.min(1, Math.max(0, share))
  }
}
