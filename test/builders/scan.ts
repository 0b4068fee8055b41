/** Scans for tests: pieces of memory in, hits out, in a form that compares well. */
import { startScan, type Hit, type ScanOptions } from '../../src/scan/driver.ts'
import { compile, type CompiledSet, type Pattern } from '../../src/scan/pattern.ts'

/** Memory at an address. */
export interface Piece {
  readonly address: bigint
  readonly bytes: Uint8Array
}

/** Compiles patterns that must be in order. */
export function compiled(...patterns: Pattern[]): CompiledSet {
  const result = compile(patterns)
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.errors))
  return result.set
}

/** Latin-1 text as bytes. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (symbol) => symbol.charCodeAt(0))
}

/** One hit as text: pattern, address, length, and what is unusual about it. */
export function hitText({ pattern, address, length, form, cut }: Hit): string {
  return `${pattern}@${address}+${length} ${form}${cut ? ' cut' : ''}`
}

/** All hits in the pieces, sorted. */
export function scanPieces(set: CompiledSet, pieces: readonly Piece[], options: Partial<ScanOptions> = {}): Hit[] {
  const hits: Hit[] = []
  const scan = startScan(set, { onHit: (hit) => hits.push(hit), ...options })
  for (const { address, bytes } of pieces) scan.feed(address, bytes)
  scan.end()
  return hits.sort((a, b) => a.pattern - b.pattern || Number(a.address - b.address) || a.form.localeCompare(b.form))
}

/** Cuts bytes at the given positions. */
export function cutAt(bytes: Uint8Array, address: bigint, cuts: readonly number[]): Piece[] {
  const edges = [0, ...[...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b)]
  return edges.map((from, i) => ({
    address: address + BigInt(from),
    bytes: bytes.slice(from, edges[i + 1] ?? bytes.length),
  }))
}

/** The hits of `pattern`s in a text, as `offset+length`. */
export function find(text: string | Uint8Array, ...patterns: Pattern[]): string[] {
  const bytes = typeof text === 'string' ? latin1(text) : text
  return scanPieces(compiled(...patterns), [{ address: 0n, bytes }]).map(
    ({ address, length }) => `${address}+${length}`,
  )
}
