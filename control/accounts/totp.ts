import { randomInt } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Control } from '#control/database/control.ts'
import type { KeyFile } from './key-file.ts'

const PERIOD_S = 30
/** Clocks of phones differ: one step before and after counts (RFC 6238 §5.2). */
const WINDOW = 1
const RECOVERY_CODES = 10
// Without characters that are mistaken for each other on paper; 31^10 ≈ 2^49, and each try is counted.
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

export type TotpState = { enabled: boolean; since: number | null; recoveryLeft: number }

/** One-time passwords of authenticator apps (RFC 6238: SHA-1, six digits, 30 s), and recovery codes for a lost phone. */
export type Totp = {
  state(userId: string): TotpState
  /** A new secret, not yet in force, shown once; replaces one that was never confirmed. Refuses `totp.exists`, 409. */
  begin(userId: string, username: string): { secret: string; uri: string; svg: string }
  /** The app's first code puts the secret in force. Gives the recovery codes, shown once; undefined for a wrong code. Refuses `totp.none`, 409. */
  confirm(userId: string, code: string): string[] | undefined
  /** True for a code of the app that was not used before, or for a recovery code, which is then spent. */
  use(userId: string, code: string): 'code' | 'recovery' | undefined
  /** New recovery codes; the old ones are gone. */
  renewRecovery(userId: string): string[]
  remove(userId: string): boolean
}

type Row = { secret: string; confirmed_at: number | null; last_step: number }

export function createTotp(control: Control, clock: Clock, keys: KeyFile): Totp {
  const rowOf = (userId: string) =>
    control.get<Row>('SELECT secret, confirmed_at, last_step FROM totp WHERE user_id = ?', userId)
  const totpOf = (secret: string, username = '') =>
    new TOTP({
      issuer: 'Vọng Lâu',
      label: username,
      algorithm: 'SHA1',
      digits: 6,
      period: PERIOD_S,
      secret: Secret.fromBase32(secret)
    })
  const stampOf = (userId: string, code: string) => keys.stamp(`recovery:${userId}:${code}`)

  /** The time step of a right code that is newer than every step used before. */
  function freshStep(row: Row, userId: string, code: string): number | undefined {
    if (!/^\d{6}$/.test(code)) return undefined
    const now = clock.now()
    const delta = totpOf(keys.open(row.secret, userId)).validate({ token: code, timestamp: now, window: WINDOW })
    if (delta === null) return undefined
    const step = Math.floor(now / 1000 / PERIOD_S) + delta
    return step > row.last_step ? step : undefined
  }
  function makeRecovery(userId: string): string[] {
    const codes = Array.from({ length: RECOVERY_CODES }, () => {
      const signs = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('')
      return `${signs.slice(0, 5)}-${signs.slice(5)}`
    })
    control.sql('DELETE FROM recovery_codes WHERE user_id = ?').run(userId)
    for (const code of codes)
      control
        .sql('INSERT OR IGNORE INTO recovery_codes (user_id, hash) VALUES (?, ?)')
        .run(userId, stampOf(userId, code))
    return codes
  }

  return {
    state(userId) {
      const row = rowOf(userId)
      const { left } = control.single<{ left: number }>(
        'SELECT count(*) AS left FROM recovery_codes WHERE user_id = ? AND used_at IS NULL',
        userId
      )
      const since = row?.confirmed_at ?? null
      return { enabled: since !== null, since, recoveryLeft: since === null ? 0 : left }
    },
    begin(userId, username) {
      if (rowOf(userId)?.confirmed_at != null)
        throw new SocError('totp.exists', 'a second factor is in force already', { status: 409 })
      const secret = new Secret({ size: 20 }).base32
      control
        .sql(
          `INSERT INTO totp (user_id, secret) VALUES (?, ?)
           ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0`
        )
        .run(userId, keys.seal(secret, userId))
      const uri = totpOf(secret, username).toString()
      return { secret, uri, svg: renderSVG(uri, { border: 2 }) }
    },
    confirm(userId, code) {
      return control.transaction(() => {
        const row = rowOf(userId)
        if (row === undefined || row.confirmed_at !== null)
          throw new SocError('totp.none', 'there is no second factor waiting to be confirmed', { status: 409 })
        const step = freshStep(row, userId, code)
        if (step === undefined) return undefined
        control.sql('UPDATE totp SET confirmed_at = ?, last_step = ? WHERE user_id = ?').run(clock.now(), step, userId)
        return makeRecovery(userId)
      })
    },
    use(userId, code) {
      const written = code.trim().toLowerCase().replace(/\s/g, '')
      return control.transaction(() => {
        const row = rowOf(userId)
        if (row === undefined || row.confirmed_at === null) return undefined
        const step = freshStep(row, userId, written)
        if (step !== undefined) {
          control.sql('UPDATE totp SET last_step = ? WHERE user_id = ?').run(step, userId)
          return 'code'
        }
        if (!/^[a-z2-9]{5}-?[a-z2-9]{5}$/.test(written)) return undefined
        const dashed = written.includes('-') ? written : `${written.slice(0, 5)}-${written.slice(5)}`
        const { changes } = control
          .sql('UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND hash = ? AND used_at IS NULL')
          .run(clock.now(), userId, stampOf(userId, dashed))
        return Number(changes) > 0 ? 'recovery' : undefined
      })
    },
    renewRecovery: (userId) => control.transaction(() => makeRecovery(userId)),
    remove: (userId) =>
      control.transaction(() => {
        control.sql('DELETE FROM recovery_codes WHERE user_id = ?').run(userId)
        return Number(control.sql('DELETE FROM totp WHERE user_id = ?').run(userId).changes) > 0
      })
  }
}
