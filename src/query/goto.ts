/**
 * What is typed to get to an address: `7f0010`, `0x7f0010`, `#4096` (decimal), `name+20`, `rip`, `7f0000-0x10`. Numbers without a sign are
 * hexadecimal, as in /proc/<pid>/maps; where all digits are decimal ones both readings are offered.
 */

/** Something with a name in an address space. */
export interface Place {
  /** Evidence text: `[heap]`, a path, `AT_ENTRY`, `thread 12 rip`. */
  readonly name: string
  readonly address: bigint
  /** Other names for it, lower case: those of a register of the main thread. */
  readonly aliases?: readonly string[]
  /** What it is: protection of a mapping, the word `register`, … */
  readonly note: string
}

export interface Target {
  readonly address: bigint
  /** How the text was read. */
  readonly reading: string
}

const LARGEST = (1n << 64n) - 1n

function numberOf(text: string, bare: 16 | 10): bigint | undefined {
  const digits = text.replaceAll(/[_,]/g, '')
  if (/^0x[\da-f]{1,16}$/i.test(digits)) return BigInt(digits)
  if (/^#\d{1,20}$/.test(digits)) return BigInt(digits.slice(1))
  if (bare === 16 && /^[\da-f]{1,16}$/i.test(digits)) return BigInt(`0x${digits}`)
  return bare === 10 && /^\d{1,20}$/.test(digits) ? BigInt(digits) : undefined
}

/** Splits at the last sign that stands between two parts; names may hold signs themselves. */
function splitSum(text: string): { base: string; sign: '+' | '-'; offset: string } | undefined {
  const match = /^(.+?)\s*([+-])\s*([#\da-fx_,]+)$/is.exec(text)
  const [, base, sign, offset] = match ?? []
  return base && offset && (sign === '+' || sign === '-') ? { base, sign, offset } : undefined
}

/** Whether a text is all of a place's name. */
export function isCalled({ name, aliases }: Place, text: string): boolean {
  return name === text || name === `[${text}]` || aliases?.includes(text.toLowerCase()) === true
}

function addressOf(text: string, places: readonly Place[], bare: 16 | 10): bigint | undefined {
  const named = places.find((place) => isCalled(place, text))
  if (named) return named.address
  const plain = numberOf(text, bare)
  if (plain !== undefined) return plain
  const sum = splitSum(text)
  const [base, offset] = sum ? [addressOf(sum.base, places, bare), numberOf(sum.offset, bare)] : []
  if (!sum || base === undefined || offset === undefined) return undefined
  return sum.sign === '+' ? base + offset : base - offset
}

/** What a text may mean, likeliest first; nothing when it is no address. */
export function readTargets(text: string, places: readonly Place[]): readonly Target[] {
  const typed = text.trim()
  const targets: Target[] = []
  for (const bare of [16, 10] as const) {
    const address = addressOf(typed, places, bare)
    if (address === undefined || address < 0n || address > LARGEST) continue
    if (targets.some((target) => target.address === address)) continue
    targets.push({ address, reading: bare === 16 ? '' : 'read as decimal' })
  }
  return targets
}

/** Places whose name holds every typed word, whatever the case; the one that is called so comes first. */
export function findPlaces(text: string, places: readonly Place[], most: number): readonly Place[] {
  const words = text.toLowerCase().split(/\s+/)
  const called = places.find((place) => isCalled(place, text.trim()))
  const found: Place[] = called ? [called] : []
  for (const place of places) {
    if (found.length >= most) break
    const name = `${place.name} ${place.note}`.toLowerCase()
    if (place !== called && words.every((word) => name.includes(word))) found.push(place)
  }
  return found
}
