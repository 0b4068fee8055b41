/** Entry of the analysis worker: owns the opened archives. All work is in ./analysis.ts. */
import { expose } from 'comlink'
import { Analysis } from './analysis.ts'

declare const __BUILD__: string

expose(new Analysis(__BUILD__, undefined as never))
