import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { createAudit } from './audit.ts'
import { createGrants } from './grants.ts'
import { createKeyFile } from './key-file.ts'
import { createKnownDevices } from './known-devices.ts'
import { createLinks } from './links.ts'
import { createOidcAccounts } from './oidc-accounts.ts'
import { createOidc } from './oidc.ts'
import { createPolicy } from './policy.ts'
import { createSessions, openedFrom } from './sessions.ts'
import { createSignInLimit } from './sign-in-limit.ts'
import { createSignInSteps } from './sign-in-steps.ts'
import { createTotp } from './totp.ts'
import { createUsers } from './users.ts'

/** People and how they come in: accounts, sessions, second factor, identity provider, grants, and the audit log. */
export type Accounts = ReturnType<typeof createAccounts>

/** Opens everything about accounts on the control database. `oidc` is undefined without an identity provider. */
export function createAccounts(parts: { control: Control; clock: Clock; config: Config }) {
  const { control, clock, config } = parts
  const audit = createAudit(control, clock)
  const users = createUsers(control, clock)
  const devices = createKnownDevices(control, clock)
  return {
    audit,
    users,
    sessions: createSessions(control, clock, {
      idleMs: config.SOC_SESSION_IDLE_MIN * MINUTE_MS,
      absoluteMs: config.SOC_SESSION_HOURS * HOUR_MS
    }),
    steps: createSignInSteps(clock),
    policy: createPolicy(control),
    grants: createGrants(control, clock),
    totp: createTotp(control, clock, createKeyFile(config.SOC_DATA)),
    links: createLinks(control, clock),
    oidc: createOidc(config, clock),
    oidcAccounts: createOidcAccounts(control, config, users, audit),
    devices,
    signInLimit: createSignInLimit(
      clock,
      (username, address) => openedFrom(control, username, address) || devices.from(username, address)
    )
  }
}
