import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { randomId } from '#core/ids.ts'
import { roles, type Role } from '#core/roles.ts'
import type { Control } from '#store/control/control.ts'

const IDLE_MS = 8 * 3_600_000
const ABSOLUTE_MS = 24 * 3_600_000
/** Use is written down once a minute at most, so that reading costs no commit. */
const TOUCH_MS = 60_000
/** Sessions one person may hold; the oldest ends when another is opened. */
const MAX_PER_USER = 20

/** Who is signed in, as every route sees it. */
export type Viewer = {
  id: string
  username: string
  name: string
  role: Role
  units: string[]
  mayUnmask: boolean
  mustChangePassword: boolean
  session: { id: string; csrf: string }
}

/** Why sockets must be disconnected: one session ended, or everything of a user (grant changed, disabled). */
export type Ended = { session: string } | { user: string }

export type Sessions = {
  /** A new session; the cookie's value is known to the browser alone, the database keeps its hash. */
  open(userId: string, from: { address: string; agent: string }): { cookie: string; viewer: Viewer }
  /** The viewer behind a cookie, or undefined. `touch: false` looks without counting as use. */
  find(cookie: string, options?: { touch: boolean }): Viewer | undefined
  /** True while the session could still be used; for the sockets opened with it. */
  isAlive(sessionId: string): boolean
  end(sessionId: string): void
  /** Ends all sessions of a user, except one when named. Returns how many. */
  endAllOf(userId: string, except?: string): number
  /** The user's rights changed: its sockets must come back with the new ones. */
  grantsChanged(userId: string): void
  onEnded(listener: (ended: Ended) => void): void
}

const hashOf = (cookie: string) => createHash('sha256').update(cookie).digest('hex')

type Row = {
  id: string
  user_id: string
  csrf: string
  last_used_at: number
  username: string
  name: string
  role: string
  units: string
  may_unmask: number
  must_change_password: number
}

const SELECT = `SELECT s.id, s.user_id, s.csrf, s.last_used_at, u.username, u.name, u.role, u.units, u.may_unmask, u.must_change_password
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE u.enabled = 1 AND s.expires_at > ? AND s.last_used_at > ?`

export function createSessions(control: Control, clock: Clock): Sessions {
  const listeners: ((ended: Ended) => void)[] = []
  const tell = (ended: Ended) => {
    for (const listener of listeners) listener(ended)
  }
  function viewerOf(row: Row): Viewer | undefined {
    const role = roles.find((known) => known === row.role)
    // A role this version does not know is no role.
    if (role === undefined) return undefined
    return {
      id: row.user_id,
      username: row.username,
      name: row.name,
      role,
      units: JSON.parse(row.units) as string[],
      mayUnmask: row.may_unmask === 1 && role !== 'leader' && role !== 'auditor',
      mustChangePassword: row.must_change_password === 1,
      session: { id: row.id, csrf: row.csrf }
    }
  }
  function find(cookie: string, options = { touch: true }): Viewer | undefined {
    if (!/^[A-Za-z0-9_-]{43}$/.test(cookie)) return undefined
    const now = clock.now()
    const row = control.sql(`${SELECT} AND s.token_hash = ?`).get(now, now - IDLE_MS, hashOf(cookie)) as Row | undefined
    if (row === undefined) return undefined
    if (options.touch && now - row.last_used_at >= TOUCH_MS)
      control.sql('UPDATE sessions SET last_used_at = ? WHERE id = ?').run(now, row.id)
    return viewerOf(row)
  }

  return {
    open(userId, from) {
      const cookie = randomId(32)
      const now = clock.now()
      control.transaction(() => {
        control.sql('DELETE FROM sessions WHERE expires_at <= ? OR last_used_at <= ?').run(now, now - IDLE_MS)
        const surplus = control
          .sql('SELECT id FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC, rowid DESC LIMIT -1 OFFSET ?')
          .all(userId, MAX_PER_USER - 1) as { id: string }[]
        for (const { id } of surplus) this.end(id)
        control
          .sql(
            `INSERT INTO sessions (token_hash, id, user_id, csrf, created_at, last_used_at, expires_at, address, agent)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
          )
          .run(
            hashOf(cookie),
            randomId(),
            userId,
            randomId(24),
            now,
            now,
            now + ABSOLUTE_MS,
            from.address,
            from.agent.slice(0, 300)
          )
      })
      const viewer = find(cookie, { touch: false })
      if (viewer === undefined) throw new Error('a session was opened for a user who may not sign in')
      return { cookie, viewer }
    },
    find,
    isAlive(sessionId) {
      const now = clock.now()
      return control.sql(`${SELECT} AND s.id = ?`).get(now, now - IDLE_MS, sessionId) !== undefined
    },
    end(sessionId) {
      control.sql('DELETE FROM sessions WHERE id = ?').run(sessionId)
      tell({ session: sessionId })
    },
    endAllOf(userId, except = '') {
      const ended = control.sql('SELECT id FROM sessions WHERE user_id = ? AND id <> ?').all(userId, except) as {
        id: string
      }[]
      for (const { id } of ended) this.end(id)
      return ended.length
    },
    grantsChanged: (userId) => tell({ user: userId }),
    onEnded(listener) {
      listeners.push(listener)
    }
  }
}

/** Compares a CSRF token in constant time. */
export function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
