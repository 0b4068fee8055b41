/** A small reader of ELF core files for tests, written from the ELF specification; shares nothing with the writer. */

export interface CoreSegment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: bigint
  readonly fileSize: number
  readonly memorySize: bigint
  readonly align: number
}

export interface CoreNote {
  readonly name: string
  readonly type: number
  readonly body: Uint8Array
}

export interface ParsedCore {
  readonly wide: boolean
  readonly little: boolean
  readonly type: number
  readonly machine: number
  readonly flags: number
  readonly loads: readonly CoreSegment[]
  readonly notes: readonly CoreNote[]
  /** What a debugger sees: a byte, 0 beyond the file's bytes of a segment, undefined where there is no segment. */
  byteAt(address: bigint): number | undefined
}

export function parseCore(bytes: Uint8Array): ParsedCore {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0) !== 0x7f454c46) throw new Error('no ELF file')
  const wide = bytes[4] === 2
  const little = bytes[5] === 1
  const u16 = (at: number): number => view.getUint16(at, little)
  const u32 = (at: number): number => view.getUint32(at, little)
  const word = (at: number): bigint => (wide ? view.getBigUint64(at, little) : BigInt(u32(at)))
  const programs = Number(word(wide ? 32 : 28))
  const sections = Number(word(wide ? 40 : 32))
  const small = u16(wide ? 56 : 44)
  const count = small === 0xffff ? u32(sections + (wide ? 44 : 28)) : small
  const entry = u16(wide ? 54 : 42)
  const segments = Array.from({ length: count }, (_, i): CoreSegment => {
    const at = programs + i * entry
    return wide
      ? {
          type: u32(at),
          flags: u32(at + 4),
          offset: Number(word(at + 8)),
          address: word(at + 16),
          fileSize: Number(word(at + 32)),
          memorySize: word(at + 40),
          align: Number(word(at + 48)),
        }
      : {
          type: u32(at),
          flags: u32(at + 24),
          offset: u32(at + 4),
          address: word(at + 8),
          fileSize: u32(at + 16),
          memorySize: word(at + 20),
          align: u32(at + 28),
        }
  })
  const loads = segments.filter(({ type }) => type === 1)
  return {
    wide,
    little,
    type: u16(16),
    machine: u16(18),
    flags: u32(wide ? 48 : 36),
    loads,
    notes: segments.filter(({ type }) => type === 4).flatMap((segment) => readNotes(bytes, segment, little)),
    byteAt(address) {
      const found = loads.find((load) => load.address <= address && address < load.address + load.memorySize)
      if (!found) return undefined
      const at = Number(address - found.address)
      return at < found.fileSize ? bytes[found.offset + at] : 0
    },
  }
}

function readNotes(bytes: Uint8Array, { offset, fileSize }: CoreSegment, little: boolean): CoreNote[] {
  const notes: CoreNote[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const up = (value: number): number => (value + 3) & ~3
  for (let at = offset; at < offset + fileSize;) {
    const [name = 0, body = 0, type = 0] = [0, 4, 8].map((skip) => view.getUint32(at + skip, little))
    const start = at + 12 + up(name)
    notes.push({
      name: Buffer.from(bytes.subarray(at + 12, at + 12 + name - 1)).toString('latin1'),
      type,
      body: bytes.slice(start, start + body),
    })
    at = start + up(body)
  }
  return notes
}

/** All pieces of a streamed file in one. */
export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Uint8Array.from(Buffer.concat(parts))
}
