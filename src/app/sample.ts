/**
 * A real checkpoint to try the page with: a compromise that was played for this purpose (.ci/sample.mjs). It is a module
 * of the program and not a file beside it, so that the page needs no connection to read it.
 */
import type { DroppedFile } from './dropped-files.ts'

export async function sampleCheckpoint(): Promise<DroppedFile> {
  const { default: url } = await import('./sample.tar.zst?inline')
  const symbols = atob(url.slice(url.indexOf(',') + 1))
  const bytes = Uint8Array.from(symbols, (symbol) => symbol.charCodeAt(0))
  const path = 'sample-checkpoint.tar.zst'
  return { file: new File([bytes], path), path }
}
