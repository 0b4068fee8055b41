/** Starts the analysis worker under the page's Trusted Types policy. */
import workerUrl from '../../workers/analysis.worker.ts?worker&url'
import { connect, type AnalysisClient } from '../../workers/client.ts'
import { trustedUrl } from '../base/trusted-url.ts'

declare const __BUILD__: string

/** `onFailure` is called when the worker itself breaks: nothing answers after that. */
export function startAnalysis(onFailure: (error: unknown) => void): Promise<AnalysisClient> {
  const worker = new Worker(trustedUrl(workerUrl), { type: 'module', name: 'analysis' })
  worker.addEventListener('error', (event) => {
    onFailure(event.message === '' ? 'the analysis worker could not be started' : event.message)
  })
  return connect(worker, __BUILD__)
}
