import { Worker } from 'node:worker_threads'
import type { PeriodFigures } from '#core/api/posture.ts'
import { SocError } from '#core/errors.ts'
import type { FiguresRequest } from './figures.ts'
import type { FiguresAnswer } from './figures-thread.ts'

/** Steps of the work in their order, for showing how far it is. */
export const figureSteps = ['days', 'states', 'standing', 'figures'] as const
/** Threads at once: figures are asked for by few, and two cores must be left for everything else. */
const MAX_THREADS = 2
/** Requests that wait for a thread; more are refused with `posture.busy`. */
const MAX_WAITING = 32
/** Longest that one request may take; it is ended and refused then, so that a thread never stays behind. */
const MAX_MS = 120_000

let running = 0
const waiting: (() => void)[] = []

/**
 * Makes the figures on a thread of its own, with its own read-only connection to the control database at this path, in
 * one snapshot; the caller's thread is never held. `onStep` hears how far it is (share 0–1).
 */
export async function figuresIn(
  databasePath: string,
  request: FiguresRequest,
  onStep?: (step: string, share: number) => void
): Promise<PeriodFigures> {
  if (running >= MAX_THREADS) {
    if (waiting.length >= MAX_WAITING)
      throw new SocError('posture.busy', 'too many figures are being made', { status: 503 })
    await new Promise<void>((go) => waiting.push(go))
  } else running += 1
  try {
    return await inThread(databasePath, request, onStep)
  } finally {
    // The place goes to the next one that waits.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

function inThread(
  databasePath: string,
  request: FiguresRequest,
  onStep?: (step: string, share: number) => void
): Promise<PeriodFigures> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./figures-thread.ts', import.meta.url), {
      name: 'figures',
      workerData: { databasePath, request }
    })
    const failed = (error: unknown) =>
      reject(
        error instanceof SocError
          ? error
          : new SocError('posture.failed', 'the figures could not be made', { status: 503, cause: error })
      )
    const timer = setTimeout(() => {
      failed(new SocError('posture.slow', 'the figures took too long', { status: 503 }))
      void worker.terminate()
    }, MAX_MS)
    worker.on('message', (answer: FiguresAnswer) => {
      if (answer.kind === 'step') {
        const place = (figureSteps as readonly string[]).indexOf(answer.step)
        onStep?.(answer.step, Math.max(0, place) / figureSteps.length)
      } else if (answer.kind === 'figures') resolve(answer.figures)
      else failed(new SocError(answer.code, answer.message, { status: answer.status, params: answer.params }))
    })
    worker.on('error', failed)
    worker.on('exit', () => {
      clearTimeout(timer)
      // After an answer this changes nothing.
      failed(new Error('the thread ended without an answer'))
    })
  })
}
