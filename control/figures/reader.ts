import type { Period, PeriodFigures } from '#core/api/posture.ts'
import type { Reads } from '#control/database/reads.ts'
import { figuresOf } from './figures.ts'
import { createFigureThreads } from './figures-in.ts'
import { requestOf, type FiguresOptions, type FiguresParts } from './request.ts'

/** Figures of this many different questions are kept; the oldest goes. */
const MAX_KEPT = 40
/** A running period is made anew after this; a finished one cannot change while this process runs, but for its edges. */
const KEPT_RUNNING_MS = 10_000
const KEPT_FINISHED_MS = 300_000

export type FiguresReader = (
  period: Period,
  options: FiguresOptions,
  onStep?: (step: string, share: number) => void
) => Promise<PeriodFigures>

/**
 * Figures as screens and reports ask for them: on a thread of their own, the same question asked at once or again soon
 * answered once. A database in memory (tests) has no file another connection could open: there the figures are made here.
 */
export function createFiguresReader(parts: FiguresParts & { control: Reads }): FiguresReader {
  const answered = new Map<string, { at: number; until: number; figures: Promise<PeriodFigures> }>()
  const path = pathOf(parts.control)
  const threads = createFigureThreads()
  return (period, options, onStep) => {
    const now = parts.clock.now()
    const key = JSON.stringify([period.from, period.to, options.origin, options.scope && [...options.scope].sort()])
    const known = answered.get(key)
    if (known !== undefined && now >= known.at && now < known.until) return known.figures
    const request = requestOf(parts, period, options)
    const figures = path === '' ? Promise.resolve(figuresOf(parts.control, request)) : threads(path, request, onStep)
    const entry = { at: now, until: now + KEPT_RUNNING_MS, figures }
    answered.delete(key)
    answered.set(key, entry)
    for (const oldest of answered.keys()) {
      if (answered.size <= MAX_KEPT) break
      answered.delete(oldest)
    }
    figures.then(
      (made) => {
        if (!made.running && made.asOf + KEPT_FINISHED_MS < now) entry.until = now + KEPT_FINISHED_MS
      },
      () => {
        if (answered.get(key) === entry) answered.delete(key)
      }
    )
    return figures
  }
}

/** File of the main database; '' for one in memory. */
export function pathOf(control: Reads): string {
  const row = control.single<{ file: string | null }>(`SELECT file FROM pragma_database_list WHERE name = 'main'`)
  return row.file ?? ''
}
