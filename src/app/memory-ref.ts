/**
 * A place in memory as parts of the URL: `memory/process/14/0x7f0010/32`, `memory/shared/3/0x0`. The address is in hex, since
 * people read and paste it; the last part is a number of bytes and may be missing.
 */
import type { Ref } from '../model/ref.ts'

type MemoryRef = Extract<Ref, { kind: 'memory' }>

export function memoryParts({ space, address, length }: MemoryRef): string[] {
  const id = space.kind === 'process' ? space.pid : space.shmid
  return ['memory', space.kind, String(id), `0x${address.toString(16)}`, ...(length === undefined ? [] : [`${length}`])]
}

/** The parts behind `memory`; undefined when they spell no place. */
export function parseMemory(parts: readonly string[]): MemoryRef | undefined {
  const [kind = '', id = '', address = '', length] = parts
  if (parts.length > 4 || !/^\d{1,15}$/.test(id) || !/^0x[\da-f]{1,16}$/i.test(address)) return undefined
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined
  const place = { kind: 'memory', address: BigInt(address), ...(length ? { length: Number(length) } : {}) } as const
  if (kind === 'process') return { ...place, space: { kind, pid: Number(id) } }
  return kind === 'shared' ? { ...place, space: { kind, shmid: Number(id) } } : undefined
}
