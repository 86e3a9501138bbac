import { createHash } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { randomId } from '#core/ids.ts'
import { callerOf } from '#core/network.ts'
import { DAY_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** A device, and an address, in which nobody has signed in for so long is a stranger again. */
const KNOWN_MS = 180 * DAY_MS
/** Devices remembered of one account; the one that was quiet for longest is forgotten. */
const MAX_PER_USER = 30

const hashOf = (cookie: string) => createHash('sha256').update(cookie).digest('hex')
const isCookie = (cookie: string) => /^[A-Za-z0-9_-]{43}$/.test(cookie)

/** Browsers known by a cookie of their own, which outlives the session: who has signed out is no stranger at the own desk. */
export type KnownDevices = {
  /** The device behind a cookie, when this account has signed in with it; undefined for a stranger. */
  find(cookie: string, username: string): string | undefined
  /** Whether anybody has signed in with it. */
  isKnown(cookie: string): boolean
  /** Whether the account has signed in from this address before. */
  from(username: string, address: string): boolean
  /** Remembers a sign-in. Gives the cookie to keep: the one that came along when it is known, else a new one. */
  remember(cookie: string, userId: string, address: string): string
}

export function createKnownDevices(control: Control, clock: Clock): KnownDevices {
  const since = () => clock.now() - KNOWN_MS
  function isKnown(cookie: string): boolean {
    if (!isCookie(cookie)) return false
    const row = control
      .sql('SELECT 1 FROM known_devices WHERE device = ? AND last_at > ? LIMIT 1')
      .get(hashOf(cookie), since())
    return row !== undefined
  }
  return {
    isKnown,
    find(cookie, username) {
      if (!isCookie(cookie)) return undefined
      const device = hashOf(cookie)
      const row = control
        .sql(
          'SELECT 1 FROM users u JOIN known_devices d ON d.user_id = u.id WHERE u.username = ? AND d.device = ? AND d.last_at > ?'
        )
        .get(username, device, since())
      return row === undefined ? undefined : device
    },
    from(username, address) {
      const row = control
        .sql(
          'SELECT 1 FROM users u JOIN known_devices d ON d.user_id = u.id WHERE u.username = ? AND d.address = ? AND d.last_at > ? LIMIT 1'
        )
        .get(username, callerOf(address), since())
      return row !== undefined
    },
    remember(cookie, userId, address) {
      // A cookie that we never gave is not taken up: somebody may have planted it.
      const kept = isKnown(cookie) ? cookie : randomId(32)
      control
        .sql(
          `INSERT INTO known_devices (device, user_id, address, last_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (device, user_id) DO UPDATE SET address = excluded.address, last_at = excluded.last_at`
        )
        .run(hashOf(kept), userId, callerOf(address), clock.now())
      control
        .sql(
          `DELETE FROM known_devices WHERE user_id = ? AND device IN
             (SELECT device FROM known_devices WHERE user_id = ? ORDER BY last_at DESC LIMIT -1 OFFSET ?)`
        )
        .run(userId, userId, MAX_PER_USER)
      return kept
    }
  }
}
