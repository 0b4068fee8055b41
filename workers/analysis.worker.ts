/** Entry of the analysis worker: owns the opened archives. All work is in ./analysis.ts. */
import { expose } from 'comlink'
import { opfsBacking } from '../src/archive/opfs-spill.ts'
import { blobBacking, makeSpillStore } from '../src/archive/spill.ts'
import { makeUntarReader } from '../src/archive/untar-client.ts'
import { startWorker } from '../src/base/own-scripts.ts'
import { Analysis } from './analysis.ts'
import { scanThreads } from './scan-threads.ts'
import scanUrl from './scan.worker.ts?worker&url'
import untarUrl from './untar.worker.ts?worker&url'

declare const __BUILD__: string

const backing = { open: async () => ((await opfs()) ?? blobBacking).open() }

let found: ReturnType<typeof opfsBacking> | undefined
function opfs(): ReturnType<typeof opfsBacking> {
  return (found ??= opfsBacking())
}

const untar = makeUntarReader(() => startWorker(untarUrl, 'untar'))

const threads = scanThreads(() => startWorker(scanUrl, 'scan'), navigator.hardwareConcurrency)

// Asked for at once: what a crash has left there is deleted.
void opfs()

expose(new Analysis(__BUILD__, makeSpillStore({ backing }), untar, threads, opfs))
