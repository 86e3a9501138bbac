import type { TokenRow } from '#core/api/sources.ts'
import type { Clock } from '#core/clock.ts'
import type { TokenUse } from '#core/data-plane.ts'
import { MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { raiseVersion } from './senders.ts'

/** Tokens one by one: what is told of them, when they were used, and their end. */
export type Tokens = {
  /** Tokens of a sender that are valid, newest first. */
  ofSender(senderId: string): TokenRow[]
  /** True when it was valid until now. */
  revoke(senderId: string, id: string): boolean
  /** Writes down what the data plane saw used, at most once a minute each, so that a busy sender costs no commit. */
  used(uses: readonly TokenUse[]): void
  /** Revokes those whose time is over; how many. */
  endExpired(): number
}

export function createTokens(control: Control, clock: Clock): Tokens {
  /** When the use of a token was written; as many as there are tokens. */
  const written = new Map<string, number>()
  return {
    ofSender: (senderId) =>
      control.all<TokenRow>(
        `SELECT id, created_at AS createdAt, created_by AS by, last_used_at AS lastUsedAt, expires_at AS expiresAt
           FROM tokens WHERE sender_id = ? AND revoked_at IS NULL ORDER BY created_at DESC, id`,
        senderId
      ),
    revoke: (senderId, id) =>
      control.transaction(() => {
        const { changes } = control
          .sql('UPDATE tokens SET revoked_at = ? WHERE sender_id = ? AND id = ? AND revoked_at IS NULL')
          .run(clock.now(), senderId, id)
        if (Number(changes) > 0) raiseVersion(control)
        return Number(changes) > 0
      }),
    used(uses) {
      const due = uses.filter(({ hash, at }) => at - (written.get(hash) ?? -Infinity) >= MINUTE_MS)
      if (due.length === 0) return
      control.transaction(() => {
        for (const { hash, at } of due) {
          written.set(hash, at)
          control.sql('UPDATE tokens SET last_used_at = ? WHERE hash = ?').run(at, hash)
        }
      })
    },
    endExpired: () =>
      control.transaction(() => {
        const { changes } = control
          .sql('UPDATE tokens SET revoked_at = expires_at WHERE revoked_at IS NULL AND expires_at <= ?')
          .run(clock.now())
        if (Number(changes) > 0) raiseVersion(control)
        return Number(changes)
      })
  }
}
