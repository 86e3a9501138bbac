import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import { DAY_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** Bytes of randomness in a link and in a device's secret: nobody guesses 256 bits. */
const SECRET_BYTES = 32
/** A page left open overnight may still answer; after that it fetches a fresh nonce by itself. */
const NONCE_MS = DAY_MS
/** Links one task may have: the first, its reminders and escalations, and those an analyst makes. At the ceiling the oldest ends. */
const MAX_LINKS = 40

/** One row of the table `task_links`. */
export type Link = {
  hash: string
  id: string
  task_id: string
  contact_name: string
  created_at: number
  expires_at: number
  revoked_at: number | null
  device: string | null
  bound_at: number | null
}

export type Links = {
  /** A new link of a task; the token is known to the message alone. */
  create(task: string, contact: string): string
  /** The link behind a token that can still be used; undefined for unknown, revoked and expired ones alike. */
  find(token: string): Link | undefined
  ofTask(task: string): Link[]
  /** Ends every link of a task; returns how many were open. */
  revoke(task: string): number
  /** The first device to answer keeps the link. */
  bind(link: Link, device: string): void
  /** A value that one device may answer with once; made without writing anything. */
  nonce(link: Link, device: string): string
  /** Throws 409 `task_link.nonce` for one that is too old, made up, or of another link or device. */
  checkNonce(nonce: string, link: Link, device: string): void
}

/** A device's secret for its cookie, and what the table keeps of it. */
export const newDeviceSecret = (): string => randomId(SECRET_BYTES)
export const isSecret = (text: string | undefined): text is string => /^[\w-]{43}$/.test(text ?? '')
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export function createLinks(control: Control, clock: Clock, validDays: number): Links {
  const key = nonceKey(control)
  const macOf = (link: Link, device: string, issued: string) =>
    createHmac('sha256', key).update([link.hash, device, issued].join('\0')).digest('base64url')
  const open = (link: Link) => link.revoked_at === null && link.expires_at > clock.now()
  const ofTask = (task: string) =>
    control.all<Link>('SELECT * FROM task_links WHERE task_id = ? ORDER BY created_at, id', task)

  return {
    create(task, contact) {
      const token = randomId(SECRET_BYTES)
      const now = clock.now()
      const older = ofTask(task).filter(open)
      for (const link of older.slice(0, Math.max(0, older.length - MAX_LINKS + 1)))
        control.sql('UPDATE task_links SET revoked_at = ? WHERE id = ?').run(now, link.id)
      control
        .sql(
          'INSERT INTO task_links (hash, id, task_id, contact_name, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)'
        )
        .run(secretHash(token), randomId(6), task, contact, now, now + validDays * DAY_MS)
      return token
    },
    find(token) {
      // Whatever was sent is hashed and looked up in the same way, so that the time says nothing.
      const link = control.get<Link>('SELECT * FROM task_links WHERE hash = ?', secretHash(token))
      return link !== undefined && open(link) ? link : undefined
    },
    ofTask: ofTask,
    revoke(task) {
      const done = control
        .sql('UPDATE task_links SET revoked_at = ? WHERE task_id = ? AND revoked_at IS NULL AND expires_at > ?')
        .run(clock.now(), task, clock.now())
      return Number(done.changes)
    },
    bind(link, device) {
      if (link.device !== null) return
      control
        .sql('UPDATE task_links SET device = ?, bound_at = ? WHERE hash = ? AND device IS NULL')
        .run(device, clock.now(), link.hash)
      link.device = device
    },
    nonce(link, device) {
      const issued = `${clock.now().toString(36)}.${randomId(9)}`
      return `${issued}.${macOf(link, device, issued)}`
    },
    checkNonce(nonce, link, device) {
      const cut = nonce.lastIndexOf('.')
      const issued = nonce.slice(0, Math.max(0, cut))
      const age = clock.now() - Number.parseInt(issued.split('.')[0] ?? '', 36)
      const expected = Buffer.from(macOf(link, device, issued))
      const given = Buffer.from(nonce.slice(cut + 1))
      const right = given.length === expected.length && timingSafeEqual(given, expected)
      if (!right || !(age >= 0 && age <= NONCE_MS))
        throw new SocError('task_link.nonce', 'this page is out of date: fetch it again', { status: 409 })
    }
  }
}

/** The key of the nonces, made once: pages that are open survive a restart. */
function nonceKey(control: Control): Buffer {
  control
    .sql('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING')
    .run('task_link.key', randomBytes(SECRET_BYTES).toString('hex'))
  const row = control.single<{ value: string }>('SELECT value FROM meta WHERE key = ?', 'task_link.key')
  return Buffer.from(row.value, 'hex')
}
