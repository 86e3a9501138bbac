import { createHash } from 'node:crypto'
import type { AccountLinkRow } from '#core/api/accounts.ts'
import type { Clock } from '#core/clock.ts'
import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import { HOUR_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** How long a link waits for its person. */
export const LINK_MS = 72 * HOUR_MS

export type LinkKind = 'invite' | 'reset'
export type FoundLink = { id: string; userId: string; kind: LinkKind; expiresAt: number }

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Links with which a person sets the own password: 32 random bytes, kept as a hash, 72 hours, once. */
export type Links = {
  /** Makes a link; those of the account that wait are revoked. The token is known to whoever gets the link alone. */
  create(userId: string, kind: LinkKind, by: string): { token: string; expiresAt: number }
  /** Looking changes nothing. Throws `link.unknown` 404, or `link.used`, `link.revoked`, `link.expired` 410. */
  find(token: string): FoundLink
  /** Marks it used; refuses like {@link find}, so of two at once one wins. Inside the transaction of what it allows. */
  use(token: string): FoundLink
  ofUser(userId: string): AccountLinkRow[]
  /** Revokes what waits; how many. */
  revokeAll(userId: string): number
}

type Row = {
  id: string
  user_id: string
  kind: LinkKind
  created_at: number
  created_by: string
  expires_at: number
  used_at: number | null
  revoked_at: number | null
}

export function createLinks(control: Control, clock: Clock): Links {
  function find(token: string): FoundLink {
    const row = /^[A-Za-z0-9_-]{43}$/.test(token)
      ? control.get<Row>('SELECT * FROM account_links WHERE hash = ?', hashOf(token))
      : undefined
    if (row === undefined) throw new SocError('link.unknown', 'there is no such link', { status: 404 })
    const gone = (code: RefusalCode) => new SocError(code, 'the link is of no use any more', { status: 410 })
    if (row.used_at !== null) throw gone('link.used')
    if (row.revoked_at !== null) throw gone('link.revoked')
    if (row.expires_at <= clock.now()) throw gone('link.expired')
    return { id: row.id, userId: row.user_id, kind: row.kind, expiresAt: row.expires_at }
  }
  const revokeAll = (userId: string) =>
    Number(
      control
        .sql(
          'UPDATE account_links SET revoked_at = ? WHERE user_id = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?'
        )
        .run(clock.now(), userId, clock.now()).changes
    )
  return {
    create(userId, kind, by) {
      const token = randomId(32)
      const now = clock.now()
      control.transaction(() => {
        revokeAll(userId)
        control
          .sql(
            `INSERT INTO account_links (id, hash, user_id, kind, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
          )
          .run(randomId(), hashOf(token), userId, kind, now, by, now + LINK_MS)
      })
      return { token, expiresAt: now + LINK_MS }
    },
    find,
    use(token) {
      return control.transaction(() => {
        const link = find(token)
        control.sql('UPDATE account_links SET used_at = ? WHERE id = ?').run(clock.now(), link.id)
        return link
      })
    },
    ofUser: (userId) =>
      control
        .all<Row>('SELECT * FROM account_links WHERE user_id = ? ORDER BY created_at DESC LIMIT 20', userId)
        .map((row) => ({
          id: row.id,
          kind: row.kind,
          createdAt: row.created_at,
          by: row.created_by,
          expiresAt: row.expires_at,
          state:
            row.used_at !== null
              ? 'used'
              : row.revoked_at !== null
                ? 'revoked'
                : row.expires_at <= clock.now()
                  ? 'expired'
                  : 'waiting'
        })),
    revokeAll
  }
}
