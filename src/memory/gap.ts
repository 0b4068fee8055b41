/** Why bytes of an address space cannot be shown. */

export type GapKind =
  /** No mapping there. */
  | 'unmapped'
  /** Anonymous memory without a page, never written to or given back since: the process would read zeros. */
  | 'untouched'
  /** Page of a mapped file that was not written to in memory; the file's content is not in the images. */
  | 'file'
  /** The same in a shared memory object. */
  | 'object-untouched'
  /** Shared memory whose pagemap is not in the archive. */
  | 'object-missing'
  /** Beyond the end of a shared memory object that was stored up to its last byte. */
  | 'object-end'
  /** Left on the source machine by a lazy dump. */
  | 'lazy'
  /** In the parent checkpoint, which is not opened. */
  | 'parent-missing'
  /** The parent checkpoint should have it and has not. */
  | 'parent-hole'
  /** Supplied by the kernel of whatever machine runs the process: vvar, vsyscall, what was not changed of vdso, rings. */
  | 'kernel'
  /** A guard page or a plugin's device mapping. */
  | 'guard'
  | 'device'
  /** Compressed in a way that is not known, or damaged. */
  | 'compressed'
  | 'damaged'
  | 'encrypted'
  /** Should be in the pages image, which ends before it or is missing. */
  | 'truncated'
  | 'pages-missing'
  /** The pagemap that would tell of it is missing, or damaged. */
  | 'pagemap-missing'
  | 'pagemap-damaged'
  /** Outside of the mappings that are known, of which some are not. */
  | 'mappings-unknown'
  /** The page size is not known, so no place in the pages image can be computed. */
  | 'no-page-size'
  /** Run with flags that this program does not know. */
  | 'unknown-flags'

export interface Gap {
  readonly kind: GapKind
  /** One sentence; may hold evidence text. */
  readonly why: string
  /** For `file`: id in files.img and the offset in it of the gap's first byte. */
  readonly file?: { readonly id: number; readonly offset: bigint }
}

const TEXT: Readonly<Record<GapKind, string>> = {
  unmapped: 'Nothing is mapped here.',
  untouched:
    'Anonymous memory without a page: never written to, or given back to the kernel since; it would read zeros.',
  file: 'Unchanged content of a mapped file, which is not stored with the memory.',
  'object-untouched':
    'Shared memory without a page: never written to, or given back to the kernel since; it would read zeros.',
  'object-missing': 'Shared memory whose pages are not in the archive: it belongs to the host or its images are lost.',
  'object-end': 'Beyond the end of the shared memory object as it was stored.',
  lazy: 'Left on the source machine by a lazy dump, to be fetched after the restore.',
  'parent-missing': 'Unchanged since the parent checkpoint, which is not opened.',
  'parent-hole': 'Said to be in the parent checkpoint, which has no such page.',
  kernel: 'Provided by the kernel of the running machine; not dumped.',
  guard: 'A guard page: any access to it stops the process.',
  device: 'Memory of a device that a plugin of CRIU takes care of.',
  compressed: 'Stored compressed, in a form that is not known.',
  damaged: 'Stored compressed, in a block that is damaged.',
  encrypted: 'Stored encrypted; without the key it cannot be read.',
  truncated: 'The pages image ends before this page.',
  'pages-missing': 'The pages image that should hold it is not in the archive.',
  'pagemap-missing':
    'There is no readable pagemap of this memory: whether its bytes are in the archive, and where, is not known.',
  'pagemap-damaged':
    'The pagemap of this memory is damaged: whether its bytes are in the archive, and where, is not known.',
  'mappings-unknown': 'The mappings of the process are not all known: its mm image is missing or damaged.',
  'no-page-size': 'The page size could not be found out, so the place of this page is not known.',
  'unknown-flags': 'The pagemap describes it with flags that are not understood.',
}

const STANDARD: ReadonlyMap<GapKind, Gap> = new Map(
  (Object.keys(TEXT) as GapKind[]).map((kind) => [kind, { kind, why: TEXT[kind] }]),
)

/** A gap with its standard sentence: always the same object. */
export function gap(kind: GapKind): Gap {
  return STANDARD.get(kind) ?? { kind, why: TEXT[kind] }
}

/** A gap in a mapping of a file: pages that were not written to in memory, or the file itself when it is shared. */
export function fileGap(
  { id, name }: { readonly id: number; readonly name: string },
  offset: bigint,
  shared: boolean,
): Gap {
  const why = shared
    ? `Content of ${name}, mapped shared: it is in the file, not in the memory images.`
    : `Unchanged content of ${name}, which is not stored with the memory.`
  return { kind: 'file', why, file: { id, offset } }
}
