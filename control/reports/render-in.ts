import { SocError } from '#core/errors.ts'
import { startWorker, type RunningWorker } from '#core/worker.ts'
import type { ReportDocument } from './document.ts'
import type { ToRender } from './render-thread.ts'

/** Longest that both files may take; then the thread is ended. */
const MAX_MS = 120_000
/** The thread stays this long for the next report: the first of a Monday morning is followed by one for every owner. */
const IDLE_MS = 20_000
const STOP_MS = 5_000

export type Rendered = { pdf: Uint8Array; docx: Uint8Array }

/** Both files of a report, made on a thread of their own: typesetting a province's tables would hold the console for seconds. */
export type Renderer = (document: ReportDocument) => Promise<Rendered>

/** A renderer that lets one idle thread stay for the next report. Rejects with `report.render` (503). */
export function createRenderer(): Renderer {
  let idle: { thread: RunningWorker<ToRender>; timer: NodeJS.Timeout } | undefined

  function startThread(): RunningWorker<ToRender> {
    const thread = startWorker<ToRender>(new URL('./render-thread.ts', import.meta.url), {
      name: 'report',
      onFailed() {
        if (idle?.thread === thread) dropIdle()
      },
      stopMs: STOP_MS
    })
    return thread
  }

  function dropIdle() {
    clearTimeout(idle?.timer)
    idle = undefined
  }

  function takeThread(): RunningWorker<ToRender> {
    const thread = idle?.thread ?? startThread()
    dropIdle()
    thread.setRef(true)
    return thread
  }

  /** At most one waits; another that is done while it does is ended. A process that is done does not wait for it. */
  function giveBack(thread: RunningWorker<ToRender>) {
    if (idle !== undefined) return void thread.stop()
    thread.setRef(false)
    const timer = setTimeout(() => {
      idle = undefined
      void thread.stop()
    }, IDLE_MS)
    timer.unref()
    idle = { thread, timer }
  }

  return async (document) => {
    const thread = takeThread()
    try {
      const late = () => new Error('it took too long')
      const rendered = await thread.ask<Rendered>((id) => ({ kind: 'render', id, document }), { ms: MAX_MS, late })
      giveBack(thread)
      return rendered
    } catch (cause) {
      void thread.terminate()
      throw new SocError('report.render', 'the report could not be typeset', { status: 503, cause })
    }
  }
}
