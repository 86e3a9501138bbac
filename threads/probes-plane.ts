import { Worker } from 'node:worker_threads'
import type { Config } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import type { ProbesControlSide, ProbesPlane } from '#core/probes-plane.ts'
import type { FromProbes, ProbesStatus, ToProbes } from './probe-messages.ts'

/** A thread that has not ended by then is ended. */
const STOP_DEADLINE_MS = 10_000

/** The probes thread, with what it last said of itself, once a second. */
export type RunningProbes = ProbesPlane & { readonly status: ProbesStatus | undefined }

/** Starts the probes thread and joins it to the control side. Rejects with `probes.failed`. */
export async function startProbesPlane(config: Config, control: ProbesControlSide): Promise<RunningProbes> {
  const worker = new Worker(new URL('./probes.ts', import.meta.url), { name: 'probes', workerData: { config } })
  const send = (message: ToProbes) => worker.postMessage(message)
  const asked = new Map<number, { resolve(result: ProbeResult): void; reject(error: Error): void }>()
  let nextId = 1
  let status: ProbesStatus | undefined
  let lastTaken = 0
  let stopping = false
  let started: () => void
  let startFailed: (error: Error) => void
  const ready = new Promise<void>((resolve, reject) => {
    started = resolve
    startFailed = reject
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  const ended = () => new SocError('probes.failed', 'the probes thread has ended', { status: 503 })
  let failedOnce = false
  function fail(message: string) {
    if (stopping || failedOnce) return
    failedOnce = true
    startFailed(new SocError('probes.failed', message))
    control.failed('probes', message)
  }
  worker.on('error', (error) => fail(error instanceof Error ? (error.stack ?? error.message) : String(error)))
  worker.on('exit', (code) => {
    for (const question of asked.values()) question.reject(ended())
    asked.clear()
    fail(`thread ended with code ${code}`)
  })

  /** Acknowledged when committed; a batch that was sent twice is committed once. */
  function take(batch: number, results: ProbeResult[]) {
    if (batch > lastTaken) {
      try {
        control.results(results)
      } catch (error) {
        control.warned('probes', `results were not taken and will come again: ${messageOf(error)}`)
        return send({ kind: 'refused', batch })
      }
      lastTaken = batch
    }
    send({ kind: 'taken', batch })
  }

  worker.on('message', (message: FromProbes) => {
    switch (message.kind) {
      case 'ready':
        return started()
      case 'results':
        return take(message.batch, message.results)
      case 'tried': {
        const question = asked.get(message.id)
        asked.delete(message.id)
        if (message.result !== undefined) question?.resolve(message.result)
        else if (message.error !== undefined) {
          const { code, message: text, status: httpStatus } = message.error
          question?.reject(new SocError(code, text, { status: httpStatus }))
        }
        return
      }
      case 'status':
        status = message.status
        return
      case 'warning':
        return control.warned('probes', message.message)
      case 'failed':
        return fail(message.message)
      case 'stopped':
        return
    }
  })

  async function stop() {
    stopping = true
    const deadline = setTimeout(() => void worker.terminate(), STOP_DEADLINE_MS)
    send({ kind: 'stop' })
    await exited
    clearTimeout(deadline)
  }

  try {
    await ready
  } catch (error) {
    stopping = true
    await worker.terminate()
    throw error
  }
  return {
    get status() {
      return status
    },
    setSnapshot: (snapshot) => send({ kind: 'snapshot', ...snapshot }),
    tryProbe: (probe) =>
      new Promise((resolve, reject) => {
        if (stopping || failedOnce) return reject(ended())
        const id = nextId++
        asked.set(id, { resolve, reject })
        send({ kind: 'try', id, probe })
      }),
    recheck: (ids) => send({ kind: 'recheck', ids }),
    stop
  }
}
