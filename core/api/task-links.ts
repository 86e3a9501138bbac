import { Type } from 'typebox'
import type { Routes } from './routes.ts'
import { FileName, LinkAnswer, LinkTask } from './tasks.ts'

const LinkToken = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) })

/**
 * The public side of a task: whoever holds the link, without an account or session. Nothing here is told to somebody who
 * does not hold one, and nothing is changed by reading.
 */
export const taskLinksApi = {
  'GET /api/task-links/:token': {
    who: 'public',
    about: 'The task behind a link',
    note: 'Whoever holds the link (docs/owners.md). Changes nothing.',
    params: LinkToken,
    answer: LinkTask
  },
  'POST /api/task-links/:token/answers': {
    who: 'public',
    about: 'Answer by link',
    note: 'Whoever holds the link. `Origin` and nonce needed.',
    params: LinkToken,
    body: LinkAnswer,
    answer: LinkTask
  },
  'POST /api/task-links/:token/files': {
    who: 'public',
    about: 'Send a file by link',
    note: 'Whoever holds the link. `Origin` and nonce needed; raw body, at most 10 MB.',
    params: LinkToken,
    headers: Type.Object({ 'x-task-nonce': Type.String({ minLength: 1, maxLength: 200 }), ...FileName.properties }),
    answer: LinkTask
  }
} satisfies Routes
