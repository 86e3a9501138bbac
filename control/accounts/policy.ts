import type { AccountPolicy } from '#core/api/accounts.ts'
import type { Control } from '#control/database/control.ts'
import { verifyPassword } from './password.ts'
import { SocError } from '#core/errors.ts'

/** What holds until an administrator decides otherwise: length over kinds of characters, no forced ageing (NIST SP 800-63B). */
export const defaultPolicy: AccountPolicy = {
  minLength: 12,
  classes: 0,
  history: 5,
  maxAgeDays: 0,
  refusedWords: [],
  totpRoles: []
}

/** The rules for passwords and second factors, one set for the platform. */
export type Policy = {
  get(): AccountPolicy
  set(policy: AccountPolicy): void
  /** Refuses a password that was used lately with `password.reused` {count}, 422. `current` is the PHC string in use. */
  checkReuse(userId: string, current: string, password: string): Promise<void>
  /** Puts the replaced password into the memory of the account, which stays as long as the policy looks back. */
  remember(userId: string, replaced: string): void
}

export function createPolicy(control: Control): Policy {
  const get = (): AccountPolicy => {
    const row = control.get<{ policy: string }>('SELECT policy FROM account_policy WHERE only = 1')
    return row === undefined ? defaultPolicy : { ...defaultPolicy, ...(JSON.parse(row.policy) as AccountPolicy) }
  }
  return {
    get,
    set(policy) {
      control
        .sql(
          'INSERT INTO account_policy (only, policy) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET policy = excluded.policy'
        )
        .run(JSON.stringify(policy))
    },
    async checkReuse(userId, current, password) {
      const { history } = get()
      const old = control.all<{ password: string }>(
        'SELECT password FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?',
        userId,
        history
      )
      // Never more than the policy's ceiling of history: each costs what a sign-in costs.
      for (const stored of [current, ...old.map((row) => row.password)].slice(0, history))
        if (await verifyPassword(password, stored))
          throw new SocError('password.reused', 'the password was used before', {
            status: 422,
            params: { count: history }
          })
    },
    remember(userId, replaced) {
      control.sql('INSERT INTO password_history (user_id, password) VALUES (?, ?)').run(userId, replaced)
      control
        .sql(
          `DELETE FROM password_history WHERE user_id = ? AND id NOT IN
           (SELECT id FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?)`
        )
        .run(userId, userId, Math.max(1, get().history))
    }
  }
}
