import type { Config } from '#core/config.ts'
import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'
import type { Role } from '#core/roles.ts'
import type { Control } from '#control/database/control.ts'
import type { Audit } from './audit.ts'
import type { OidcPerson } from './oidc.ts'
import type { Users } from './users.ts'

export type OidcAccount = { userId: string; username: string }
type Row = { user_id: string; issuer: string; subject: string | null; login: string | null }

/** Which account a person of the identity provider signs in to. */
export type OidcAccounts = {
  ofUser(userId: string): { issuer: string; subject: string | null; login: string | null } | null
  /** Ties an account to a subject or a login; neither unties it. Refuses `oidc.taken`, 409. */
  link(userId: string, issuer: string, link: { subject?: string; login?: string }): void
  /**
   * The account of a verified person, inside a transaction. Throws `oidc.unknown` (no administrator has tied it), `oidc.no_role`
   * (none of the groups is mapped), `oidc.disabled`, 403. With mapped groups the role follows them at each sign-in.
   */
  resolve(person: OidcPerson, address: string): OidcAccount
}

export function createOidcAccounts(control: Control, config: Config, users: Users, audit: Audit): OidcAccounts {
  const mapped = config.SOC_OIDC_ROLES
  const refusal = (code: RefusalCode, message: string) => new SocError(code, message, { status: 403 })

  function find(person: OidcPerson): Row | undefined {
    const bySubject = control.get<Row>(
      'SELECT * FROM oidc_links WHERE issuer = ? AND subject = ?',
      person.issuer,
      person.subject
    )
    if (bySubject !== undefined) return bySubject
    // A login is believed once: from the first sign-in on the subject counts, which no renaming at the provider moves.
    // An address in the user name is what its person typed there, not what the provider has verified.
    for (const login of [person.email, person.username.includes('@') ? '' : person.username]) {
      if (login === '') continue
      const row = control.get<Row>(
        'SELECT * FROM oidc_links WHERE issuer = ? AND login = ? AND subject IS NULL',
        person.issuer,
        login
      )
      if (row === undefined) continue
      control.sql('UPDATE oidc_links SET subject = ? WHERE user_id = ?').run(person.subject, row.user_id)
      return row
    }
    return undefined
  }
  /** The first mapped group in the order of the setting decides. */
  const roleOf = (person: OidcPerson): Role | undefined =>
    mapped.find(({ group }) => person.groups.includes(group))?.role

  function create(person: OidcPerson, address: string): Row {
    const role = roleOf(person)
    if (role === undefined) throw refusal('oidc.no_role', 'no group of this person has a role here')
    const username = (person.username || person.email).replace(/@.*$/, '')
    if (!/^[a-z0-9][a-z0-9._-]{1,63}$/.test(username) || users.credentials(username) !== undefined)
      throw refusal('oidc.unknown', 'no account can be made under this name')
    // No password opens it: the hash is no hash.
    const user = users.create({ username, name: person.name || username, role, units: [], mayUnmask: false }, '!')
    control
      .sql('INSERT INTO oidc_links (user_id, issuer, subject) VALUES (?, ?, ?)')
      .run(user.id, person.issuer, person.subject)
    audit.record({
      user: 'system',
      act: 'user.created',
      target: user.id,
      params: { username, role, oidc: true },
      address
    })
    return { user_id: user.id, issuer: person.issuer, subject: person.subject, login: null }
  }

  return {
    ofUser(userId) {
      const row = control.get<Row>('SELECT * FROM oidc_links WHERE user_id = ?', userId)
      return row === undefined ? null : { issuer: row.issuer, subject: row.subject, login: row.login }
    },
    link(userId, issuer, { subject, login }) {
      control.transaction(() => {
        control.sql('DELETE FROM oidc_links WHERE user_id = ?').run(userId)
        if (subject === undefined && login === undefined) return
        const folded = login?.trim().toLowerCase() ?? null
        const taken = control
          .sql('SELECT 1 FROM oidc_links WHERE issuer = ? AND (subject = ? OR login = ?)')
          .get(issuer, subject ?? null, folded)
        if (taken !== undefined)
          throw new SocError('oidc.taken', 'another account is tied to this person', { status: 409 })
        control
          .sql('INSERT INTO oidc_links (user_id, issuer, subject, login) VALUES (?, ?, ?, ?)')
          .run(userId, issuer, subject ?? null, folded)
      })
    },
    resolve(person, address) {
      const row = find(person) ?? (config.SOC_OIDC_CREATE ? create(person, address) : undefined)
      if (row === undefined) throw refusal('oidc.unknown', 'no account is tied to this person')
      const user = users.get(row.user_id)
      if (user === undefined || user.breakGlass !== '')
        throw refusal('oidc.unknown', 'no account is tied to this person')
      if (!user.enabled) throw refusal('oidc.disabled', 'the account is closed')
      if (mapped.length > 0) {
        const role = roleOf(person)
        if (role === undefined) throw refusal('oidc.no_role', 'no group of this person has a role here')
        if (role !== user.role) {
          users.change(user.id, { role })
          audit.record({ user: 'system', act: 'user.changed', target: user.id, params: { role, oidc: true }, address })
        }
      }
      return { userId: user.id, username: user.username }
    }
  }
}
