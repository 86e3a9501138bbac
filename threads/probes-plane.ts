import type { Config } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import { startWorker } from '#core/worker.ts'
import type { ProbesControlSide, ProbesPlane, ProbesSnapshot } from '#core/probes-plane.ts'
import type { FromProbes, ProbesStatus, ToProbes } from './probe-messages.ts'

/** A thread that has not ended by then is ended. */
const STOP_MS = 10_000
const BACK_OFF_MS = [1_000, 2_000, 5_000, 10_000, 30_000]
/** A thread that lived so long was well: its death begins the waits anew. */
const HEALTHY_MS = 60_000

/** The probes thread, with what it last said of itself, once a second. */
export type RunningProbes = ProbesPlane & { readonly status: ProbesStatus | undefined }

/**
 * Starts the probes thread and joins it to the control side. Rejects with `probes.failed`. A thread that dies later is
 * started anew, later each time; what should have been measured meanwhile is UNKNOWN when it goes stale.
 */
export async function startProbesPlane(
  config: Config,
  control: ProbesControlSide,
  /** Milliseconds before the first, second … start after a death; the last one is for all that follow. */
  backOff: readonly number[] = BACK_OFF_MS
): Promise<RunningProbes> {
  let snapshot: ProbesSnapshot | undefined
  let status: ProbesStatus | undefined
  let deaths = 0
  let bornAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  /** Before the first start and after the end nobody wants another life. */
  let wanted = false

  function died(reason: string) {
    if (!wanted) return
    if (performance.now() - bornAt > HEALTHY_MS) deaths = 0
    const waitMs = backOff[Math.min(deaths++, backOff.length - 1)]!
    control.warned('probes', `the thread has ended and starts again in ${waitMs} ms; nothing is measured: ${reason}`)
    timer = setTimeout(again, waitMs)
  }

  function again() {
    bornAt = performance.now()
    thread = startThread(config, control, { status: (said) => (status = said), ended: died })
    const born = thread
    // One that cannot start is `ended`: it is tried again.
    born.started.then(
      () => {
        control.warned('probes', 'the thread runs again')
        if (snapshot !== undefined) born.post({ kind: 'snapshot', ...snapshot })
      },
      () => undefined
    )
  }

  let thread = startThread(config, control, { status: (said) => (status = said), ended: died })
  try {
    await thread.started
  } catch (error) {
    await thread.terminate()
    control.failed('probes', messageOf(error))
    throw error
  }
  wanted = true
  return {
    get status() {
      return status
    },
    setSnapshot(next) {
      snapshot = next
      thread.post({ kind: 'snapshot', ...next })
    },
    tryProbe: (probe) => thread.ask((id) => ({ kind: 'try', id, probe })),
    recheck: (ids) => thread.post({ kind: 'recheck', ids }),
    stop() {
      wanted = false
      clearTimeout(timer)
      return thread.stop()
    }
  }
}

/** One life of the thread. `ended` is called once when it could not start or has died. */
function startThread(
  config: Config,
  control: ProbesControlSide,
  told: { status(status: ProbesStatus): void; ended(reason: string): void }
) {
  let lastTaken = 0
  let over = false
  const started = Promise.withResolvers<void>()
  function fail(message: string) {
    if (over) return
    over = true
    started.reject(new SocError('probes.failed', message))
    told.ended(message)
  }

  /** Acknowledged when committed; a batch that was sent twice is committed once. */
  function take(batch: number, results: ProbeResult[]) {
    if (batch > lastTaken) {
      try {
        control.results(results)
      } catch (error) {
        control.warned('probes', `results were not taken and will come again: ${messageOf(error)}`)
        return worker.post({ kind: 'refused', batch })
      }
      lastTaken = batch
    }
    worker.post({ kind: 'taken', batch })
  }

  const worker = startWorker<ToProbes, FromProbes>(new URL('./probes.ts', import.meta.url), {
    name: 'probes',
    data: { config },
    onMessage(message) {
      switch (message.kind) {
        case 'ready':
          return started.resolve()
        case 'results':
          return take(message.batch, message.results)
        case 'status':
          return told.status(message.status)
        case 'warning':
          return control.warned('probes', message.message)
        case 'failed':
          return fail(message.message)
      }
    },
    onFailed: fail,
    ended: (cause) => new SocError('probes.failed', 'the probes thread has ended', { status: 503, cause }),
    stopMs: STOP_MS
  })
  return Object.assign(worker, { started: started.promise })
}
