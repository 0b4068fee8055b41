/** Settings that outlast a visit, kept in this browser. Nothing of the evidence is among them. */
import { readStored, readStoredNumber, writeStored } from '../ui/stored.ts'
import type { ViewSettings } from './context.ts'

/** Height of a table's row, pixels. */
export const DENSITIES = { comfortable: 24, compact: 20 } as const
export type Density = keyof typeof DENSITIES
export const DENSITY_NAMES: Readonly<Record<Density, string>> = { comfortable: 'Comfortable', compact: 'Compact' }

/** Memory for unpacked archives, MiB: what can be chosen, and what is taken unless something is. */
export const UNPACK_MEMORY = [128, 256, 512, 1024, 2048, 4096] as const
const UNPACK_MEMORY_DEFAULT = 512

/** More threads than this do not search faster. */
const MOST_THREADS = 8

/** Threads that search memory: what can be chosen. */
export const THREAD_CHOICES: readonly number[] = Array.from({ length: MOST_THREADS + 1 }, (_none, count) => count)

export function threadsText(count: number): string {
  return count === 0 ? 'To suit the machine' : String(count)
}

export class Settings implements ViewSettings {
  #maskSecrets = $state(readStored('mask-secrets') === 'yes')
  #density = $state<Density>(readStored('density') === 'compact' ? 'compact' : 'comfortable')
  #threads = $state(readStoredNumber('threads', 0, MOST_THREADS, 0))
  #unpackMemory = $state(readStoredNumber('unpack-memory', UNPACK_MEMORY[0], 4096, UNPACK_MEMORY_DEFAULT))

  get maskSecrets(): boolean {
    return this.#maskSecrets
  }

  set maskSecrets(value: boolean) {
    this.#maskSecrets = value
    writeStored('mask-secrets', value ? 'yes' : undefined)
  }

  get density(): Density {
    return this.#density
  }

  set density(value: Density) {
    this.#density = value
    writeStored('density', value === 'comfortable' ? undefined : value)
  }

  /** Threads that search memory; 0: as many as suit the machine. */
  get threads(): number {
    return this.#threads
  }

  set threads(value: number) {
    this.#threads = value
    writeStored('threads', value === 0 ? undefined : String(value))
  }

  /** MiB. */
  get unpackMemory(): number {
    return this.#unpackMemory
  }

  set unpackMemory(value: number) {
    this.#unpackMemory = value
    writeStored('unpack-memory', value === UNPACK_MEMORY_DEFAULT ? undefined : String(value))
  }
}
