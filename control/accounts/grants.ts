import type { GrantRow } from '#core/api/accounts.ts'
import type { Clock } from '#core/clock.ts'
import { refuse } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import { roles, type Role } from '#core/roles.ts'
import { DAY_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** Grants of one account that are neither over nor revoked; more are refused, so that a request reads few rows. */
const MAX_OPEN = 20
const MAX_LENGTH_MS = 366 * DAY_MS

/** One role over one set of units. Rights of two assignments never mix: what a role may do, it may do in its own units only. */
export type Assignment = { role: Role; units: readonly string[]; mayUnmask: boolean }
export type Rights = {
  assignments: Assignment[]
  /** When these rights change by themselves (a grant begins or ends), milliseconds; Infinity for never. */
  until: number
}
export type Base = { id: string; role: Role; units: readonly string[]; mayUnmask: boolean }
export type NewGrant = { role: Role | null; units: string[]; from: number; to: number; reason: string }

type Row = {
  id: string
  user_id: string
  role: string | null
  units: string
  from_at: number
  to_at: number
  reason: string
  created_at: number
  created_by: string
  revoked_at: number | null
  revoked_by: string | null
}

const unmasks = (role: Role, may: boolean) => may && role !== 'leader' && role !== 'auditor'

/** What an account may do now: its own role and units, and every grant that runs. Read anew for each request. */
export function rightsOf(control: Control, base: Base, now: number): Rights {
  const own = { role: base.role, units: base.units, mayUnmask: unmasks(base.role, base.mayUnmask) }
  const rows = control.all<Pick<Row, 'role' | 'units' | 'from_at' | 'to_at'>>(
    'SELECT role, units, from_at, to_at FROM grants WHERE user_id = ? AND to_at > ? AND revoked_at IS NULL',
    base.id,
    now
  )
  const assignments = [own]
  let until = Infinity
  for (const row of rows) {
    if (row.from_at > now) {
      until = Math.min(until, row.from_at)
      continue
    }
    until = Math.min(until, row.to_at)
    const role = row.role === null ? base.role : roles.find((known) => known === row.role)
    const named = JSON.parse(row.units) as string[]
    const units = named.length > 0 ? named : base.units
    // A role this version does not know is no role; a unit's person without units never gets the province by a role.
    if (role === undefined || (units.length === 0 && base.role === 'owner')) continue
    assignments.push({ role, units, mayUnmask: unmasks(role, base.mayUnmask) })
  }
  return { assignments, until }
}

/**
 * Everything an account can do or will be able to: its own role and units, and every grant that runs or waits. The right to
 * see numbers whole counts as the account holds it, whatever its role makes of it today.
 */
export function authorityOf(
  base: Omit<Base, 'id'>,
  open: readonly Pick<GrantRow, 'role' | 'units' | 'state'>[]
): Assignment[] {
  const { mayUnmask } = base
  const given = open
    .filter(({ state }) => state === 'running' || state === 'coming')
    .map(({ role, units }) => ({ role: role ?? base.role, units: units.length > 0 ? units : base.units, mayUnmask }))
  return [{ role: base.role, units: base.units, mayUnmask }, ...given]
}

/** Temporary rights in the control database; who may give them is decided before. */
export type Grants = {
  /** Newest first, those that are over too. */
  ofUser(userId: string): GrantRow[]
  /** What is left open of the account's grants: those that run and those that wait. */
  openOf(userId: string): GrantRow[]
  /** Role and units are written down as they are now, so that a later change of the account never widens what was given. Refuses `grant.range`, `grant.empty`, `grant.units_required`, `grant.too_many`, 422. */
  add(user: { id: string; role: Role; units: readonly string[] }, grant: NewGrant, by: string): GrantRow
  /** True when it was open until now. */
  revoke(userId: string, grantId: string, by: string): boolean
}

export function createGrants(control: Control, clock: Clock): Grants {
  const rowOf = (row: Row): GrantRow => {
    const now = clock.now()
    const state =
      row.revoked_at !== null ? 'revoked' : row.to_at <= now ? 'over' : row.from_at > now ? 'coming' : 'running'
    return {
      id: row.id,
      role: roles.find((known) => known === row.role) ?? null,
      units: JSON.parse(row.units) as string[],
      from: row.from_at,
      to: row.to_at,
      reason: row.reason,
      by: row.created_by,
      createdAt: row.created_at,
      revokedAt: row.revoked_at,
      revokedBy: row.revoked_by,
      state
    }
  }
  return {
    ofUser: (userId) =>
      control.all<Row>('SELECT * FROM grants WHERE user_id = ? ORDER BY to_at DESC, id LIMIT 200', userId).map(rowOf),
    openOf: (userId) =>
      control
        .all<Row>('SELECT * FROM grants WHERE user_id = ? AND to_at > ? AND revoked_at IS NULL', userId, clock.now())
        .map(rowOf),
    add(user, grant, by) {
      const now = clock.now()
      const from = Math.max(grant.from, now)
      if (grant.to <= from || grant.to - from > MAX_LENGTH_MS)
        refuse(422, 'grant.range', 'a grant ends after it begins, within a year')
      if (grant.role === null && grant.units.length === 0) refuse(422, 'grant.empty', 'a grant gives a role or units')
      if (grant.units.length === 0 && user.units.length === 0 && user.role === 'owner')
        refuse(422, 'grant.units_required', 'an account without units needs them named')
      return control.transaction(() => {
        const { open } = control.single<{ open: number }>(
          'SELECT count(*) AS open FROM grants WHERE user_id = ? AND to_at > ? AND revoked_at IS NULL',
          user.id,
          now
        )
        if (open >= MAX_OPEN) refuse(422, 'grant.too_many', 'this account has too many open grants')
        const id = randomId()
        control
          .sql(
            `INSERT INTO grants (id, user_id, role, units, from_at, to_at, reason, created_at, created_by)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
          )
          .run(
            id,
            user.id,
            grant.role ?? user.role,
            JSON.stringify(grant.units.length > 0 ? grant.units : user.units),
            from,
            grant.to,
            grant.reason,
            now,
            by
          )
        return rowOf(control.single<Row>('SELECT * FROM grants WHERE id = ?', id))
      })
    },
    revoke(userId, grantId, by) {
      const { changes } = control
        .sql(
          'UPDATE grants SET revoked_at = ?, revoked_by = ? WHERE id = ? AND user_id = ? AND revoked_at IS NULL AND to_at > ?'
        )
        .run(clock.now(), by, grantId, userId, clock.now())
      return Number(changes) > 0
    }
  }
}
