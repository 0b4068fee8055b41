/**
 * A small real checkpoint to try the page with: the Kubernetes example, a shell that counts. It is a module of the
 * program and not a file beside it, so that the page needs no connection to read it.
 */
import type { DroppedFile } from './dropped-files.ts'

export async function sampleCheckpoint(): Promise<DroppedFile> {
  const { default: url } = await import('./sample.tar.gz?inline')
  const symbols = atob(url.slice(url.indexOf(',') + 1))
  const bytes = Uint8Array.from(symbols, (symbol) => symbol.charCodeAt(0))
  const path = 'sample-checkpoint.tar.gz'
  return { file: new File([bytes], path), path }
}
