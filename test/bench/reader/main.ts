/** Reads a range of a file with as many workers as the page scans with, and looks at none of it. */
import { wrap } from 'comlink'
import { startWorker } from '../../../src/base/own-scripts.ts'
import type { Reader } from './reader.worker.ts'
import readerUrl from './reader.worker.ts?worker&url'

const BATCH = 64 * 1024 * 1024

declare global {
  interface Window {
    /** Milliseconds for reading bytes [from, to) of the chosen file. */
    readRange(from: number, to: number, threads: number): Promise<number>
  }
}

window.readRange = async (from, to, threads) => {
  const file = document.querySelector<HTMLInputElement>('#file-input')?.files?.[0]
  if (!file) throw new Error('no file is chosen')
  const begun = performance.now()
  let next = from
  const lane = async (): Promise<void> => {
    const worker = startWorker(readerUrl, 'reader')
    const reader = wrap<Reader>(worker)
    while (next < to) {
      const offset = next
      next = Math.min(to, next + BATCH)
      await reader.read(file, offset, next - offset)
    }
    worker.terminate()
  }
  await Promise.all(Array.from({ length: threads }, lane))
  return performance.now() - begun
}
