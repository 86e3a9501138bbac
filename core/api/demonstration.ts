import { Nothing } from './common.ts'
import type { Routes } from './routes.ts'

/** Ends the demonstration and removes what it made. */
export const demonstrationApi = {
  'POST /api/demonstration/end': { who: 'demonstration.end', about: 'End the demonstration', answer: Nothing }
} satisfies Routes
