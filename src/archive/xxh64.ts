/**
 * xxHash64 with seed 0, the content checksum of zstd frames (RFC 8878, section 3.1.1; algorithm: xxHash
 * specification 0.1.1). 64-bit values are kept as two 32-bit halves: BigInt would be a hundred times slower.
 */

const P1_HI = 0x9e3779b1
const P1_LO = 0x85ebca87
const P2_HI = 0xc2b2ae3d
const P2_LO = 0x27d4eb4f
const P3_HI = 0x165667b1
const P3_LO = 0x9e3779f9
const P4_HI = 0x85ebca77
const P4_LO = 0xc2b2ae63
const P5_HI = 0x27d4eb2f
const P5_LO = 0x165667c5

/** Bytes per stripe: four lanes of eight. */
const STRIPE = 32
/** Bytes that one lane goes over before the next one does. */
const RUN = 16 * 1024

/** High half of the last `multiply` or `rotate`; the low half is returned. One place, so that nothing is allocated. */
let high = 0

/** a × b modulo 2^64. */
function multiply(aHi: number, aLo: number, bHi: number, bLo: number): number {
  const a0 = aLo & 0xffff
  const a1 = aLo >>> 16
  const b0 = bLo & 0xffff
  const b1 = bLo >>> 16
  const low = Math.imul(a0, b0) >>> 0
  const m1 = (Math.imul(a1, b0) >>> 0) + (low >>> 16)
  const m2 = (Math.imul(a0, b1) >>> 0) + (m1 & 0xffff)
  const carry = (Math.imul(a1, b1) >>> 0) + Math.floor(m1 / 65536) + Math.floor(m2 / 65536)
  high = (carry + Math.imul(aHi, bLo) + Math.imul(aLo, bHi)) | 0
  return Math.imul(aLo, bLo)
}

/** Rotates left by 1 to 31 bits. */
function rotate(hi: number, lo: number, bits: number): number {
  high = (hi << bits) | (lo >>> (32 - bits))
  return (lo << bits) | (hi >>> (32 - bits))
}

/** a + b modulo 2^64. */
function add(aHi: number, aLo: number, bHi: number, bLo: number): number {
  const low = (aLo >>> 0) + (bLo >>> 0)
  high = (aHi + bHi + (low > 0xffffffff ? 1 : 0)) | 0
  return low | 0
}

/** One lane's step: rotate(acc + input × P2, 31) × P1. */
function round(accHi: number, accLo: number, inHi: number, inLo: number): number {
  let lo = multiply(inHi, inLo, P2_HI, P2_LO)
  lo = add(accHi, accLo, high, lo)
  lo = rotate(high, lo, 31)
  return multiply(high, lo, P1_HI, P1_LO)
}

export class Xxh64 {
  /** Four lanes as (high, low) pairs, at first P1 + P2, P2, 0 and -P1. */
  readonly #lanes = Int32Array.of(0x60ea27ee, 0xadc0b5d6, P2_HI, P2_LO, 0, 0, 0x61c8864e, 0x7a143579)
  readonly #rest = new Uint8Array(STRIPE)
  #restLength = 0
  #total = 0

  /** Adds bytes in order. */
  update(bytes: Uint8Array): void {
    this.#total += bytes.length
    let at = 0
    if (this.#restLength > 0) {
      at = Math.min(STRIPE - this.#restLength, bytes.length)
      this.#rest.set(bytes.subarray(0, at), this.#restLength)
      this.#restLength += at
      if (this.#restLength < STRIPE) return
      this.#stripes(this.#rest, 0, STRIPE)
      this.#restLength = 0
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE)
    this.#stripes(bytes, at, end)
    this.#rest.set(bytes.subarray(end))
    this.#restLength = bytes.length - end
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // Short runs of stripes stay in the nearest cache while each lane goes over them.
    for (let at = start; at < end; at += RUN) {
      const stop = Math.min(at + RUN, end)
      for (let lane = 0; lane < 4; lane++) this.#runLane(view, lane, at, stop)
    }
  }

  /**
   * One lane over all stripes between `start` and `end`: `round`, written out in 16-bit halves of the low words. Every
   * sum stays below 2^32 or is cut to 32 bits, so that all of it is done with machine integers.
   */
  #runLane(view: DataView, lane: number, start: number, end: number): void {
    let hi = this.#lanes[2 * lane] ?? 0
    let lo = this.#lanes[2 * lane + 1] ?? 0
    for (let at = start + 8 * lane; at < end; at += STRIPE) {
      const inLo = view.getInt32(at, true)
      let a = inLo & 0xffff
      let b = inLo >>> 16
      let low = Math.imul(a, P2_LO & 0xffff)
      let m = (Math.imul(b, P2_LO & 0xffff) + (low >>> 16)) | 0
      let n = (Math.imul(a, P2_LO >>> 16) + (m & 0xffff)) | 0
      const cross = (Math.imul(view.getInt32(at + 4, true), P2_LO) + Math.imul(inLo, P2_HI)) | 0
      const sumHi = (hi + cross + Math.imul(b, P2_LO >>> 16) + (m >>> 16) + (n >>> 16)) | 0
      low = (n << 16) | (low & 0xffff)
      const sumLo = (lo + low) | 0
      const carried = (sumHi + (sumLo >>> 0 < low >>> 0 ? 1 : 0)) | 0
      const turnedHi = (carried << 31) | (sumLo >>> 1)
      const turnedLo = (sumLo << 31) | (carried >>> 1)
      a = turnedLo & 0xffff
      b = turnedLo >>> 16
      low = Math.imul(a, P1_LO & 0xffff)
      m = (Math.imul(b, P1_LO & 0xffff) + (low >>> 16)) | 0
      n = (Math.imul(a, P1_LO >>> 16) + (m & 0xffff)) | 0
      const rest = (Math.imul(turnedHi, P1_LO) + Math.imul(turnedLo, P1_HI)) | 0
      hi = (rest + Math.imul(b, P1_LO >>> 16) + (m >>> 16) + (n >>> 16)) | 0
      lo = (n << 16) | (low & 0xffff)
    }
    this.#lanes[2 * lane] = hi
    this.#lanes[2 * lane + 1] = lo
  }

  /** Low 32 bits of the hash of all bytes so far, which is what a zstd frame stores. */
  digestLow(): number {
    let lo = this.#total < STRIPE ? P5_LO : this.#merge()
    let hi = this.#total < STRIPE ? P5_HI : high
    lo = add(hi, lo, Math.floor(this.#total / 2 ** 32), (this.#total % 2 ** 32) | 0)
    hi = high
    const view = new DataView(this.#rest.buffer)
    let at = 0
    for (; at + 8 <= this.#restLength; at += 8) {
      const input = round(0, 0, view.getInt32(at + 4, true), view.getInt32(at, true))
      lo = rotate(hi ^ high, lo ^ input, 27)
      lo = multiply(high, lo, P1_HI, P1_LO)
      lo = add(high, lo, P4_HI, P4_LO)
      hi = high
    }
    if (at + 4 <= this.#restLength) {
      const input = multiply(0, view.getInt32(at, true), P1_HI, P1_LO)
      lo = rotate(hi ^ high, lo ^ input, 23)
      lo = multiply(high, lo, P2_HI, P2_LO)
      lo = add(high, lo, P3_HI, P3_LO)
      hi = high
      at += 4
    }
    for (; at < this.#restLength; at++) {
      const input = multiply(0, view.getUint8(at), P5_HI, P5_LO)
      lo = rotate(hi ^ high, lo ^ input, 11)
      lo = multiply(high, lo, P1_HI, P1_LO)
      hi = high
    }
    return avalanche(hi, lo)
  }

  #merge(): number {
    const lanes = [0, 1, 2, 3].map((i) => [this.#lanes[2 * i] ?? 0, this.#lanes[2 * i + 1] ?? 0] as const)
    let hi = 0
    let lo = 0
    const turns = [1, 7, 12, 18]
    lanes.forEach(([laneHi, laneLo], i) => {
      const turned = rotate(laneHi, laneLo, turns[i] ?? 0)
      lo = add(hi, lo, high, turned)
      hi = high
    })
    for (const [laneHi, laneLo] of lanes) {
      const input = round(0, 0, laneHi, laneLo)
      lo = multiply(hi ^ high, lo ^ input, P1_HI, P1_LO)
      lo = add(high, lo, P4_HI, P4_LO)
      hi = high
    }
    high = hi
    return lo
  }
}

/** Final mix; the low half of the result. */
function avalanche(hi: number, lo: number): number {
  // x ^= x >>> 33; x *= P2; x ^= x >>> 29; x *= P3; x ^= x >>> 32
  lo = multiply(hi, lo ^ (hi >>> 1), P2_HI, P2_LO)
  hi = high
  lo = multiply(hi ^ (hi >>> 29), lo ^ ((lo >>> 29) | (hi << 3)), P3_HI, P3_LO)
  return (lo ^ high) >>> 0
}
