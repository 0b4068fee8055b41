/** Names of bits in a mask. */

/** [name, bit], lowest bit first. Bits are bigints so that 64-bit masks stay exact. */
export type BitNames = readonly (readonly [name: string, bit: bigint])[]

/** Names of consecutive bits from `first` on; an empty name leaves a bit out. */
export function bitRow(first: number, names: string): BitNames {
  return names
    .split(' ')
    .map((name, i) => [name, 1n << BigInt(first + i)] as const)
    .filter(([name]) => name !== '-')
}

/** Names of the set bits; bits without a name as one hexadecimal number at the end. Empty for 0. */
export function nameBits(value: bigint | number, names: BitNames): string[] {
  let rest = BigInt(value)
  const found: string[] = []
  for (const [name, bit] of names)
    if ((rest & bit) === bit) {
      found.push(name)
      rest &= ~bit
    }
  if (rest !== 0n) found.push(`0x${rest.toString(16)}`)
  return found
}
