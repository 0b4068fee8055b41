/** Files out of a drop, a paste or a chooser, folders walked through. */

export interface DroppedFile {
  readonly file: File
  /** Path inside the dropped folder, or the file's name. Evidence text. */
  readonly path: string
}

/** The two choosers, opened from anywhere once `DropZone` is drawn. */
export class FileChooser {
  fileInput: HTMLInputElement | undefined
  folderInput: HTMLInputElement | undefined

  chooseFiles(): void {
    this.fileInput?.click()
  }

  chooseFolder(): void {
    this.folderInput?.click()
  }
}

/** Most files taken from one drop, and how deep folders are walked. */
const MAX_DROPPED_FILES = 100_000
const MAX_DROPPED_DEPTH = 32

export interface DroppedFiles {
  readonly files: readonly DroppedFile[]
  /** What was left out, in words; undefined when nothing was. */
  readonly leftOut: string | undefined
}

/** Files of a chooser. Folder choosers say the path inside the folder. */
export function listedFiles(list: Iterable<File>): DroppedFiles {
  const files: DroppedFile[] = []
  for (const file of list) {
    if (files.length >= MAX_DROPPED_FILES) return { files, leftOut: tooMany() }
    files.push({ file, path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath })
  }
  return { files, leftOut: undefined }
}

function tooMany(): string {
  return `Only the first ${MAX_DROPPED_FILES} files were taken`
}

/**
 * Files of a drop or paste. Has to be called inside the event: the entries are taken at once, the walk comes after. Symbolic
 * links are resolved by the browser; depth and number are bounded, so a loop of them ends.
 */
export async function transferredFiles(transfer: DataTransfer): Promise<DroppedFiles> {
  const entries: FileSystemEntry[] = []
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    if (entry) entries.push(entry)
  }
  return entries.length === 0 ? listedFiles(transfer.files) : walk(entries)
}

async function walk(roots: readonly FileSystemEntry[]): Promise<DroppedFiles> {
  const files: DroppedFile[] = []
  let unreadable = 0
  let tooDeep = 0
  const stack = roots.map((entry) => ({ entry, depth: 0 })).reverse()
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (files.length >= MAX_DROPPED_FILES) return { files, leftOut: tooMany() }
    const { entry, depth } = next
    try {
      if (isFile(entry)) files.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') })
      else if (depth >= MAX_DROPPED_DEPTH) tooDeep += 1
      else if (isDirectory(entry)) {
        const inside = await entriesOf(entry, MAX_DROPPED_FILES - files.length)
        for (const child of inside.reverse()) stack.push({ entry: child, depth: depth + 1 })
      }
    } catch {
      unreadable += 1
    }
  }
  const parts = [
    ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
    ...(tooDeep > 0 ? [`${tooDeep} folders lie deeper than ${MAX_DROPPED_DEPTH} levels`] : []),
  ]
  return { files, leftOut: parts.length === 0 ? undefined : parts.join('; ') }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject)
  })
}

/** A directory's entries; the reader gives them in batches until one is empty. */
async function entriesOf(directory: FileSystemDirectoryEntry, most: number): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const entries: FileSystemEntry[] = []
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    entries.push(...batch)
    if (batch.length === 0 || entries.length >= most) return entries
  }
}
