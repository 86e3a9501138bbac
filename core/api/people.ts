import { Type, type Static } from 'typebox'
import { Millis, RoleName } from './common.ts'

export const Session = Type.Object({
  user: Type.Object({
    id: Type.String(),
    username: Type.String(),
    name: Type.String(),
    role: RoleName,
    /** Unit codes it may see, with their subtrees; empty for those who see the province. */
    units: Type.Array(Type.String()),
    mayUnmask: Type.Boolean()
  }),
  mustChangePassword: Type.Boolean(),
  /** The policy asks for a second factor that is not set up yet: nothing else opens before. */
  mustSetUpTotp: Type.Boolean(),
  /** To be sent as `x-csrf-token` with every act. */
  csrf: Type.String()
})
export type Session = Static<typeof Session>
export const SignIn = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 100 }),
  password: Type.String({ minLength: 1, maxLength: 1000 })
})
export const ChangePassword = Type.Object({
  current: Type.String({ minLength: 1, maxLength: 1000 }),
  next: Type.String({ minLength: 1, maxLength: 1000 })
})

/** Empty, or an address; what is written there is checked by the one who sends. */
const Email = Type.String({ maxLength: 254, pattern: '^$|^[^\\s@<>,;"]+@[^\\s@<>,;"]+$' })
export const UserRow = Type.Object({
  id: Type.String(),
  username: Type.String(),
  name: Type.String(),
  role: RoleName,
  units: Type.Array(Type.String()),
  mayUnmask: Type.Boolean(),
  enabled: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  createdAt: Millis,
  lastSignInAt: Type.Union([Millis, Type.Null()]),
  sessions: Type.Number(),
  email: Type.String(),
  /** A second factor is in force. */
  totp: Type.Boolean(),
  /** The sealed account for emergencies; '' for ordinary ones. */
  breakGlass: Type.Enum(['', 'sealed', 'used']),
  /** Grants that run now. */
  grants: Type.Number()
})
export type UserRow = Static<typeof UserRow>
export const NewUser = Type.Object({
  username: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{1,63}$' }),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  role: RoleName,
  units: Type.Array(Type.String(), { maxItems: 500 }),
  /** May see citizens' numbers whole, each time audited; false when absent. */
  mayUnmask: Type.Optional(Type.Boolean()),
  email: Type.Optional(Email),
  /** The person sets the own password by a link; else a password is made and shown once. */
  invite: Type.Optional(Type.Boolean())
})
export type NewUser = Static<typeof NewUser>
export const UserChange = Type.Partial(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 200 }),
    role: RoleName,
    units: Type.Array(Type.String(), { maxItems: 500 }),
    mayUnmask: Type.Boolean(),
    enabled: Type.Boolean(),
    email: Email
  })
)
export type UserChange = Static<typeof UserChange>
/** A password shown once, or instead of it the path of an invitation. */
export const OncePassword = Type.Object({
  user: UserRow,
  password: Type.String(),
  link: Type.Optional(Type.Object({ path: Type.String(), expiresAt: Millis, sent: Type.Boolean() }))
})

export type OncePassword = Static<typeof OncePassword>

/** Somebody as others see whom work is given to. */
export const Person = Type.Object({ id: Type.String(), name: Type.String() })
export type Person = Static<typeof Person>

export const AuditEntry = Type.Object({
  id: Type.Number(),
  at: Millis,
  user: Type.String(),
  act: Type.String(),
  target: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
  address: Type.String()
})
export type AuditEntry = Static<typeof AuditEntry>
