import type { UserRow } from '#core/api/people.ts'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { Role } from '#core/roles.ts'
import type { Control } from '#control/database/control.ts'
import { createPolicy } from './policy.ts'

export type NewUser = {
  username: string
  name: string
  role: Role
  units: string[]
  mayUnmask: boolean
  email?: string
}
export type UserChange = Partial<{
  name: string
  role: Role
  units: string[]
  enabled: boolean
  mayUnmask: boolean
  email: string
}>

type Row = {
  id: string
  username: string
  name: string
  role: Role
  units: string
  may_unmask: number
  must_change_password: number
  enabled: number
  created_at: number
  last_sign_in_at: number | null
  sessions: number
  email: string
  totp: number
  break_glass: '' | 'sealed' | 'used'
  grants: number
}
const SELECT = `SELECT u.id, u.username, u.name, u.role, u.units, u.may_unmask, u.must_change_password, u.enabled, u.created_at,
  u.last_sign_in_at, (SELECT count(*) FROM sessions s WHERE s.user_id = u.id) AS sessions,
  u.email, u.break_glass, EXISTS (SELECT 1 FROM totp t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS totp,
  (SELECT count(*) FROM grants g WHERE g.user_id = u.id AND g.from_at <= ?1 AND g.to_at > ?1 AND g.revoked_at IS NULL) AS grants
  FROM users u`

const rowOf = (row: Row): UserRow => ({
  id: row.id,
  username: row.username,
  name: row.name,
  role: row.role,
  units: JSON.parse(row.units) as string[],
  mayUnmask: row.may_unmask === 1,
  enabled: row.enabled === 1,
  mustChangePassword: row.must_change_password === 1,
  createdAt: row.created_at,
  lastSignInAt: row.last_sign_in_at,
  sessions: row.sessions,
  email: row.email,
  totp: row.totp === 1,
  breakGlass: row.break_glass,
  grants: row.grants
})

/** An administrator who is held to no unit: somebody must always be one. */
const leadsProvince = (user: Pick<UserRow, 'role' | 'units' | 'enabled' | 'breakGlass'>) =>
  user.breakGlass === '' && user.role === 'admin' && user.enabled && user.units.length === 0

/** The accounts in the control database; who may change them is decided before. */
export type Users = {
  list(): UserRow[]
  get(id: string): UserRow | undefined
  /** For the sign-in: id, hash and whether the account is open. */
  credentials(username: string): { id: string; password: string; enabled: boolean; breakGlass: string } | undefined
  /** `password` is a PHC string. Refuses a taken username with `user.exists`, 409. */
  create(user: NewUser, password: string): UserRow
  /** Refuses to leave the platform without an enabled administrator: `user.last_admin`, 409. */
  change(id: string, change: UserChange): UserRow
  /** Puts a PHC string in place; the replaced one goes into the memory of the account when `remember`. */
  setPassword(id: string, password: string, mustChange: boolean, remember?: boolean): void
  signedIn(id: string): void
}

export function createUsers(control: Control, clock: Clock): Users {
  const policy = createPolicy(control)
  const get = (id: string) => {
    const row = control.get<Row>(`${SELECT} WHERE u.id = ?2`, clock.now(), id)
    return row === undefined ? undefined : rowOf(row)
  }
  const users: Users = {
    list: () => control.all<Row>(`${SELECT} ORDER BY u.username`, clock.now()).map(rowOf),
    get,
    credentials(username) {
      const row = control.get<{ id: string; password: string; enabled: number; break_glass: string }>(
        'SELECT id, password, enabled, break_glass FROM users WHERE username = ?',
        username
      )
      return row === undefined
        ? undefined
        : { id: row.id, password: row.password, enabled: row.enabled === 1, breakGlass: row.break_glass }
    },
    create(user, password) {
      const id = randomId()
      return control.transaction(() => {
        if (control.sql('SELECT 1 FROM users WHERE username = ?').get(user.username) !== undefined)
          throw new SocError('user.exists', 'the user name is taken', {
            status: 409,
            params: { username: user.username }
          })
        control
          .sql(
            `INSERT INTO users (id, username, name, role, units, may_unmask, password, must_change_password, enabled, created_at, password_set_at, email)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 1, ?8, ?8, ?9)`
          )
          .run(
            id,
            user.username,
            user.name,
            user.role,
            JSON.stringify(user.units),
            user.mayUnmask ? 1 : 0,
            password,
            clock.now(),
            user.email ?? ''
          )
        return get(id)!
      })
    },
    change(id, change) {
      return control.transaction(() => {
        const old = get(id)
        if (old === undefined) throw new SocError('user.not_found', 'no such user', { status: 404 })
        const next = {
          breakGlass: old.breakGlass,
          name: change.name ?? old.name,
          role: change.role ?? old.role,
          units: change.units ?? old.units,
          enabled: change.enabled ?? old.enabled,
          mayUnmask: change.mayUnmask ?? old.mayUnmask,
          email: change.email ?? old.email
        }
        control
          .sql('UPDATE users SET name = ?, role = ?, units = ?, enabled = ?, may_unmask = ?, email = ? WHERE id = ?')
          .run(
            next.name,
            next.role,
            JSON.stringify(next.units),
            next.enabled ? 1 : 0,
            next.mayUnmask ? 1 : 0,
            next.email,
            id
          )
        if (leadsProvince(old) && !leadsProvince(next) && !users.list().some(leadsProvince))
          throw new SocError('user.last_admin', 'this is the last administrator of the province', { status: 409 })
        return get(id)!
      })
    },
    setPassword(id, password, mustChange, remember = true) {
      const old = control.get<{ password: string }>('SELECT password FROM users WHERE id = ?', id)
      if (old !== undefined && remember) policy.remember(id, old.password)
      control
        .sql('UPDATE users SET password = ?, must_change_password = ?, password_set_at = ? WHERE id = ?')
        .run(password, mustChange ? 1 : 0, clock.now(), id)
    },
    signedIn(id) {
      control.sql('UPDATE users SET last_sign_in_at = ? WHERE id = ?').run(clock.now(), id)
    }
  }
  return users
}
