import { DAY_MS, HOUR_MS } from '#core/time.ts'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { randomId } from '#core/ids.ts'
import type { AccountPolicy, SessionRow } from '#core/api/accounts.ts'
import { roles, type Role } from '#core/roles.ts'
import type { Control } from '#control/database/control.ts'
import { deviceOf } from './device.ts'
import { rightsOf, type Assignment } from './grants.ts'
import { createPolicy } from './policy.ts'

/** Milliseconds without use, and in all, after which a session ends. */
export type SessionLimits = { idleMs: number; absoluteMs: number }
const defaultLimits: SessionLimits = { idleMs: 8 * HOUR_MS, absoluteMs: DAY_MS }
/** A break-glass session is for one emergency. */
const BREAK_GLASS_MS = HOUR_MS
/** Use is written down once a minute at most, so that reading costs no commit. */
const TOUCH_MS = 60_000
/** Sessions one person may hold; the oldest ends when another is opened. */
const MAX_PER_USER = 20

/** Who is signed in, as every route sees it. */
export type Viewer = {
  id: string
  username: string
  name: string
  /** The leading role and its units, for the screen; what is allowed follows from the assignments alone. */
  role: Role
  units: string[]
  mayUnmask: boolean
  /** The account's own role and units, and the grants that run. */
  assignments: readonly Assignment[]
  /** When the assignments change by themselves; Infinity for never. */
  rightsUntil: number
  mustChangePassword: boolean
  mustSetUpTotp: boolean
  session: { id: string; csrf: string; via: SessionVia }
}

/** How a session was opened. */
export type SessionVia = SessionRow['via']

/** Why sockets must be disconnected: one session ended, or everything of a user (grant changed, disabled). */
export type Ended = { session: string } | { user: string }

export type Sessions = {
  /** A new session; the cookie's value is known to the browser alone, the database keeps its hash. */
  open(userId: string, from: { address: string; agent: string }, via?: SessionVia): { cookie: string; viewer: Viewer }
  /** The viewer behind a cookie, or undefined. `touch: false` looks without counting as use. */
  find(cookie: string, options?: { touch: boolean }): Viewer | undefined
  /** True while the session could still be used; for the sockets opened with it. */
  isAlive(sessionId: string): boolean
  end(sessionId: string): void
  /** Open sessions of an account, last used first; `current` marks one. */
  ofUser(userId: string, current?: string): SessionRow[]
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
  via: SessionVia
  last_used_at: number
  username: string
  name: string
  role: string
  units: string
  may_unmask: number
  must_change_password: number
  password_set_at: number
  totp: number
}

const SELECT = `SELECT s.id, s.user_id, s.csrf, s.via, s.last_used_at, u.username, u.name, u.role, u.units, u.may_unmask, u.must_change_password, u.password_set_at,
  EXISTS (SELECT 1 FROM totp t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS totp
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE u.enabled = 1 AND s.expires_at > ? AND s.last_used_at > ?`

/** The order in which a person's assignments name the leading role. */
const leading: readonly Role[] = ['admin', 'analyst', 'auditor', 'owner', 'leader']

/** The viewer of a session's row as rights and policy stand now; undefined when the account's role is unknown. */
function viewerOf(control: Control, policy: AccountPolicy, row: Row, now: number): Viewer | undefined {
  const role = roles.find((known) => known === row.role)
  // A role this version does not know is no role.
  if (role === undefined) return undefined
  const base = {
    id: row.user_id,
    role,
    units: JSON.parse(row.units) as string[],
    mayUnmask: row.may_unmask === 1
  }
  const rights = rightsOf(control, base, now)
  const first =
    leading.find((candidate) => rights.assignments.some((assignment) => assignment.role === candidate)) ?? role
  const leads = rights.assignments.filter((assignment) => assignment.role === first)
  const everywhere = leads.some((assignment) => assignment.units.length === 0)
  const { maxAgeDays, totpRoles } = policy
  // Whoever the identity provider signed in, or the glass was broken for, is not held up by rules for passwords.
  const byPassword = row.via === 'password'
  const aged = maxAgeDays > 0 && row.password_set_at + maxAgeDays * DAY_MS <= now
  return {
    id: row.user_id,
    username: row.username,
    name: row.name,
    role: first,
    units: everywhere ? [] : [...new Set(leads.flatMap((assignment) => assignment.units))],
    mayUnmask: rights.assignments.some((assignment) => assignment.mayUnmask),
    assignments: rights.assignments,
    rightsUntil: rights.until,
    mustChangePassword: byPassword && (row.must_change_password === 1 || aged),
    mustSetUpTotp:
      byPassword && row.totp === 0 && rights.assignments.some((assignment) => totpRoles.includes(assignment.role)),
    session: { id: row.id, csrf: row.csrf, via: row.via }
  }
}

/** Sessions in the control database; they end by themselves at `limits`. */
export function createSessions(control: Control, clock: Clock, limits: SessionLimits = defaultLimits): Sessions {
  const policy = createPolicy(control)
  const listeners: ((ended: Ended) => void)[] = []
  const tell = (ended: Ended) => {
    for (const listener of listeners) listener(ended)
  }
  function find(cookie: string, options = { touch: true }): Viewer | undefined {
    if (!/^[A-Za-z0-9_-]{43}$/.test(cookie)) return undefined
    const now = clock.now()
    const row = control.get<Row>(`${SELECT} AND s.token_hash = ?`, now, now - limits.idleMs, hashOf(cookie))
    if (row === undefined) return undefined
    if (options.touch && now - row.last_used_at >= TOUCH_MS)
      // Whoever is signed in goes on reading while nothing can be written.
      control.storage.write(() => control.sql('UPDATE sessions SET last_used_at = ? WHERE id = ?').run(now, row.id))
    return viewerOf(control, policy.get(), row, now)
  }

  return {
    open(userId, from, via = 'password') {
      const cookie = randomId(32)
      const now = clock.now()
      control.transaction(() => {
        control.sql('DELETE FROM sessions WHERE expires_at <= ? OR last_used_at <= ?').run(now, now - limits.idleMs)
        const surplus = control.all<{ id: string }>(
          'SELECT id FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC, rowid DESC LIMIT -1 OFFSET ?',
          userId,
          MAX_PER_USER - 1
        )
        for (const { id } of surplus) this.end(id)
        control
          .sql(
            `INSERT INTO sessions (token_hash, id, user_id, csrf, created_at, last_used_at, expires_at, address, agent, via)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
          )
          .run(
            hashOf(cookie),
            randomId(),
            userId,
            randomId(24),
            now,
            now,
            now + (via === 'break_glass' ? Math.min(BREAK_GLASS_MS, limits.absoluteMs) : limits.absoluteMs),
            from.address,
            from.agent.slice(0, 300),
            via
          )
      })
      const viewer = find(cookie, { touch: false })
      if (viewer === undefined) throw new Error('a session was opened for a user who may not sign in')
      return { cookie, viewer }
    },
    find,
    isAlive(sessionId) {
      const now = clock.now()
      return control.get<Row>(`${SELECT} AND s.id = ?`, now, now - limits.idleMs, sessionId) !== undefined
    },
    end(sessionId) {
      control.sql('DELETE FROM sessions WHERE id = ?').run(sessionId)
      tell({ session: sessionId })
    },
    ofUser(userId, current) {
      const now = clock.now()
      const rows = control.all<{
        id: string
        created_at: number
        last_used_at: number
        expires_at: number
        address: string
        agent: string
        via: SessionVia
      }>(
        `SELECT id, created_at, last_used_at, expires_at, address, agent, via FROM sessions
           WHERE user_id = ? AND expires_at > ? AND last_used_at > ? ORDER BY last_used_at DESC, rowid DESC`,
        userId,
        now,
        now - limits.idleMs
      )
      return rows.map((row) => ({
        id: row.id,
        ...deviceOf(row.agent),
        address: row.address,
        via: row.via,
        since: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: Math.min(row.expires_at, row.last_used_at + limits.idleMs),
        current: row.id === current
      }))
    },
    endAllOf(userId, except = '') {
      const ended = control.all<{
        id: string
      }>('SELECT id FROM sessions WHERE user_id = ? AND id <> ?', userId, except)
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

/** Whether an account has a session that was opened at this address. */
export function openedFrom(control: Control, username: string, address: string): boolean {
  const row = control
    .sql('SELECT 1 FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.username = ? AND s.address = ? LIMIT 1')
    .get(username, address)
  return row !== undefined
}
