/**
 * The page size of the machine that was dumped. CRIU does not record it: page counts and addresses are in the images,
 * the unit is not. It shows in the size of the pages images (present pages × page size) and in the alignment of
 * addresses; what is common on the architecture is only the last resort.
 */

/** Page sizes of the architectures that CRIU supports. */
const SIZES = [4096, 16384, 65536] as const

/** One pagemap and the pages image it points to. */
export interface PageSizeSample {
  /** Pages whose bytes should be in the image. */
  readonly presentPages: number
  /** Bytes of the pages image; undefined when it is missing or its size says nothing (compressed). */
  readonly imageSize: number | undefined
}

export interface PageSizeFinding {
  readonly pageSize: number | undefined
  /** One sentence: how it was found, or why not. */
  readonly reason: string
  /** True when addresses or other images contradict it. */
  readonly doubtful: boolean
}

/** CRIU's machine types (core.proto) with the page sizes that occur there, the usual one first. */
const BY_MACHINE: Readonly<Record<number, { readonly name: string; readonly sizes: readonly number[] }>> = {
  1: { name: 'x86', sizes: [4096] },
  2: { name: 'arm', sizes: [4096] },
  3: { name: 'aarch64', sizes: [4096, 16384, 65536] },
  4: { name: 'ppc64', sizes: [65536, 4096] },
  5: { name: 's390', sizes: [4096] },
  6: { name: 'mips', sizes: [16384, 4096, 65536] },
  7: { name: 'loongarch64', sizes: [16384, 4096, 65536] },
  8: { name: 'riscv64', sizes: [4096] },
}

/**
 * Finds the page size. `addressBits` is all addresses of runs and mappings or-ed together: a page size divides each
 * of them. `machine` is core_entry.mtype.
 */
export function inferPageSize(
  samples: readonly PageSizeSample[],
  addressBits: bigint,
  machine: number | undefined,
): PageSizeFinding {
  const usable = samples.filter((sample) => sample.presentPages > 0 && sample.imageSize !== undefined)
  const votes = SIZES.map((size) => ({
    size,
    count: usable.filter((s) => s.imageSize === s.presentPages * size).length,
  }))
  const best = votes.reduce((a, b) => (b.count > a.count ? b : a))
  // An image without a counted page that is not empty speaks against every page size.
  const told = samples.filter((sample) => sample.imageSize !== undefined && sample.imageSize !== 0)
  if (best.count > 0) return fromImages(best.size, best.count, told.length, addressBits)
  return fallback(usable.length, addressBits, machine)
}

function fits(size: number, addressBits: bigint): boolean {
  return addressBits % BigInt(size) === 0n
}

function fromImages(size: number, count: number, all: number, addressBits: bigint): PageSizeFinding {
  const aligned = fits(size, addressBits)
  const share =
    count === all ? (all === 1 ? 'the only pages image' : `all ${all} pages images`) : `${count} of ${all} pages images`
  const agree = aligned ? 'and every address is a multiple of it' : 'but not every address is a multiple of it'
  const reason = `The size of ${share} is the number of pages stored times ${size} bytes, ${agree}.`
  return { pageSize: size, reason, doubtful: !aligned || count < all }
}

function fallback(images: number, addressBits: bigint, machine: number | undefined): PageSizeFinding {
  const known = machine === undefined ? undefined : BY_MACHINE[machine]
  const why = images === 0 ? 'No pages image could be compared' : 'No page size explains the sizes of the pages images'
  const size = known?.sizes.find((candidate) => fits(candidate, addressBits))
  if (known && size !== undefined)
    return {
      pageSize: size,
      reason: `${why}; ${size} bytes is usual on ${known.name} and divides every address.`,
      doubtful: images > 0 || known.sizes.length > 1,
    }
  if (addressBits !== 0n && !fits(SIZES[0], addressBits))
    return { pageSize: undefined, reason: `${why}, and the addresses are not at page borders.`, doubtful: true }
  return { pageSize: undefined, reason: `${why}, and the architecture is not known.`, doubtful: true }
}
