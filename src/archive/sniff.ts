/** What a file is, from its first bytes. Names are never asked. */
import { TAR_BLOCK, latin1, looksLikeHeader } from './tar-header.ts'

/** `found` is a noun phrase for messages: what stands there instead of a checkpoint. */
export interface Sniffed {
  readonly kind: 'empty' | 'gzip' | 'zstd' | 'tar' | 'criu-image' | 'packed' | 'encrypted' | 'json' | 'other'
  readonly found: string
  /** Command that turns an unsupported compression into a plain tar, for kind `packed`. */
  readonly convert?: string
}

/** Bytes that `sniff` wants to see. */
export const SNIFF_LENGTH = 1024

interface Magic {
  readonly bytes: readonly number[]
  readonly sniffed: Sniffed
}

const ascii = (text: string): number[] => Array.from(text, (symbol) => symbol.charCodeAt(0))
const other = (bytes: readonly number[] | string, found: string): Magic => ({
  bytes: typeof bytes === 'string' ? ascii(bytes) : bytes,
  sniffed: { kind: 'other', found },
})
const packed = (bytes: readonly number[] | string, found: string, convert: string): Magic => ({
  bytes: typeof bytes === 'string' ? ascii(bytes) : bytes,
  sniffed: { kind: 'packed', found, convert },
})
const criu = (value: number, found: string): Magic => ({
  bytes: [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24],
  sniffed: { kind: 'criu-image', found },
})

const MAGICS: readonly Magic[] = [
  { bytes: [0x1f, 0x8b], sniffed: { kind: 'gzip', found: 'gzip data' } },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], sniffed: { kind: 'zstd', found: 'zstd data' } },
  // criu/include/magic.h: IMG_COMMON_MAGIC, IMG_SERVICE_MAGIC, INVENTORY_MAGIC
  criu(0x54564319, 'a CRIU image'),
  criu(0x55105940, 'a CRIU service image'),
  criu(0x58313116, 'a CRIU inventory'),
  packed([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'xz data', 'xz -dc FILE > checkpoint.tar'),
  packed('BZh', 'bzip2 data', 'bzip2 -dc FILE > checkpoint.tar'),
  packed([0x04, 0x22, 0x4d, 0x18], 'lz4 data', 'lz4 -dc FILE > checkpoint.tar'),
  packed([0x02, 0x21, 0x4c, 0x18], 'old lz4 data', 'lz4 -dc FILE > checkpoint.tar'),
  packed('LZIP', 'lzip data', 'lzip -dc FILE > checkpoint.tar'),
  packed([0x1f, 0x9d], 'compress (.Z) data', 'uncompress -c FILE > checkpoint.tar'),
  packed([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'a 7-Zip archive', '7z x FILE'),
  packed('PK\x03\x04', 'a zip archive', 'unzip FILE'),
  packed('PK\x05\x06', 'an empty zip archive', 'unzip FILE'),
  packed('Rar!', 'a RAR archive', 'unrar x FILE'),
  other([0x7f, 0x45, 0x4c, 0x46], 'an ELF executable, library or core dump'),
  other([0x89, 0x50, 0x4e, 0x47], 'a PNG image'),
  other([0xff, 0xd8, 0xff], 'a JPEG image'),
  other('GIF8', 'a GIF image'),
  other('%PDF', 'a PDF document'),
  other('!<arch>', 'an ar archive or Debian package'),
  other([0xed, 0xab, 0xee, 0xdb], 'an RPM package'),
  other('070701', 'a cpio archive'),
  other('070702', 'a cpio archive'),
  other('070707', 'a cpio archive'),
  other('SQLite format 3', 'an SQLite database'),
  other('hsqs', 'a squashfs image'),
  other('QFI\xfb', 'a QEMU disk image'),
  other('KDMV', 'a VMware disk image'),
  other('KDUMP', 'a kernel crash dump'),
  other('EMiL', 'a LiME memory image'),
  { bytes: ascii('age-encryption.org/'), sniffed: { kind: 'encrypted', found: 'a file encrypted with age' } },
  { bytes: ascii('-----BEGIN PGP MESSAGE'), sniffed: { kind: 'encrypted', found: 'a PGP-encrypted message' } },
  { bytes: ascii('Salted__'), sniffed: { kind: 'encrypted', found: 'a file encrypted with openssl' } },
  other('MZ', 'a Windows executable'),
  other('#!', 'a script'),
  other('<!', 'an HTML or XML document'),
  other('<?xml', 'an XML document'),
]

/** Decides by `head`, the first `SNIFF_LENGTH` bytes (all of them when the file is shorter). */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { kind: 'empty', found: 'an empty file' }
  if (head.length >= TAR_BLOCK && looksLikeHeader(head.subarray(0, TAR_BLOCK)))
    return { kind: 'tar', found: 'a tar archive' }
  if (isSkippableZstd(head)) return { kind: 'zstd', found: 'zstd data' }
  for (const { bytes, sniffed } of MAGICS) {
    if (bytes.every((byte, i) => head[i] === byte)) return sniffed
    if (head.length < bytes.length && head.length > 1 && head.every((byte, i) => bytes[i] === byte))
      return { kind: 'other', found: `the first ${head.length} bytes of ${sniffed.found}` }
  }
  if (head.length >= TAR_BLOCK && latin1(head.subarray(257, 262)) === 'ustar') {
    return { kind: 'tar', found: 'a tar archive with a damaged first header' }
  }
  return sniffText(head)
}

/** Skippable frames may come first (RFC 8878, section 3.1.2): pzstd and seekable archives begin with one. */
function isSkippableZstd(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
}

function sniffText(head: Uint8Array): Sniffed {
  if (head.every((byte) => byte === 0)) return { kind: 'other', found: 'a file that begins with zeros' }
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13) || byte === 0x1b)
  if (!isText) return { kind: 'other', found: 'data of unknown type' }
  const first = latin1(head.subarray(0, 64)).trimStart()[0]
  return first === '{' || first === '['
    ? { kind: 'json', found: 'a JSON document' }
    : { kind: 'other', found: 'a text file' }
}
