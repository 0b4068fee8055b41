/**
 * Decoded bytes of one zstd frame: a straight buffer with the window and several MiB beyond it, so that matches never
 * wrap and the window is moved to the front only when all of it is used. It grows with what is really decoded, never
 * by what a header declares. Behind the history is the place of a block's literals, in the same buffer: one array in
 * the inner loops, and one `copyWithin` for every long copy.
 */
import { ZSTD_BLOCK } from './zstd-frame.ts'

const MIB = 1024 * 1024
/** Words of four bytes are copied, so up to three bytes behind the wanted ones are written or read. */
const SLACK = 16

export class ZstdHistory {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  view: DataView = new DataView(this.bytes.buffer)
  /** Index behind the last decoded byte. */
  end = 0
  /** Index of the place for literals: room for a block. */
  literals = 0
  /** How far matches may reach back. */
  reach = 0
  #taken = 0
  #capacity = 0
  /** Size up to which the buffer grows before the window is moved. */
  #limit = 0

  /** Starts a frame. What was decoded before is out of reach. */
  start(window: number): void {
    this.reach = Math.max(window, ZSTD_BLOCK)
    // A larger window costs more to move, so it is moved more rarely.
    const spare = Math.min(Math.max(this.reach, 4 * MIB), 32 * MIB)
    this.#limit = Math.max(this.#capacity, this.reach + spare)
    this.end = 0
    this.#taken = 0
  }

  /** Decoded bytes that were not taken yet. */
  get pending(): number {
    return this.end - this.#taken
  }

  /** True when there are bytes to be taken before `reserve`, because the window is going to move. */
  get mustBeTaken(): boolean {
    return this.pending > 0 && this.end + ZSTD_BLOCK > this.#limit
  }

  /** Makes room for a block. Moves the window when the buffer is full, which needs all bytes to be taken. */
  reserve(): void {
    while (this.end + ZSTD_BLOCK > this.#capacity) {
      if (this.#capacity < this.#limit) this.#grow()
      else this.#slide()
    }
  }

  #grow(): void {
    const before = this.bytes.subarray(0, this.end)
    this.#capacity = Math.min(this.#limit, Math.max(MIB, this.#capacity * 2))
    this.literals = this.#capacity + SLACK
    this.bytes = new Uint8Array(this.literals + ZSTD_BLOCK + SLACK)
    this.view = new DataView(this.bytes.buffer)
    this.bytes.set(before)
  }

  #slide(): void {
    this.bytes.copyWithin(0, this.end - this.reach, this.end)
    this.end = this.reach
    this.#taken = this.reach
  }

  /** A copy of the bytes that were not taken yet. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.bytes.slice(this.#taken, this.end)
    this.#taken = this.end
    return bytes
  }
}
