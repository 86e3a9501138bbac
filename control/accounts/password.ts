import { argon2, randomBytes, randomInt, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'
import { SocError } from '#core/errors.ts'
import { fairLimit } from '#core/fair-limit.ts'

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2)

/** Cost of one hash; memory in KiB. */
export type PasswordCost = { memory: number; passes: number; parallelism: number }

/** OWASP Password Storage Cheat Sheet, argon2id: m=19456 (19 MiB), t=2, p=1. */
export const owaspCost: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 }

/** Hashes under way at once: 4 × 19 MiB and at most the four threads of libuv's pool. */
const MAX_RUNNING = 4
/** Hashes waiting for a place; more are refused with `session.busy`, so a flood of sign-ins costs no memory. */
const MAX_WAITING = 32
/** Of one address or device: its flood delays the others by a turn, not by its length. */
const MAX_RUNNING_PER_CALLER = 2
const MAX_WAITING_PER_CALLER = 6
/** One for the process, as the pool is that it guards. */
const turns = fairLimit({
  ...{ running: MAX_RUNNING, runningPerCaller: MAX_RUNNING_PER_CALLER },
  ...{ waiting: MAX_WAITING, waitingPerCaller: MAX_WAITING_PER_CALLER },
  busy: () => new SocError('session.busy', 'too many sign-ins at once', { status: 503, params: { retryAfterS: 2 } })
})

/** Whose turn a hash takes; `known`: a session or a known device, which goes before strangers. */
export type HashTurn = { caller: string; known: boolean }
let unnamed = 0
const inTurn = <T>(work: () => Promise<T>, turn: HashTurn = { caller: `unnamed ${++unnamed}`, known: true }) =>
  turns(turn.caller, work, turn.known)

// The same letters typed on two keyboards (precomposed or combining accents) are one password.
const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'), 'utf8')

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** A PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string, cost: PasswordCost = owaspCost): Promise<string> {
  const nonce = randomBytes(16)
  const hash = await inTurn(() => derive('argon2id', { message: bytesOf(password), nonce, tagLength: 32, ...cost }))
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(nonce)}$${base64(hash)}`
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Compares in constant time; a string that is no argon2id hash matches nothing. */
export async function verifyPassword(password: string, stored: string, turn?: HashTurn): Promise<boolean> {
  const parts = phc.exec(stored)
  if (parts === null) return false
  const [memory, passes, parallelism] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const nonce = Buffer.from(parts[4]!, 'base64')
  const expected = Buffer.from(parts[5]!, 'base64')
  const hash = await inTurn(
    () =>
      derive('argon2id', {
        message: bytesOf(password),
        nonce,
        tagLength: expected.length,
        memory,
        passes,
        parallelism
      }),
    turn
  )
  return timingSafeEqual(hash, expected)
}

// Without characters that are mistaken for each other when read aloud or from paper (0 o 1 l i).
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to be read once and typed once: four groups of five, 31^20 ≈ 2^99. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return Array.from({ length: 4 }, group).join('-')
}
