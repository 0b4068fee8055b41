/** Inflates an archive into a spill, or only its head to see what it is. */
import { LimitError, OpenError } from '../base/errors.ts'
import { DefectList } from './defects.ts'
import { gunzip } from './gzip.ts'
import type { ArchiveDefect } from './member.ts'
import { SNIFF_LENGTH, sniff } from './sniff.ts'
import type { Sniffed } from './sniff.ts'
import type { ByteSource } from './source.ts'
import type { Spill, SpillStore } from './spill.ts'
import { UnpackMeter } from './unpack-types.ts'
import type { UnpackOptions, UnpackSink } from './unpack-types.ts'
import { unzstd } from './zstd.ts'

export interface Unpacked {
  readonly spill: Spill
  readonly defects: readonly ArchiveDefect[]
}

/** Thrown through the decompressor as soon as the first inflated bytes turn out not to be a tar. */
class NotTar extends Error {
  readonly sniffed: Sniffed
  constructor(sniffed: Sniffed) {
    super(sniffed.found)
    this.sniffed = sniffed
  }
}

/** A sink that looks at the first bytes before it lets any through. */
class HeadCheck implements UnpackSink {
  readonly #sink: UnpackSink
  #head: Uint8Array | undefined = new Uint8Array(0)

  constructor(sink: UnpackSink) {
    this.#sink = sink
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#head) {
      this.#head = concat(this.#head, bytes.subarray(0, SNIFF_LENGTH - this.#head.length))
      if (this.#head.length === SNIFF_LENGTH) this.check()
    }
    await this.#sink.write(bytes)
  }

  /** Throws NotTar unless the head is that of a tar. Called at the latest at the end. */
  check(): void {
    const sniffed = this.#head && sniff(this.#head)
    this.#head = undefined
    if (sniffed && sniffed.kind !== 'tar') throw new NotTar(sniffed)
  }

  reset(): Promise<void> {
    this.#head = new Uint8Array(0)
    return this.#sink.reset()
  }
}

/**
 * Inflates a compressed tar. Damaged data yields what can be had, with defects. Throws OpenError when it is no tar,
 * cannot be held or is a bomb.
 */
export async function unpack(
  source: ByteSource,
  compression: 'gzip' | 'zstd',
  store: SpillStore,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const writer = store.create()
  const check = new HeadCheck(writer)
  const meter = new UnpackMeter(check, source.size, options)
  const defects = new DefectList()
  try {
    await (compression === 'gzip' ? gunzip : unzstd)(source, meter, defects, options.signal)
    check.check()
    return { spill: await writer.finish(), defects: defects.list() }
  } catch (error) {
    await writer.discard()
    throw explain(error, compression, defects)
  }
}

function explain(error: unknown, compression: string, defects: DefectList): unknown {
  if (error instanceof NotTar) {
    const [first] = defects.list()
    const why = first ? `; ${first.message}` : ''
    return new OpenError(
      'not-a-checkpoint',
      error.sniffed.kind === 'empty' && first
        ? `This is ${compression} data of which nothing could be unpacked${why}.`
        : `This is ${compression} data holding ${error.sniffed.found}, not a tar archive${why}.`,
      adviceFor(error.sniffed),
    )
  }
  if (error instanceof LimitError) {
    return new OpenError(
      'too-large',
      `The archive cannot be inflated: ${error.message}.`,
      'Unpack it yourself and drop the plain tar.',
    )
  }
  return error
}

const UNPACK = { gzip: 'gzip -dc FILE > checkpoint.tar', zstd: 'zstd -dc FILE > checkpoint.tar' } as const

/** What to do with compressed data that holds compressed data: one layer is taken off here, and no more. */
function adviceFor({ kind, convert }: Sniffed): string {
  if (kind === 'packed') return `Unpack it first, twice if need be: ${convert ?? ''}`
  if (kind !== 'gzip' && kind !== 'zstd') return EXPECTED
  return `It is compressed twice. Unpack it once and drop the result: ${UNPACK[kind]}`
}

/** What can be opened, for the advice of errors. */
export const EXPECTED =
  'Expected is a checkpoint archive of Podman, CRI-O, containerd or the kubelet (tar, plain or with gzip or zstd), a folder of CRIU images, or an OCI or docker archive of a checkpoint image.'

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}
