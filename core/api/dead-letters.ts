import { Type } from 'typebox'
import { limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'
import { DeadLetterList, ReplayAnswer } from './sources.ts'

const DeadLetterQuery = Type.Object({ sender: text(), code: text(), cursor: text(2000), limit: limitOf(100, 200) })
const Replay = Type.Object({
  ids: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 500 })
})

/** Frames no parser took: listed with the reason, and put back into the spool on demand. */
export const deadLettersApi = {
  'GET /api/dead-letters': {
    who: 'dead_letters.read',
    about: 'Dead letters',
    query: DeadLetterQuery,
    answer: DeadLetterList
  },
  'POST /api/dead-letters/replay': {
    who: 'dead_letters.replay',
    about: 'Parse again',
    body: Replay,
    answer: ReplayAnswer
  }
} satisfies Routes
