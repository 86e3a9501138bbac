import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Control } from '#control/database/control.ts'
import { createAudit } from './audit.ts'
import { hashPassword, randomPassword } from './password.ts'
import { createSessions } from './sessions.ts'
import { createUsers } from './users.ts'
import { accountNames } from './words.ts'

/** Username and the password to be shown once on the terminal, never logged; it must be changed at the first sign-in. */
export type FirstSignIn = { username: string; password: string }

/** Makes the first administrator of an empty data folder; undefined when there are accounts already. */
export async function createFirstAdministrator(
  control: Control,
  clock: Clock = systemClock
): Promise<FirstSignIn | undefined> {
  const users = createUsers(control, clock)
  const empty = () => control.sql('SELECT 1 FROM users LIMIT 1').get() === undefined
  if (!empty()) return undefined
  const password = randomPassword()
  const hash = await hashPassword(password)
  return control.transaction(() => {
    if (!empty()) return undefined
    // Nobody gives what he has not: the first one must have the right to see numbers whole, or nobody ever could. Each use is on record.
    const user = users.create(
      { username: 'admin', name: accountNames.firstAdmin, role: 'admin', units: [], mayUnmask: true },
      hash
    )
    createAudit(control, clock).record({
      user: 'system',
      act: 'user.created',
      target: user.id,
      params: { first: true }
    })
    return { username: user.username, password }
  })
}

/**
 * Gives an account a new password from the command line, also while the console is stopped: ends its sessions, opens the
 * account again if it was disabled. Gives the password, to be shown once. Throws `user.not_found`. Sockets of a running console end with its next sweep.
 */
export async function resetPassword(control: Control, username: string, clock: Clock = systemClock): Promise<string> {
  const users = createUsers(control, clock)
  const found = users.credentials(username)
  if (found === undefined)
    throw new SocError('user.not_found', `there is no user "${username}"`, { status: 404, params: { username } })
  const password = randomPassword()
  const hash = await hashPassword(password)
  control.transaction(() => {
    users.setPassword(found.id, hash, true)
    users.change(found.id, { enabled: true })
    createSessions(control, clock).endAllOf(found.id)
    createAudit(control, clock).record({
      user: 'system',
      act: 'user.password_reset',
      target: found.id,
      params: { username }
    })
  })
  return password
}

/** Gives or takes the right to see numbers whole from the command line, where nobody in the console holds it. Throws `user.not_found`. */
export function setMayUnmask(control: Control, username: string, mayUnmask: boolean, clock: Clock = systemClock): void {
  const users = createUsers(control, clock)
  const found = users.credentials(username)
  if (found === undefined)
    throw new SocError('user.not_found', `there is no user "${username}"`, { status: 404, params: { username } })
  control.transaction(() => {
    users.change(found.id, { mayUnmask })
    createAudit(control, clock).record({
      user: 'system',
      act: 'user.changed',
      target: found.id,
      params: { username, mayUnmask }
    })
  })
}
