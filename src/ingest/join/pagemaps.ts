/**
 * Reads pagemap images into columns. A pagemap of a large process has a million records: none of them is kept as an
 * object. Both generations of the page count and the old `in_parent` are brought to one form
 * (criu/pagemap.c, init_compat_pagemap_entry).
 */
import { limits } from '../../base/limits.ts'
import { isOf, openImage, readRecords } from '../../criu/decode-image.ts'
import { DefectList, type Defect } from '../../criu/defects.ts'
import type { pagemap_entry } from '../../criu/generated/types.ts'
import { PE, type RunColumns } from '../../memory/runs.ts'

/** Most runs read from one pagemap. */
export const PAGEMAP_RUNS = 8_000_000

/** A pagemap image, decoded. */
export interface Pagemap {
  /** Number of the pages image. */
  readonly pagesId: number | undefined
  readonly columns: RunColumns
  /** Pages with bytes in the pages image. */
  readonly presentPages: number
  /** All pages of all runs, whatever became of them. */
  readonly totalPages: number
  /** All addresses or-ed together: what divides it divides each. */
  readonly addressBits: bigint
  readonly storage: 'plain' | 'compressed' | 'encrypted'
  readonly defects: readonly Defect[]
  /** True when runs beyond PAGEMAP_RUNS were left out. */
  readonly cut: boolean
}

/** Largest pagemap image that is read. */
export const PAGEMAP_BYTES = Math.min(limits.decodableMember, 256 * 1024 * 1024)

/** Growing columns. */
class Columns {
  length = 0
  #address = new BigUint64Array(64)
  #pages = new Float64Array(64)
  #flags = new Uint8Array(64)

  push(address: bigint, pages: number, flags: number): void {
    if (this.length === this.#pages.length) this.#grow()
    this.#address[this.length] = address
    this.#pages[this.length] = pages
    this.#flags[this.length] = flags
    this.length += 1
  }

  #grow(): void {
    const room = this.length * 2
    const address = new BigUint64Array(room)
    const pages = new Float64Array(room)
    const flags = new Uint8Array(room)
    address.set(this.#address)
    pages.set(this.#pages)
    flags.set(this.#flags)
    this.#address = address
    this.#pages = pages
    this.#flags = flags
  }

  finish(): RunColumns {
    return {
      address: this.#address.slice(0, this.length),
      pages: this.#pages.slice(0, this.length),
      flags: this.#flags.slice(0, this.length),
    }
  }
}

function flagsOf(entry: pagemap_entry): number {
  let flags = (entry.flags ?? 0) & 0xff
  if (entry.in_parent === true) flags |= PE.parent
  return entry.flags === undefined && entry.in_parent !== true ? PE.present : flags
}

/** The newer count is 64 bits wide; the older one is 0 beside it. */
function pagesOf(entry: pagemap_entry): number {
  return entry.nr_pages === undefined ? (entry.compat_nr_pages ?? 0) : Number(entry.nr_pages)
}

/**
 * Fields of a pagemap_entry that say how pages are stored: 6 to 8 describe compressed blocks (two generations);
 * the encryption proposal has bytes in field 5, where newer CRIU has a number.
 */
function storageOf(entry: pagemap_entry): Pagemap['storage'] {
  for (const field of entry.$unknown ?? []) {
    if (field.number === 5 && field.wireType === 2) return 'encrypted'
    if (field.number >= 6 && field.number <= 8) return 'compressed'
  }
  return 'plain'
}

/** Throws FormatError when the image has no header. */
export function readPagemap(bytes: Uint8Array, fileName: string): Pagemap {
  const defects = new DefectList()
  const columns = new Columns()
  let pagesId: number | undefined
  let presentPages = 0
  let totalPages = 0
  let addressBits = 0n
  let storage: Pagemap['storage'] = 'plain'
  let cut = false
  for (const record of readRecords(openImage(bytes, fileName), defects, true)) {
    if (isOf(record, 'pagemap_head')) pagesId = record.value.pages_id
    if (!isOf(record, 'pagemap_entry') || record.value.vaddr === undefined) continue
    if (columns.length >= PAGEMAP_RUNS) {
      cut = true
      break
    }
    const flags = flagsOf(record.value)
    const pages = pagesOf(record.value)
    if (storage === 'plain') storage = storageOf(record.value)
    columns.push(record.value.vaddr, pages, flags)
    addressBits |= record.value.vaddr
    totalPages += pages
    if (flags & PE.present) presentPages += pages
  }
  return {
    pagesId,
    columns: columns.finish(),
    presentPages,
    totalPages,
    addressBits,
    storage,
    defects: defects.all(),
    cut,
  }
}
