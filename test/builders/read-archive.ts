/**
 * A minimal reader of checkpoint archives for tests, independent of the product's own: whole file in memory, plain,
 * gzip or zstd, ustar with GNU long names and pax paths.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { decompress } from 'fzstd'

/** A regular file of an archive. */
export interface ArchiveMember {
  /** Path without a leading `./`. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** Undoes gzip or zstd by the first bytes. */
function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes)
  if (bytes[0] === 0x28 && bytes[1] === 0xb5) return decompress(bytes)
  return bytes
}

/** The regular files of the archive at `path`. */
export function readArchive(path: string): ArchiveMember[] {
  return readTar(inflate(readFileSync(path)))
}

function field(block: Uint8Array, start: number, length: number): string {
  const text = Buffer.from(block.buffer, block.byteOffset + start, length).toString('latin1')
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}

/** The regular files of a tar. */
export function readTar(bytes: Uint8Array): ArchiveMember[] {
  const members: ArchiveMember[] = []
  let override: string | undefined
  for (let pos = 0; pos + 512 <= bytes.length;) {
    const header = bytes.subarray(pos, pos + 512)
    if (header[0] === 0) break
    const size = parseInt(field(header, 124, 12).trim() || '0', 8)
    const kind = String.fromCharCode(header[156] ?? 0)
    const body = bytes.subarray(pos + 512, pos + 512 + size)
    const text = (): string => Buffer.from(body).toString('latin1').replace(/\0+$/, '')
    const prefix = field(header, 345, 155)
    const name = override ?? (prefix === '' ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`)
    if (kind === 'L') override = text()
    else if (kind === 'x') override = /(?:^|\n)\d+ path=(.*)\n/.exec(text())?.[1] ?? override
    else {
      if (kind === '0' || kind === '\0') members.push({ path: name.replace(/^\.\//, ''), bytes: body })
      override = undefined
    }
    pos += 512 + Math.ceil(size / 512) * 512
  }
  return members
}
