import type { PeriodFigures } from '#core/api/posture.ts'
import { SocError } from '#core/errors.ts'
import { limit } from '#core/limit.ts'
import { startWorker } from '#core/worker.ts'
import type { FiguresRequest } from './figures.ts'
import type { FigureStep, ToFigures } from './figures-thread.ts'

/** Steps of the work in their order, for showing how far it is. */
export const figureSteps = ['days', 'states', 'standing', 'figures'] as const
/** Threads at once: figures are asked for by few, and two cores must be left for everything else. */
const MAX_THREADS = 2
/** Requests that wait for a thread; more are refused with `posture.busy`. */
const MAX_WAITING = 32
/** Longest that one request may take; it is ended and refused then, so that a thread never stays behind. */
const MAX_MS = 120_000
/** A thread that has answered closes its database and ends by itself within this. */
const STOP_MS = 5_000

/**
 * Makes the figures on a thread of its own, with its own read-only connection to the control database at this path, in
 * one snapshot; the caller's thread is never held. `onStep` hears how far it is (share 0–1).
 */
export type FigureThreads = (
  databasePath: string,
  request: FiguresRequest,
  onStep?: (step: string, share: number) => void
) => Promise<PeriodFigures>

/** Threads for figures under one ceiling; whoever shares them shares it. Rejects with `posture.busy`, `posture.slow`, `posture.failed`. */
export function createFigureThreads(): FigureThreads {
  const turns = limit({
    running: MAX_THREADS,
    waiting: MAX_WAITING,
    busy: () => new SocError('posture.busy', 'too many figures are being made', { status: 503 })
  })
  return (databasePath, request, onStep) => turns(() => inThread(databasePath, request, onStep))
}

async function inThread(...[databasePath, request, onStep]: Parameters<FigureThreads>): Promise<PeriodFigures> {
  const worker = startWorker<ToFigures, FigureStep>(new URL('./figures-thread.ts', import.meta.url), {
    name: 'figures',
    onMessage({ step }) {
      const place = (figureSteps as readonly string[]).indexOf(step)
      onStep?.(step, Math.max(0, place) / figureSteps.length)
    },
    ended: (cause) => new SocError('posture.failed', 'the figures could not be made', { status: 503, cause }),
    stopMs: STOP_MS
  })
  try {
    const late = () => new SocError('posture.slow', 'the figures took too long', { status: 503 })
    return await worker.ask((id) => ({ kind: 'make', id, databasePath, request }), { ms: MAX_MS, late })
  } catch (error) {
    await worker.terminate()
    throw error
  } finally {
    void worker.stop()
  }
}
