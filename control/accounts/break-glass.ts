import { randomBytes } from 'node:crypto'
import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Control } from '#control/database/control.ts'
import { createAudit } from './audit.ts'
import { hashPassword, randomPassword } from './password.ts'
import { createSessions } from './sessions.ts'
import { createUsers } from './users.ts'
import { accountNames } from './words.ts'

const USERNAME = 'break-glass'

/** The break-glass account was opened: what the alert and the message to the administrators are made from. */
export type BreakGlassUse = { at: number; userId: string; username: string; address: string; reason: string }

/** For the safe: two passwords in a row, 31^40 ≈ 2^198. */
const sealedPassword = () => `${randomPassword()}-${randomPassword()}`

/**
 * Makes the one sealed administrator for emergencies, or seals it anew with a new password, which ends its sessions. Gives
 * what goes on paper into the safe; it is kept nowhere. Throws `break_glass.exists` or `break_glass.none`.
 */
export async function sealBreakGlass(
  control: Control,
  act: 'create' | 'seal',
  clock: Clock = systemClock
): Promise<{ username: string; password: string }> {
  const users = createUsers(control, clock)
  const audit = createAudit(control, clock)
  const password = sealedPassword()
  const hash = await hashPassword(password)
  return control.transaction(() => {
    const found = control.get<{ id: string; username: string }>(
      `SELECT id, username FROM users WHERE break_glass <> ''`
    )
    if (act === 'create') {
      if (found !== undefined)
        throw new SocError('break_glass.exists', 'there is a break-glass account already: seal it anew', {
          status: 409
        })
      const user = users.create(
        { username: USERNAME, name: accountNames.breakGlass, role: 'admin', units: [], mayUnmask: false },
        hash
      )
      control.sql(`UPDATE users SET break_glass = 'sealed', must_change_password = 0 WHERE id = ?`).run(user.id)
      audit.record({ user: 'system', act: 'break_glass.created', target: user.id })
      return { username: USERNAME, password }
    }
    if (found === undefined)
      throw new SocError('break_glass.none', 'there is no break-glass account yet: create it', { status: 404 })
    users.setPassword(found.id, hash, false, false)
    users.change(found.id, { enabled: true })
    control.sql(`UPDATE users SET break_glass = 'sealed' WHERE id = ?`).run(found.id)
    createSessions(control, clock).endAllOf(found.id)
    audit.record({ user: 'system', act: 'break_glass.sealed', target: found.id })
    return { username: found.username, password }
  })
}

/** Breaks the seal, inside the transaction of the sign-in: the password opens nothing a second time. */
export function breakSeal(control: Control, userId: string): void {
  const { changes } = control
    .sql(`UPDATE users SET break_glass = 'used', password = ? WHERE id = ? AND break_glass = 'sealed'`)
    .run(`!${randomBytes(16).toString('hex')}`, userId)
  if (Number(changes) === 0) throw new SocError('session.refused', 'the seal is broken already', { status: 401 })
}
