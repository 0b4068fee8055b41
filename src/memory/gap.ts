/** Why bytes of an address space cannot be shown. */

export type GapKind =
  /** No mapping there. */
  | 'unmapped'
  /** Anonymous memory that was never written to: the process would read zeros. */
  | 'untouched'
  /** Page of a mapped file that the process did not change; the file's content is not in the images. */
  | 'file'
  /** Page of a shared memory object that was never written to: zeros. */
  | 'object-untouched'
  /** Shared memory whose pagemap is not in the archive. */
  | 'object-missing'
  /** Left on the source machine by a lazy dump. */
  | 'lazy'
  /** In the parent checkpoint, which is not opened. */
  | 'parent-missing'
  /** The parent checkpoint should have it and has not. */
  | 'parent-hole'
  /** Supplied by the kernel of whatever machine runs the process: vvar, vsyscall. */
  | 'kernel'
  /** A guard page or a plugin's device mapping. */
  | 'guard'
  | 'device'
  /** Stored in a way that is not decoded. */
  | 'compressed'
  | 'encrypted'
  /** Should be in the pages image, which ends before it or is missing. */
  | 'truncated'
  | 'pages-missing'
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
  untouched: 'Anonymous memory that the process never wrote to; it would read zeros.',
  file: 'Unchanged content of a mapped file, which is not stored with the memory.',
  'object-untouched': 'Shared memory that nobody wrote to; it would read zeros.',
  'object-missing': 'Shared memory whose pages are not in the archive.',
  lazy: 'Left on the source machine by a lazy dump, to be fetched after the restore.',
  'parent-missing': 'Unchanged since the parent checkpoint, which is not opened.',
  'parent-hole': 'Said to be in the parent checkpoint, which has no such page.',
  kernel: 'Provided by the kernel of the running machine; never dumped.',
  guard: 'A guard page: any access to it stops the process.',
  device: 'Memory of a device that a plugin of CRIU takes care of.',
  compressed: 'Stored compressed, in a form that is not decoded yet.',
  encrypted: 'Stored encrypted.',
  truncated: 'The pages image ends before this page.',
  'pages-missing': 'The pages image that should hold it is not in the archive.',
  'no-page-size': 'The page size could not be found out, so the place of this page is not known.',
  'unknown-flags': 'The pagemap describes it with flags that are not understood.',
}

/** A gap with its standard sentence. */
export function gap(kind: GapKind, file?: { readonly id: number; readonly offset: bigint }): Gap {
  return file ? { kind, why: TEXT[kind], file } : { kind, why: TEXT[kind] }
}

/** A gap in a mapping of the file `path`. */
export function fileGap(path: string, id: number, offset: bigint): Gap {
  return {
    kind: 'file',
    why: `Unchanged content of ${path}, which is not stored with the memory.`,
    file: { id, offset },
  }
}
