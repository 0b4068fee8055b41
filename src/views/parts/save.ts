/** Saves bytes to the person's disk. Nothing else leaves the page. */
import { present } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { ViewClient } from '../../app/context.ts'

/** How long the browser may take to open the blob before its address is withdrawn, in milliseconds. */
const GRACE = 60_000
/** Longest file name given, characters. */
const MAX_NAME = 120

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  }, GRACE)
}

/** Saves a whole checkpoint in the shape of `checkpointctl inspect --all --format json`. Nothing is masked. */
export async function saveInspection(client: Pick<ViewClient, 'inspect'>, cp: Checkpoint): Promise<void> {
  const report = await client.inspect(cp.id)
  saveBlob(`${checkpointSaveName(cp)}.json`, new Blob([JSON.stringify(report, null, 2), '\n']))
}

/** A file name for saving: the last part of the path, without anything that means something to a file system. */
export function saveName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  return safeName(parts.at(-1) ?? '')
}

/** A file name for what is saved of a whole checkpoint: pod and container, both, since either alone is not unique. */
export function checkpointSaveName({ name, metadata: { pod, container } }: Checkpoint): string {
  const names = [present(pod.value), present(container.value)].filter((part) => part !== undefined)
  return safeName((names.length === 0 ? [name] : names).map((part) => part.slice(0, MAX_NAME / 2)).join('_'))
}

function safeName(text: string): string {
  const safe = text
    .replace(/[^\w.@+=,-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, MAX_NAME)
  return safe === '' ? 'member' : safe
}

/** File System Access, where the browser has it: bytes go to the disk as they come, however many there are. */
interface Picker {
  readonly showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>
}

/**
 * Asks the person for a file to write to; to be called at once when a button is pressed. Undefined in browsers that only
 * download whole Blobs; rejects with AbortError when the person changes their mind.
 */
export function pickFile(name: string): Promise<FileSystemFileHandle> | undefined {
  return (globalThis as Picker).showSaveFilePicker?.({ suggestedName: name })
}

/** Writes a stream to a picked file. Nothing is kept when it fails or is cancelled. */
export async function saveStream(
  file: FileSystemFileHandle,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  options: { readonly signal: AbortSignal; readonly onBytes: (written: number) => void },
): Promise<void> {
  let written = 0
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      controller.enqueue(piece)
      written += piece.length
      options.onBytes(written)
    },
  })
  const { signal } = options
  await stream.pipeThrough(counter, { signal }).pipeTo(await file.createWritable(), { signal })
}
