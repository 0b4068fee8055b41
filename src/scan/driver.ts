/**
 * A scan: chunks of memory in, hits out. Chunks that follow one another without a gap in addresses are one run; what
 * is found depends on the runs alone, never on how they are cut into chunks, and nothing is found across a gap.
 *
 * What counts as a hit:
 * - Text and hex patterns: every place where the pattern stands, overlapping places too (`aa` stands in `aaa` twice),
 *   as YARA counts. Whether a place is a hit depends on the bytes there only, so ranges may be divided freely.
 * - Regular expressions and hex patterns with skips: leftmost matches that do not overlap, from the start of the run
 *   on, as ripgrep and `memparse --search-regex` count. A match longer than 4 KiB is cut there and the search goes on
 *   behind the cut. What a match depends on may lie up to 4 KiB from it.
 * Hits of one pattern in one form come in ascending order; hits of several patterns come in no particular order.
 */
import { scanLimits } from './limits.ts'
import type { Form } from './needle.ts'
import { NeedleScan } from './needle-scan.ts'
import type { CompiledSet } from './pattern.ts'
import { RegexScan } from './regex-scan.ts'

export interface Hit {
  /** Index of the pattern. */
  readonly pattern: number
  readonly address: bigint
  /** In bytes. */
  readonly length: number
  readonly form: Form
  /** The match is longer than `length`. */
  readonly cut: boolean
}

export interface ScanOptions {
  readonly onHit: (hit: Hit) => void
  /**
   * Called before each step of 256 KiB (for regular expressions once for each of them) with the address
   * it begins at, and the pattern if it is one regular expression's step. A scan that stays silent for seconds hangs in
   * that expression: its thread has to be ended.
   */
  readonly onHeartbeat?: ((address: bigint, pattern: number | undefined) => void) | undefined
  /** Hits that are handed to `onHit`; further ones are counted only. */
  readonly maxHits?: number | undefined
  /**
   * Only hits that start in [from, below) are reported, so that several scans can share a run. Each is fed what
   * follows `below` too: `overlapOf` bytes. (Scans with regular expressions should begin some 64 KiB before `from`.)
   */
  readonly within?: { readonly from: bigint; readonly below: bigint } | undefined
}

export interface ScanTotals {
  /** Hits per pattern, reported or not. */
  readonly hits: Float64Array
  /** Hits of all patterns, and how many of them `onHit` was told. */
  readonly found: number
  readonly reported: number
  /** Bytes that were fed. */
  readonly bytes: number
}

export interface Scan {
  /** The bytes at `address`. They are not kept: the buffer may be used again after the call. */
  feed(address: bigint, bytes: Uint8Array): void
  /** What follows does not continue what came before, even if the addresses say so. */
  gap(): void
  /** Finishes the last run. */
  end(): ScanTotals
}

/** Bytes that a scan has to see behind a range to find everything that starts in it. */
export function overlapOf(set: CompiledSet): number {
  return Math.max(set.longestNeedle, set.regexes.length > 0 ? 2 * scanLimits.match : 0)
}

/** Begins a scan. */
export function startScan(set: CompiledSet, options: ScanOptions): Scan {
  const { onHit, onHeartbeat, maxHits = scanLimits.hits, within } = options
  const hits = new Float64Array(set.patterns.length)
  let found = 0
  let reported = 0
  let total = 0
  let runStart = 0n
  let runLength = 0

  function hit(pattern: number, offset: number, length: number, form: Form, cut: boolean): void {
    const address = runStart + BigInt(offset)
    if (within && (address < within.from || address >= within.below)) return
    hits[pattern] = (hits[pattern] ?? 0) + 1
    found += 1
    if (reported >= maxHits) return
    reported += 1
    onHit({ pattern, address, length, form, cut })
  }
  const beat = (offset: number, pattern?: number): void => onHeartbeat?.(runStart + BigInt(offset), pattern)

  const needles =
    set.needles.length === 0
      ? undefined
      : new NeedleScan(
          set.needles,
          (needle, offset) => {
            hit(needle.pattern, offset, needle.value.length, needle.form, false)
          },
          beat,
        )
  const regexes =
    set.regexes.length === 0
      ? undefined
      : new RegexScan(
          set.regexes,
          (regex, offset, length, cut) => {
            hit(regex.pattern, offset, length, regex.form, cut)
          },
          beat,
        )

  function gap(): void {
    regexes?.end()
    needles?.reset()
    runLength = 0
  }

  return {
    feed(address, bytes) {
      if (bytes.length === 0) return
      if (runLength > 0 && address !== runStart + BigInt(runLength)) gap()
      if (runLength === 0) runStart = address
      needles?.feed(runLength, bytes)
      regexes?.feed(bytes)
      runLength += bytes.length
      total += bytes.length
    },
    gap,
    end() {
      gap()
      return { hits, found, reported, bytes: total }
    },
  }
}
