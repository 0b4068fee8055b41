/**
 * Named limits against hostile evidence. Every length read from evidence is compared with the bytes that are
 * left and with these before anything is allocated. All sizes in bytes unless the name says otherwise.
 */
export const limits = {
  /** Largest image or JSON member that is decoded as a whole. */
  decodableMember: 512 * 1024 * 1024,
  /** Largest member decoded eagerly while opening; larger ones only on request. */
  eagerMember: 64 * 1024 * 1024,
  /** Largest JSON metadata member (config.dump, spec.dump, …). */
  jsonMember: 16 * 1024 * 1024,
  /** Members in one archive. */
  members: 2_000_000,
  /** Longest path or link target in an archive, from pax or GNU records. */
  pathLength: 64 * 1024,
  /** Largest pax extended header. */
  paxHeader: 16 * 1024 * 1024,
  /** Memory for the decoded values of one image, in slots of about eight bytes and their overhead (some 400 MB). */
  imageSlots: 24_000_000,
  /** Entries of one pagemap (about 40 bytes of memory each). */
  pagemapEntries: 8_000_000,
  /** Compressed blocks of one pagemap (about 28 bytes of memory each). */
  pageBlocks: 8_000_000,
  /** Defects listed for one image; further ones are counted. */
  imageDefects: 200,
  /** Nesting of protobuf messages. */
  messageDepth: 64,
  /** One read through an address space. */
  memoryRead: 64 * 1024 * 1024,
  /** Ranges in the layout of an address space. */
  layoutRanges: 2_000_000,
  /** Largest command line or environment block read from process memory. */
  argumentBlock: 4 * 1024 * 1024,
  /** Output of one decompression (a stop against bombs; far above the largest container seen). */
  inflatedArchive: 1024 * 1024 * 1024 * 1024,
  /** Decompression ratio beyond which an archive is taken for a bomb, once past `inflateRatioGrace`. Deflate ends at 1032. */
  inflateRatio: 1000,
  /** Output up to which the ratio is not looked at. */
  inflateRatioGrace: 256 * 1024 * 1024,
  /** Window of a zstd frame. */
  zstdWindow: 128 * 1024 * 1024,
  /** Depth of archives inside archives (OCI layout → layer → checkpoint). */
  nesting: 4,
  /** Largest core file that is written (ELF of 32 bits ends at 4 GiB anyway). */
  coreFile: 1024 * 1024 * 1024 * 1024,
  /** Largest file that memory is written to. */
  memoryFile: 64 * 1024 * 1024 * 1024,
  /** Segments of a core file. */
  coreSegments: 262_144,
  /** Runs of pages looked at for a core file; a shared object counts each time that it is mapped. */
  coreExtents: 16_000_000,
  /** Names of mapped files in a core file. */
  coreNotes: 64 * 1024 * 1024,
  /** Descriptors of processes that are listed; those beyond are counted. */
  fileRows: 1_000_000,
  /** Characters of a table that are copied to the clipboard; a longer one can be downloaded. */
  copiedText: 16_000_000,
  /** Diagnostics kept per checkpoint; further ones are counted. */
  diagnostics: 5000,
} as const
