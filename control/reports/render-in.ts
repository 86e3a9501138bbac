import { Worker } from 'node:worker_threads'
import { messageOf, SocError } from '#core/errors.ts'
import type { ReportDocument } from './document.ts'
import type { RenderAnswer } from './render-thread.ts'

/** Longest that both files may take; then the thread is ended. */
const MAX_MS = 120_000
/** The thread stays this long for the next report: the first of a Monday morning is followed by one for every owner. */
const IDLE_MS = 20_000

export type Rendered = { pdf: Uint8Array; docx: Uint8Array }

/** A thread and whoever waits for its answer; listeners are put on once, so that it can be used again. */
type Setter = { worker: Worker; settle: (answer: RenderAnswer) => void; timer: NodeJS.Timeout | undefined }
let idle: Setter | undefined

/** Both files of a report, made on a thread of their own: typesetting a province's tables would hold the console for seconds. */
export function renderIn(document: ReportDocument): Promise<Rendered> {
  const setter = idle ?? newSetter()
  idle = undefined
  clearTimeout(setter.timer)
  setter.worker.ref()
  return new Promise((resolve, reject) => {
    setter.timer = setTimeout(() => setter.settle({ kind: 'failed', message: 'it took too long' }), MAX_MS)
    setter.settle = (answer) => {
      clearTimeout(setter.timer)
      setter.settle = () => undefined
      if (answer.kind === 'rendered') {
        keep(setter)
        resolve(answer)
        return
      }
      void setter.worker.terminate()
      const cause = new Error(answer.message)
      reject(new SocError('report.render', 'the report could not be typeset', { status: 503, cause }))
    }
    setter.worker.postMessage(document)
  })
}

function newSetter(): Setter {
  const worker = new Worker(new URL('./render-thread.ts', import.meta.url), { name: 'report' })
  const setter: Setter = { worker, settle: () => undefined, timer: undefined }
  const ended = (message: string) => {
    if (idle === setter) idle = undefined
    setter.settle({ kind: 'failed', message })
  }
  worker.on('message', (answer: RenderAnswer) => setter.settle(answer))
  worker.on('error', (error) => ended(messageOf(error)))
  worker.on('exit', () => ended('the thread ended'))
  return setter
}

/** At most one waits; another that is done while it does is ended. A process that is done does not wait for it. */
function keep(setter: Setter) {
  if (idle !== undefined) return void setter.worker.terminate()
  idle = setter
  setter.worker.unref()
  setter.timer = setTimeout(() => {
    idle = undefined
    void setter.worker.terminate()
  }, IDLE_MS)
  setter.timer.unref()
}
