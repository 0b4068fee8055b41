/** Starts the analysis worker. */
import workerUrl from '../../workers/analysis.worker.ts?worker&url'
import { connect, type AnalysisClient } from '../../workers/client.ts'
import { startWorker } from '../base/own-scripts.ts'

declare const __BUILD__: string

/** `onFailure` is called when the worker itself breaks: nothing answers after that. */
export function startAnalysis(onFailure: (error: unknown) => void): Promise<AnalysisClient> {
  const worker = startWorker(workerUrl, 'analysis')
  worker.addEventListener('error', (event) => {
    // A plain event without a message when the script could not even be loaded.
    onFailure(event.message || 'the analysis worker could not be started')
  })
  return connect(worker, __BUILD__)
}
