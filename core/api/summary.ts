import type { Routes } from './routes.ts'
import { Summary } from './sources.ts'

/** Counts for rail and top bar. */
export const summaryApi = {
  'GET /api/summary': { who: 'summary.read', about: 'Counts of the viewer’s scope', answer: Summary }
} satisfies Routes
