import { Worker } from 'node:worker_threads'
import { SocError } from '#core/errors.ts'
import type { ReportDocument } from './document.ts'

/** Longest that both files may take; then the thread is ended. */
const MAX_MS = 120_000

export type Rendered = { pdf: Uint8Array; docx: Uint8Array }

/** Both files of a report, made on a thread of their own: typesetting a province's tables would hold the console for seconds. */
export function renderIn(document: ReportDocument): Promise<Rendered> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./render-thread.ts', import.meta.url), { name: 'report', workerData: document })
    const failed = (cause?: unknown) =>
      reject(new SocError('report.render', 'the report could not be typeset', { status: 503, cause }))
    const timer = setTimeout(() => {
      failed()
      void worker.terminate()
    }, MAX_MS)
    worker.once('message', (rendered: Rendered) => resolve(rendered))
    worker.once('error', failed)
    worker.once('exit', () => {
      clearTimeout(timer)
      // After an answer this changes nothing.
      failed()
    })
  })
}
