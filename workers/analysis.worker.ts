/** Entry of the analysis worker: owns the opened archives. All work is in ./analysis.ts. */
import { expose } from 'comlink'
import { opfsBacking } from '../src/archive/opfs-spill.ts'
import { blobBacking, makeSpillStore } from '../src/archive/spill.ts'
import { Analysis } from './analysis.ts'

declare const __BUILD__: string

/** The private file system is looked for when the first archive has to be inflated past memory. */
const backing = { open: async () => ((await opfs()) ?? blobBacking).open() }

let found: ReturnType<typeof opfsBacking> | undefined
function opfs(): ReturnType<typeof opfsBacking> {
  return (found ??= opfsBacking())
}

expose(new Analysis(__BUILD__, makeSpillStore({ backing })))
