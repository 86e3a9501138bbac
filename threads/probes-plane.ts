import type { Config } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import { startWorker } from '#core/worker.ts'
import type { ProbesControlSide, ProbesPlane } from '#core/probes-plane.ts'
import type { FromProbes, ProbesStatus, ToProbes } from './probe-messages.ts'

/** A thread that has not ended by then is ended. */
const STOP_MS = 10_000

/** The probes thread, with what it last said of itself, once a second. */
export type RunningProbes = ProbesPlane & { readonly status: ProbesStatus | undefined }

/** Starts the probes thread and joins it to the control side. Rejects with `probes.failed`. */
export async function startProbesPlane(config: Config, control: ProbesControlSide): Promise<RunningProbes> {
  let status: ProbesStatus | undefined
  let lastTaken = 0
  let failedOnce = false
  const started = Promise.withResolvers<void>()
  function fail(message: string) {
    if (failedOnce) return
    failedOnce = true
    started.reject(new SocError('probes.failed', message))
    control.failed('probes', message)
  }

  /** Acknowledged when committed; a batch that was sent twice is committed once. */
  function take(batch: number, results: ProbeResult[]) {
    if (batch > lastTaken) {
      try {
        control.results(results)
      } catch (error) {
        control.warned('probes', `results were not taken and will come again: ${messageOf(error)}`)
        return thread.post({ kind: 'refused', batch })
      }
      lastTaken = batch
    }
    thread.post({ kind: 'taken', batch })
  }

  const thread = startWorker<ToProbes, FromProbes>(new URL('./probes.ts', import.meta.url), {
    name: 'probes',
    data: { config },
    onMessage(message) {
      switch (message.kind) {
        case 'ready':
          return started.resolve()
        case 'results':
          return take(message.batch, message.results)
        case 'status':
          status = message.status
          return
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

  try {
    await started.promise
  } catch (error) {
    await thread.terminate()
    throw error
  }
  return {
    get status() {
      return status
    },
    setSnapshot: (snapshot) => thread.post({ kind: 'snapshot', ...snapshot }),
    tryProbe: (probe) => thread.ask((id) => ({ kind: 'try', id, probe })),
    recheck: (ids) => thread.post({ kind: 'recheck', ids }),
    stop: () => thread.stop()
  }
}
