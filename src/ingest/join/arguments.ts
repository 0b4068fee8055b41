/** Command lines and environments: read from process memory, split at NUL, nothing lost. */
import { decodeText } from '../../base/text.ts'
import { limits } from '../../base/limits.ts'
import { absent, type Absent, type Maybe } from '../../model/absent.ts'
import type { mm_entry } from '../../criu/generated/types.ts'
import type { Origin } from '../../model/origin.ts'
import type { EnvironmentItem } from '../../model/process.ts'
import type { AddressSpace, Segment } from '../../memory/address-space.ts'
import type { Gap } from '../../memory/gap.ts'

export interface CommandLine {
  readonly arguments: Maybe<readonly string[]>
  readonly titleRewritten: boolean
  /** Bytes in the pages image; undefined when absent or in several places. */
  readonly origin: Origin | undefined
}

/** A block that is read together with the arguments when it follows them, up to this many bytes. */
const TOGETHER = 64 * 1024

/** Why bytes of a gap are absent, in the model's words. */
export function absence(found: Gap): Absent {
  switch (found.kind) {
    case 'lazy':
    case 'parent-missing':
    case 'file':
      return absent('not-in-archive', found.why)
    case 'unmapped':
      return absent('unparsable', 'The recorded address is in no mapping.')
    default:
      return absent('unreadable', found.why)
  }
}

/** A block of memory without gaps, in one piece. */
interface Block {
  readonly bytes: Uint8Array
  /** Segments it was read from, for origins. */
  readonly segments: readonly Segment[]
  readonly start: bigint
}

async function readBlock(
  space: AddressSpace,
  start: bigint,
  length: number,
  signal?: AbortSignal,
): Promise<Block | Absent> {
  const segments = await space.read(start, length, signal)
  const bytes = new Uint8Array(length)
  let at = 0
  for (const segment of segments) {
    if (segment.gap) return absence(segment.gap)
    bytes.set(segment.bytes, at)
    at += segment.bytes.length
  }
  return { bytes, segments, start }
}

/** Where bytes [from, to) of a block are in this archive, when they are in one place and stored as they were. */
function originOfRange(block: Block, from: number, to: number): Origin | undefined {
  const address = block.start + BigInt(from)
  for (const segment of block.segments) {
    if (segment.gap || segment.image.compressed || segment.image.checkpoint !== undefined) continue
    const skip = Number(address - segment.address)
    if (skip < 0 || skip >= segment.bytes.length) continue
    if (skip + (to - from) > segment.bytes.length) return undefined
    return { member: segment.origin.member, offset: segment.origin.offset + skip, length: to - from }
  }
  return undefined
}

interface Range {
  readonly start: bigint
  readonly end: bigint
}

function range(start: bigint | undefined, end: bigint | undefined): Range | undefined {
  return start === undefined || end === undefined || end < start ? undefined : { start, end }
}

/**
 * The command line as the kernel composes it (fs/proc/base.c, get_mm_cmdline): when the last byte of the block is
 * not NUL, the program has written a title over its arguments, which may run on into the environment. Unlike the
 * kernel, what stands behind a NUL inside the block is kept.
 */
export async function readCommandLine(mm: mm_entry, space: AddressSpace, signal?: AbortSignal): Promise<CommandLine> {
  const args = range(mm.mm_arg_start, mm.mm_arg_end)
  if (!args) return none(absent('unparsable', 'The bounds of the argument block make no sense.'))
  const length = args.end - args.start
  if (length > BigInt(limits.argumentBlock))
    return none(absent('unparsable', `The argument block is said to be ${length} bytes long (limit argumentBlock).`))
  if (length === 0n) return { arguments: [], titleRewritten: false, origin: undefined }
  const env = range(mm.mm_env_start, mm.mm_env_end)
  const follows = env?.start === args.end
  const whole = follows && env.end - args.start <= BigInt(TOGETHER) ? Number(env.end - args.start) : Number(length)
  const size = Number(length)
  let block = await readBlock(space, args.start, whole, signal)
  if ('absent' in block && whole > size) block = await readBlock(space, args.start, size, signal)
  if ('absent' in block) return none(block)
  const titleRewritten = block.bytes[size - 1] !== 0
  let end = size
  if (titleRewritten && follows) {
    const title = block.bytes.length > size ? block : await longTitle(space, args, env, block, signal)
    block = title
    const nul = title.bytes.indexOf(0, size)
    end = nul < 0 ? title.bytes.length : nul
  }
  const items = splitItems(block.bytes.subarray(0, end)).map((item) => decodeText(item.bytes))
  return { arguments: items, titleRewritten, origin: originOfRange(block, 0, end) }
}

/** A title that was written over a large environment: as much of it as may be read. */
async function longTitle(
  space: AddressSpace,
  args: Range,
  env: Range,
  short: Block,
  signal?: AbortSignal,
): Promise<Block> {
  const wanted = env.end - args.start
  const most = BigInt(limits.argumentBlock)
  const block = await readBlock(space, args.start, Number(wanted < most ? wanted : most), signal)
  return 'absent' in block ? short : block
}

function none(why: Absent): CommandLine {
  return { arguments: why, titleRewritten: false, origin: undefined }
}

interface Item {
  readonly bytes: Uint8Array
  readonly offset: number
}

/** Items ended by NUL; the last one may lack it. */
function splitItems(bytes: Uint8Array): Item[] {
  const items: Item[] = []
  let at = 0
  while (at < bytes.length) {
    const nul = bytes.indexOf(0, at)
    const end = nul < 0 ? bytes.length : nul
    items.push({ bytes: bytes.subarray(at, end), offset: at })
    at = end + 1
  }
  return items
}

/**
 * The environment block in order. A title that runs into it leaves its tail as the first item, which is no
 * variable: nothing is left out, so that nothing is hidden.
 */
export async function readEnvironment(
  mm: mm_entry,
  space: AddressSpace,
  signal?: AbortSignal,
): Promise<Maybe<readonly EnvironmentItem[]>> {
  const env = range(mm.mm_env_start, mm.mm_env_end)
  if (!env) return absent('unparsable', 'The bounds of the environment block make no sense.')
  const length = env.end - env.start
  if (length > BigInt(limits.argumentBlock))
    return absent('unparsable', `The environment block is said to be ${length} bytes long (limit argumentBlock).`)
  const block = await readBlock(space, env.start, Number(length), signal)
  if ('absent' in block) return block
  return splitItems(block.bytes).map(({ bytes, offset }) => ({
    text: decodeText(bytes),
    origin: originOfRange(block, offset, offset + bytes.length),
  }))
}
