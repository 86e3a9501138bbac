import type { DeadLetter } from '#core/store-entry.ts'
import { auditAct, notFound, type Context } from '../context.ts'
import { maskText } from '#control/rights/masking.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import type { deadLettersApi } from '#core/api/dead-letters.ts'
import type { Handlers } from './serve.ts'

const EXCERPT_BYTES = 2048

/** Longest thing the mask may find: what lies behind the cut is needed to see that a number goes on there. */
const BEYOND_BYTES = 96

/** The first 2 KiB as text: masked, with control characters as their pictures (U+2400…), line feeds kept. */
export function excerptOf(raw: string): string {
  const bytes = Buffer.from(raw.slice(0, Math.ceil((EXCERPT_BYTES + BEYOND_BYTES) / 3) * 4), 'base64')
  return maskText(bytes.toString('utf8'))
    .slice(0, EXCERPT_BYTES)
    .replace(/[\0-\x09\x0b-\x1f]/g, (sign) => String.fromCharCode(0x2400 + sign.charCodeAt(0)))
    .replace(/\x7f/g, '\u2421')
}

const bytesIn = (base64: string) =>
  Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)

/** Frames no parser took: listed with the reason, and put back into the spool on demand. */
export function deadLetterHandlers(context: Context): Handlers<typeof deadLettersApi> {
  const visible = (letter: DeadLetter, scope: Scope) => inScope(scope, letter.unit)
  return {
    'GET /api/dead-letters': async (request) => {
      const { limit = 100, ...filter } = request.query
      const { letters, cursor } = await context.search.deadLetters({ ...filter, limit })
      return {
        letters: letters
          .filter((letter) => visible(letter, request.scope))
          .map((letter) => ({
            id: letter.id,
            source: letter.sender,
            origin: letter.origin,
            receivedAt: letter.receivedAt,
            code: letter.code,
            detail: letter.detail,
            listener: letter.listener,
            peer: letter.peer,
            bytes: bytesIn(letter.raw),
            excerpt: excerptOf(letter.raw)
          })),
        cursor: cursor ?? null
      }
    },
    'POST /api/dead-letters/replay': async (request) => {
      const ids = [...new Set(request.body.ids)]
      if (request.scope !== undefined) {
        for (const id of ids) {
          const letter = await context.search.deadLetter(id)
          if (letter === undefined || !visible(letter, request.scope)) throw notFound('dead_letter', id)
        }
      }
      const answer = await context.replay(ids)
      auditAct(context, request, 'dead_letters.replayed', `${ids.length} letters`, { ...answer, ids: ids.slice(0, 20) })
      context.live.publishSummary()
      return answer
    }
  }
}
