import { Type, type Static } from 'typebox'
import { Millis, RoleName, oneOf, Id, Nothing } from './common.ts'
import { UserRow, Session } from './people.ts'
import type { Routes } from './routes.ts'

const orNull = <T extends ReturnType<typeof Type.String> | typeof Millis | typeof RoleName>(type: T) =>
  Type.Union([type, Type.Null()])
const Code = Type.String({ minLength: 6, maxLength: 20 })
const Password = Type.String({ minLength: 1, maxLength: 1000 })

/** The password was right; the sign-in waits for its second step (status 202). */
export const SecondStep = Type.Object({
  step: oneOf(['code', 'reason'] as const),
  token: Type.String(),
  expiresAt: Millis
})
export type SecondStep = Static<typeof SecondStep>
export const TakeStep = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 100 }),
  /** Six digits of the app, or a recovery code. */
  code: Type.Optional(Code),
  /** Why the break-glass account is opened. */
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 }))
})
/** What the sign-in page offers beside the password. */
export const SignInWays = Type.Object({ oidc: Type.Union([Type.Object({ name: Type.String() }), Type.Null()]) })
export type SignInWays = Static<typeof SignInWays>

/** What a password must be like, as shown while it is typed. */
export const PasswordRules = Type.Object({
  minLength: Type.Integer({ minimum: 8, maximum: 64 }),
  /** Kinds of characters out of four (lower, upper, digits, others); 0 asks for none. */
  classes: Type.Integer({ minimum: 0, maximum: 4 }),
  /** So many passwords before may not come again, the current one among them. */
  history: Type.Integer({ minimum: 1, maximum: 24 }),
  /** Days after which it must be changed; 0 for never. */
  maxAgeDays: Type.Integer({ minimum: 0, maximum: 3650 })
})
export type PasswordRules = Static<typeof PasswordRules>
export const AccountPolicy = Type.Object({
  ...PasswordRules.properties,
  /** Words that count for nothing in a password, beside the built-in ones and the names of the province. */
  refusedWords: Type.Array(Type.String({ minLength: 2, maxLength: 50 }), { maxItems: 200 }),
  /** Roles that may not work without a second factor. */
  totpRoles: Type.Array(RoleName, { maxItems: 5 })
})
export type AccountPolicy = Static<typeof AccountPolicy>

export const SessionRow = Type.Object({
  id: Type.String(),
  /** As the browser calls itself: `Firefox`, `Windows`; '' when it does not say. */
  browser: Type.String(),
  system: Type.String(),
  address: Type.String(),
  via: oneOf(['password', 'oidc', 'break_glass'] as const),
  since: Millis,
  lastUsedAt: Millis,
  expiresAt: Millis,
  current: Type.Boolean()
})
export type SessionRow = Static<typeof SessionRow>

export const GrantRow = Type.Object({
  id: Type.String(),
  /** Null: the account's own role. */
  role: orNull(RoleName),
  /** Empty: the account's own units. */
  units: Type.Array(Type.String()),
  from: Millis,
  to: Millis,
  reason: Type.String(),
  /** Username of who gave it. */
  by: Type.String(),
  createdAt: Millis,
  revokedAt: orNull(Millis),
  revokedBy: orNull(Type.String()),
  state: oneOf(['coming', 'running', 'over', 'revoked'] as const)
})
export type GrantRow = Static<typeof GrantRow>
export const NewGrant = Type.Object({
  role: orNull(RoleName),
  units: Type.Array(Type.String(), { maxItems: 500 }),
  /** 0 for now. */
  from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  to: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  reason: Type.String({ minLength: 3, maxLength: 500 })
})
export type NewGrant = Static<typeof NewGrant>

/** The own account. */
export const Account = Type.Object({
  email: Type.String(),
  totp: Type.Object({
    enabled: Type.Boolean(),
    since: orNull(Millis),
    recoveryLeft: Type.Number(),
    /** The policy asks for it; it cannot be switched off. */
    required: Type.Boolean()
  }),
  passwordSetAt: Millis,
  rules: PasswordRules,
  via: SessionRow.properties.via,
  grants: Type.Array(GrantRow),
  sessions: Type.Array(SessionRow)
})
export type Account = Static<typeof Account>
export const PasswordOnly = Type.Object({ password: Password })
export const CodeOnly = Type.Object({ code: Code })
export const PasswordAndCode = Type.Object({ password: Password, code: Code })
/** A new secret, shown once; in force when the app's first code has confirmed it. */
export const TotpSetup = Type.Object({ secret: Type.String(), uri: Type.String(), svg: Type.String() })
export type TotpSetup = Static<typeof TotpSetup>
/** Shown once; each opens the account once. */
export const RecoveryCodes = Type.Object({ codes: Type.Array(Type.String()) })

export const AccountLinkRow = Type.Object({
  id: Type.String(),
  kind: oneOf(['invite', 'reset'] as const),
  createdAt: Millis,
  by: Type.String(),
  expiresAt: Millis,
  state: oneOf(['waiting', 'used', 'revoked', 'expired'] as const)
})
export type AccountLinkRow = Static<typeof AccountLinkRow>
/** A link shown once: a path of this console. `sent` when it also goes to the account's address. */
export const OnceLink = Type.Object({ user: UserRow, path: Type.String(), expiresAt: Millis, sent: Type.Boolean() })
export type OnceLink = Static<typeof OnceLink>
/** What somebody with a link sees before setting a password. */
export const Welcome = Type.Object({
  kind: oneOf(['invite', 'reset'] as const),
  name: Type.String(),
  username: Type.String(),
  expiresAt: Millis,
  rules: PasswordRules
})
export type Welcome = Static<typeof Welcome>

export const OidcLink = Type.Object({
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  /** Verified e-mail or user name at the provider. */
  login: Type.Optional(Type.String({ minLength: 1, maxLength: 255 }))
})
export type OidcLink = Static<typeof OidcLink>
/** An account with everything an administrator sees of it. */
export const UserDetail = Type.Object({
  user: UserRow,
  oidc: Type.Union([
    Type.Object({ issuer: Type.String(), subject: orNull(Type.String()), login: orNull(Type.String()) }),
    Type.Null()
  ]),
  grants: Type.Array(GrantRow),
  sessions: Type.Array(SessionRow),
  links: Type.Array(AccountLinkRow)
})
export type UserDetail = Static<typeof UserDetail>

/** The own account: second factor, sessions, rights. Everything here is about whoever asks, never about somebody else. */
export const accountApi = {
  'GET /api/account': { who: 'own_session', about: 'The own account', answer: Account },
  'POST /api/account/totp': {
    who: 'own_session',
    about: 'New secret for an authenticator app, shown once',
    body: PasswordOnly,
    answer: TotpSetup
  },
  'POST /api/account/totp/confirm': {
    who: 'own_session',
    about: 'The first code of the app puts the second factor in force; ends the other sessions',
    body: CodeOnly,
    answer: Type.Object({ codes: RecoveryCodes.properties.codes, session: Session })
  },
  'POST /api/account/totp/recovery': {
    who: 'own_session',
    about: 'New recovery codes, shown once; the old ones are gone',
    body: CodeOnly,
    answer: RecoveryCodes
  },
  'POST /api/account/totp/disable': {
    who: 'own_session',
    about: 'Switch the second factor off',
    body: PasswordAndCode,
    answer: Nothing
  },
  'DELETE /api/account/sessions/:id': {
    who: 'own_session',
    about: 'End one of the own sessions',
    params: Id,
    answer: Nothing
  },
  'DELETE /api/account/sessions': { who: 'own_session', about: 'End all own sessions but this one', answer: Nothing }
} satisfies Routes
