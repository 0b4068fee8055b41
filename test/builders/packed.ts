import { spawnSync } from 'node:child_process'
import { DefectList } from '../../src/archive/defects.ts'
import { MemorySpill } from '../../src/archive/memory-spill.ts'
import type { ArchiveDefect } from '../../src/archive/member.ts'
import type { ByteSource } from '../../src/archive/source.ts'
import { UnpackMeter } from '../../src/archive/unpack-types.ts'
import { concat } from './tar.ts'

/** Bytes that do not compress, the same for the same seed (xorshift32). */
export function noise(length: number, seed: number): Uint8Array {
  const out = new Uint8Array(length)
  let state = seed * 2654435761 + 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    out[i] = state & 255
  }
  return out
}

type Decoder = (source: ByteSource, meter: UnpackMeter, defects: DefectList, signal?: AbortSignal) => Promise<void>

/** Runs a decompressor into memory. */
export async function inflateWith(
  decode: Decoder,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; defects: ArchiveDefect[] }> {
  let memory = new MemorySpill()
  const sink = {
    write: (bytes: Uint8Array) => {
      memory.append(bytes)
      return Promise.resolve()
    },
    reset: () => {
      memory = new MemorySpill()
      return Promise.resolve()
    },
  }
  const defects = new DefectList()
  await decode(source, new UnpackMeter(sink, source.size, { signal }), defects, signal)
  return { bytes: concat(...memory.pieces()), defects: defects.list() }
}

/** A program's output for an input; undefined when the program is not installed. */
export function runProgram(program: string, options: readonly string[], input: Uint8Array): Uint8Array | undefined {
  const result = spawnSync(program, options, { input, maxBuffer: 2 ** 30 })
  return result.error ? undefined : new Uint8Array(result.stdout)
}

/** A zstd frame of raw blocks, made without a compressor. */
export function rawZstdFrame(
  blocks: readonly Uint8Array[],
  header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38),
): Uint8Array {
  const parts = blocks.map((block, i) => {
    const value = (block.length << 3) | (i === blocks.length - 1 ? 1 : 0)
    return concat(Uint8Array.of(value & 255, (value >> 8) & 255, value >> 16), block)
  })
  return concat(header, ...parts)
}
