/** Files that the system opens the installed application with: the manifest's file handlers (W3C Web App Launch). */
import type { DroppedFile } from './dropped-files.ts'

interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void): void
}

/** Calls `onFiles` with the files of each launch that has some. Does nothing where there is no such thing. */
export function takeLaunchedFiles(onFiles: (files: readonly DroppedFile[]) => void): void {
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files: handles = [] }) => {
    if (handles.length === 0) return
    void Promise.all(handles.map((handle) => handle.getFile())).then((files) => {
      onFiles(files.map((file) => ({ file, path: file.name })))
    })
  })
}
