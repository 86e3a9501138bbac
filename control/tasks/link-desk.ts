import { createHash } from 'node:crypto'
import type { LinkAnswer, LinkTask } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import { showWhole } from '#control/rights/masking.ts'
import { checkRoom, isOpen, takeAnswer } from './answering.ts'
import { isSecret, newDeviceSecret, secretHash, type Link } from './links.ts'
import { bilingual, entriesOf, saveTask, taskById, type TaskRecord } from './record.ts'
import type { StoredEvidence } from './evidence.ts'
import { enter, type TaskContext } from './telling.ts'

/** Files one task takes. */
const MAX_FILES = 10

/** The secret that a browser's cookie holds for a link, looked up by the link's id. */
export type CookieJar = (linkId: string) => string | undefined

/** A page opened: the task, and the secret its cookie must hold (new when the browser brought none). */
export type Opened = { task: LinkTask; linkId: string; secret: string; expiresAt: number }

/** Leave to send one file; its nonce is used up when the file is kept. */
export type Ticket = {
  link: Link
  record: TaskRecord
  device: string
  nonce: string
  bodyHash: string
  repeated: boolean
}

/**
 * What somebody with a link and no account can see and say. Reading writes nothing at all: previews and scanners open
 * links. The first device that answers keeps the link; every answer carries a nonce of that device, taken once.
 */
export type LinkDesk = {
  /** Undefined when the link does not exist, was revoked, is over, or its task ended: nobody learns which. */
  open(token: string, jar: CookieJar): Opened | undefined
  /** Takes an answer; sent twice with the same nonce and words it counts once. Undefined as for `open`. */
  answer(token: string, jar: CookieJar, answer: LinkAnswer): LinkTask | undefined
  /** Asks before a file is read; throws what would refuse it later. Undefined as for `open`. */
  admit(token: string, jar: CookieJar, file: { nonce: string; name: string; size: number }): Ticket | undefined
  /**
   * Keeps a file that was read; its row and its entry in one transaction. Link and device are asked once more: reading may
   * take a minute, in which the link was revoked or answered from elsewhere. Undefined as for `open`.
   */
  keep(token: string, jar: CookieJar, ticket: Ticket, file: StoredEvidence): LinkTask | undefined
  /** The task after a ticket that had been used already. */
  after(ticket: Ticket): LinkTask
}

export function createLinkDesk(context: TaskContext, hotlineOf: (origin: Origin) => string): LinkDesk {
  const { control, clock, links } = context

  function view(link: Link, record: TaskRecord, device: string): LinkTask {
    return {
      code: record.id,
      unit: context.inventory.label(record.unit),
      origin: record.origin,
      level: record.level,
      title: bilingual(record.title),
      what: bilingual(record.what),
      steps: JSON.parse(record.steps) as LinkTask['steps'],
      state: record.state,
      deadline: record.deadline,
      now: clock.now(),
      hotline: hotlineOf(record.origin),
      // Names of the SOC's people stay in the house; what they wrote does not.
      entries: entriesOf(context, record.id)
        .filter((entry) => entry.kind !== 'link' && entry.kind !== 'revoked')
        .map((entry) => (entry.side === 'soc' ? { ...entry, name: 'SOC' } : entry)),
      files: countFiles(context, record.id),
      nonce: isOpen(record) ? links.nonce(link, device) : null
    }
  }

  /** The link and its task while it can be used by this browser. */
  function find(
    token: string,
    jar: CookieJar
  ): { link: Link; record: TaskRecord; secret: string | undefined } | undefined {
    const link = links.find(token)
    const record = link === undefined ? undefined : taskById(context, link.task_id)
    if (link === undefined || record === undefined) return undefined
    const held = jar(link.id)
    const secret = isSecret(held) ? held : undefined
    const own = link.device !== null && secret !== undefined && secretHash(secret) === link.device
    // A link ends with its task; only the device that answered may still read what it said.
    if (!isOpen(record) && (!own || record.state === 'withdrawn')) return undefined
    if (link.device !== null && !own)
      throw new SocError('task_link.other_device', 'this link belongs to the device that answered first', {
        status: 403,
        params: showWhole({ code: record.id, hotline: hotlineOf(record.origin) })
      })
    return { link, record, secret }
  }

  /** The device of an answer, its nonce checked; `repeated` when exactly this was taken before. */
  function checked(found: NonNullable<ReturnType<typeof find>>, nonce: string, kind: string, bodyHash: string) {
    if (found.secret === undefined)
      throw new SocError('task_link.no_cookie', 'the browser keeps no cookie', {
        status: 403,
        params: showWhole({ hotline: hotlineOf(found.record.origin) })
      })
    const device = secretHash(found.secret)
    links.checkNonce(nonce, found.link, device)
    return { device, repeated: wasUsed(nonce, kind, bodyHash) }
  }

  function wasUsed(nonce: string, kind: string, bodyHash: string): boolean {
    const used = control.get<{ kind: string; body_hash: string }>(
      'SELECT kind, body_hash FROM task_entries WHERE nonce = ?',
      nonce
    )
    if (used === undefined) return false
    if (used.kind !== kind || used.body_hash !== bodyHash)
      throw new SocError('task_link.nonce_used', 'something else was said with this nonce', { status: 409 })
    return true
  }

  const speaker = (link: Link, record: TaskRecord) => ({
    side: 'unit' as const,
    name: link.contact_name === '' ? record.contact_name : link.contact_name
  })

  return {
    open(token, jar) {
      const found = find(token, jar)
      if (found === undefined) return undefined
      const secret = found.secret ?? newDeviceSecret()
      const { link, record } = found
      return { task: view(link, record, secretHash(secret)), linkId: link.id, secret, expiresAt: link.expires_at }
    },
    answer(token, jar, { nonce, kind, text = '' }) {
      return control.transaction(() => {
        const found = find(token, jar)
        if (found === undefined) return undefined
        const { link, record } = found
        const bodyHash = hashOf(text.trim())
        const { device, repeated } = checked(found, nonce, kind, bodyHash)
        if (!repeated) {
          takeAnswer(context, record, { kind, text }, speaker(link, record), { id: link.id, nonce, bodyHash })
          links.bind(link, device)
        }
        return view(link, record, device)
      })
    },
    admit(token, jar, { nonce, name, size }) {
      const found = find(token, jar)
      if (found === undefined) return undefined
      const bodyHash = hashOf(`${name}\0${size}`)
      const { device, repeated } = checked(found, nonce, 'file', bodyHash)
      if (!repeated) checkFileRoom(context, found.record)
      return { link: found.link, record: found.record, device, nonce, bodyHash, repeated }
    },
    keep(token, jar, { nonce, bodyHash, device }, file) {
      return control.transaction(() => {
        // While the file was read, others may have answered, revoked, withdrawn or filled the task.
        const found = find(token, jar)
        if (found === undefined) return undefined
        const { link, record } = found
        if (wasUsed(nonce, 'file', bodyHash))
          throw new SocError('task_link.nonce_used', 'this file was taken already', { status: 409 })
        const by = speaker(link, record)
        keepFile(context, record, file, by, { id: link.id, nonce, bodyHash })
        links.bind(link, device)
        return view(link, record, device)
      })
    },
    after: ({ link, record, device }) => view(link, record, device)
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

const countFiles = ({ control }: TaskContext, id: string): number =>
  control.single<{ n: number }>('SELECT count(*) AS n FROM task_files WHERE task_id = ?', id).n

/** Throws when the task takes no further file. */
export function checkFileRoom(context: TaskContext, record: TaskRecord): void {
  checkRoom(context, record)
  if (countFiles(context, record.id) >= MAX_FILES)
    throw new SocError('task.too_many_files', 'this task has its ten files', { status: 409 })
}

/** Puts a kept file into the books, in the caller's transaction. */
export function keepFile(
  context: TaskContext,
  record: TaskRecord,
  file: StoredEvidence,
  by: Parameters<typeof enter>[2]['by'],
  link?: Parameters<typeof enter>[2]['link']
): void {
  checkFileRoom(context, record)
  context.control
    .sql('INSERT INTO task_files (id, task_id, at, name, kind, size, sha256, sent_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(file.id, record.id, context.clock.now(), file.name, file.kind, file.size, file.sha256, by.name)
  enter(context, record, {
    kind: 'file',
    by,
    text: file.name,
    ...(link === undefined ? {} : { link }),
    params: { bytes: file.size, sha256: file.sha256 }
  })
  context.notifier.acknowledge(`task:${record.id}`, by.name === '' ? record.unit : by.name)
  saveTask(context, record)
  context.changed(record)
}
