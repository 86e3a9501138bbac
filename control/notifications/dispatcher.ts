import type { Clock } from '#core/clock.ts'
import type { Announcement, Audience, Channel } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import { NO_CHANNEL_MS, type Announcing } from './announce.ts'
import type { ChannelState } from './channel-state.ts'
import { composeText, titleLine, type Told } from './compose.ts'
import type { Driver, OutgoingMessage, SendResult } from './driver.ts'
import { NO_CHANNEL, ROW, type Outbox, type Row } from './outbox.ts'
import type { Policies } from './policy.ts'
import type { SecretLinks } from './secret-links.ts'
import type { StormGuard } from './storm.ts'

/** Without a receipt by then the next channel takes over. */
const RECEIPT_MS = 120_000
const FIRST_RETRY_MS = 5_000
const MAX_RETRY_MS = 15 * 60_000
/** A provider may ask for patience, within reason. */
const MAX_RETRY_AFTER_MS = 60 * 60_000
/** After so many tries an urgent message goes another way. */
const URGENT_TRIES = 3
/** Rows looked at for one channel in one round: some tens of milliseconds. The rest comes in the next round. */
const ROUND = 100
const MAX_STEPS_A_ROUND = 100

export type DispatcherParts = {
  control: Control
  clock: Clock
  /** 0 ≤ x < 1. */
  random(): number
  outbox: Outbox
  state: ChannelState
  storm: StormGuard
  announcing: Announcing
  policies: Policies
  drivers: ReadonlyMap<Channel, Driver>
  publicUrl: string
  links: SecretLinks
  /** Tells administrators of a channel whose settings are refused. */
  alarm(announcement: Announcement): void
  failed(error: unknown): void
}

/** What a row says, for composing it; `link` opened. */
export const toldOf = (row: Row, link: string): Told => ({
  topic: row.topic,
  priority: row.priority,
  code: row.subject_code,
  title: JSON.parse(row.title) as Told['title'],
  body: JSON.parse(row.body) as Told['body'],
  link,
  at: row.told_at
})

export const linkOf = (publicUrl: string, link: string) =>
  link === '' || publicUrl === '' ? '' : `${publicUrl.replace(/\/$/, '')}${link}`

/** Moves messages from the outbox to the channels. Each round is one transaction; what was begun is sent after it commits. */
export function createDispatcher(parts: DispatcherParts) {
  const { control, clock, outbox, state, storm, drivers } = parts
  const inFlight = new Map<number, { channel: Channel; recipient: string; done: Promise<void> }>()
  let results: { row: Row; result: SendResult }[] = []
  let stopped = false
  /** Rows decided so far: a round that decided something may have made new rows due. */
  let decided = 0

  const usable = (channel: Channel) => {
    const driver = drivers.get(channel)
    return driver !== undefined && driver.configured && state.closed(driver) === undefined
  }

  /** After a crash: nobody knows whether these went out, so the same message, with the same id, goes again. */
  function recover() {
    control.transaction(() => {
      // Channels get their settings at a start.
      const waiting = control.sql(`SELECT id FROM notifications WHERE status = 'deferred' AND code = ?`).all(NO_CHANNEL)
      for (const { id } of waiting as { id: number }[]) outbox.lookAgain(id, clock.now())
      for (const row of control.sql(`${ROW} WHERE n.status = 'sending'`).all() as unknown as Row[])
        if (!inFlight.has(row.id)) {
          if (row.acknowledged_at !== null) outbox.move(row.id, 'cancelled', { code: 'acknowledged' })
          else outbox.move(row.id, 'queued', { code: 'restart.unconfirmed', dueAt: clock.now() })
        }
    })
  }

  function runEscalations() {
    const due = control
      .sql(
        `SELECT e.announcement_id AS id, e.step, e.repeats, e.began_at, a.origin, a.priority, a.topic, a.audience FROM escalations e
         JOIN announcements a ON a.id = e.announcement_id WHERE e.due_at <= ? ORDER BY e.due_at LIMIT ${MAX_STEPS_A_ROUND}`
      )
      .all(clock.now()) as unknown as (Pick<Row, 'id' | 'origin' | 'priority' | 'topic'> & {
      step: number
      repeats: number
      began_at: number
      audience: string
    })[]
    for (const one of due) {
      const policy = parts.policies.get(one.priority)
      const kept = {
        id: one.id,
        origin: one.origin,
        priority: one.priority,
        topic: one.topic as Announcement['topic'],
        to: JSON.parse(one.audience) as Audience[]
      }
      const repeating = one.step >= policy.steps.length
      const step = repeating ? { ...policy.steps[0]!, to: 'all' as const } : policy.steps[one.step]!
      if (!repeating || one.repeats < policy.repeats)
        parts.announcing.tellStep(kept, one.step + one.repeats, step, false, false)
      const next = one.step + (repeating ? 0 : 1)
      const repeats = one.repeats + (repeating ? 1 : 0)
      const over = next >= policy.steps.length && (repeats >= policy.repeats || policy.repeatEveryMin === 0)
      if (over) control.sql('DELETE FROM escalations WHERE announcement_id = ?').run(one.id)
      else {
        const dueAt =
          next < policy.steps.length
            ? one.began_at + policy.steps[next]!.afterMin * 60_000
            : clock.now() + policy.repeatEveryMin * 60_000
        control
          .sql('UPDATE escalations SET step = ?, repeats = ?, due_at = ? WHERE announcement_id = ?')
          .run(next, repeats, dueAt, one.id)
      }
    }
  }

  function runLateReceipts() {
    const late = control.sql(`${ROW} WHERE n.receipt_by <= ? LIMIT ${ROUND}`).all(clock.now()) as unknown as Row[]
    for (const row of late) {
      const handed = outbox.handOn(row, usable)
      outbox.move(row.id, row.status, { code: handed ? 'receipt.late' : 'receipt.none' })
    }
  }

  /** Decides one due row; true when it is to be sent now. */
  function begin(row: Row, driver: Driver): boolean {
    const now = clock.now()
    if (row.acknowledged_at !== null) {
      outbox.move(row.id, 'cancelled', { code: 'acknowledged' })
      return false
    }
    if (row.expires_at <= now) {
      outbox.move(row.id, 'failed', { code: 'life.over' })
      return false
    }
    if (row.code === NO_CHANNEL) {
      if (parts.announcing.tellWaiting(row)) outbox.move(row.id, 'cancelled', { code: 'channel.found' })
      else outbox.lookAgain(row.id, Math.min(now + NO_CHANNEL_MS, row.expires_at))
      return false
    }
    const closed = driver.configured ? state.closed(driver) : { code: 'channel.off', until: now + MAX_RETRY_MS }
    if (closed !== undefined) {
      if (outbox.handOn(row, usable)) outbox.move(row.id, 'failed', { code: closed.code })
      else outbox.move(row.id, 'deferred', { code: closed.code, dueAt: closed.until, hold: row.hold })
      return false
    }
    if (row.hold !== '') {
      if (storm.fold(row) !== undefined) return false
    } else {
      const verdict = storm.judge(row)
      if (!verdict.pass) {
        if ('drop' in verdict) outbox.move(row.id, 'cancelled', { code: verdict.drop })
        else
          outbox.move(row.id, 'deferred', {
            code: verdict.code,
            dueAt: verdict.until,
            hold: verdict.code === 'storm.held' ? 'storm' : ''
          })
        return false
      }
    }
    outbox.move(row.id, 'sending', {})
    if (row.channel !== 'local') state.counted(row.channel)
    return true
  }

  function claim(): Row[] {
    const begun: Row[] = []
    for (const driver of drivers.values()) {
      const mine = [...inFlight.values()].filter(({ channel }) => channel === driver.channel)
      let free = driver.concurrency - mine.length
      if (free <= 0) continue
      // One at a time for each recipient: what was told first arrives first.
      const busy = new Set(mine.map(({ recipient }) => recipient))
      const due = control
        .sql(
          `${ROW} WHERE n.channel = ? AND n.status IN ('queued', 'deferred') AND n.due_at <= ?
             AND n.recipient NOT IN (SELECT value FROM json_each(?)) ORDER BY n.due_at, n.id LIMIT ${ROUND}`
        )
        .all(driver.channel, clock.now(), JSON.stringify([...busy])) as unknown as Row[]
      due.sort((a, b) => a.priority - b.priority || a.id - b.id)
      for (const row of due) {
        if (free <= 0) break
        if (busy.has(row.recipient)) continue
        // An earlier row of this round may have folded or stopped it.
        const now = outbox.row(row.id)
        if (now === undefined || (now.status !== 'queued' && now.status !== 'deferred') || now.due_at > clock.now())
          continue
        decided++
        if (!begin(now, driver)) continue
        begun.push({ ...now, attempts: now.attempts + 1 })
        busy.add(row.recipient)
        free--
      }
    }
    return begun
  }

  function outgoing(row: Row): OutgoingMessage {
    const path = parts.links.open(row)
    const told = toldOf(row, path)
    const link = linkOf(parts.publicUrl, path)
    const files =
      row.channel === 'email'
        ? (control
            .sql('SELECT name, type, bytes FROM announcement_files WHERE announcement_id = ? ORDER BY place')
            .all(row.announcement_id) as unknown as OutgoingMessage['attachments'])
        : []
    return {
      id: row.message_id,
      address: row.address,
      name: row.name,
      priority: row.priority,
      topic: row.topic,
      code: row.subject_code,
      subject: row.subject,
      title: titleLine(told),
      text: composeText(row.composed_as, told, link),
      link,
      at: row.told_at,
      attachments: files
    }
  }

  async function send(row: Row, driver: Driver): Promise<void> {
    let result: SendResult
    try {
      result = await driver.send(outgoing(row))
    } catch (error) {
      parts.failed(error)
      result = { kind: 'failed', class: 'retryable', code: 'channel.fault', detail: '' }
    }
    results.push({ row, result })
  }

  /** Writes what came back; several answers share a transaction. */
  function settle() {
    if (results.length === 0) return
    const batch = results
    results = []
    const alarms: Announcement[] = []
    control.transaction(() => {
      for (const { row, result } of batch) {
        inFlight.delete(row.id)
        finish(row, result, alarms)
      }
      for (const announcement of alarms) parts.alarm(announcement)
    })
  }

  function finish(row: Row, result: SendResult, alarms: Announcement[]) {
    const now = clock.now()
    const driver = drivers.get(row.channel)!
    const current = outbox.row(row.id)
    if (current === undefined) return
    if (result.kind !== 'failed') {
      if (row.channel !== 'local') state.succeeded(row.channel, result.quotaLeft)
      const waits =
        result.kind === 'accepted' && driver.receipts && current.acknowledged_at === null && row.next !== '[]'
      // A receipt may have overtaken the answer.
      const status = current.status === 'sending' ? result.kind : current.status
      outbox.move(row.id, status, {
        ...(result.providerId === undefined ? {} : { providerId: result.providerId }),
        receiptBy: waits && status === 'accepted' ? now + RECEIPT_MS : null
      })
      return
    }
    const { code, detail } = result
    state.failed(row.channel, result)
    if (current.acknowledged_at !== null) {
      outbox.move(row.id, 'cancelled', { code: 'acknowledged', detail: code })
      return
    }
    if (result.class === 'permanent' && result.messageFault !== true)
      control
        .sql('INSERT OR REPLACE INTO unreachable_addresses (channel, address, code, at) VALUES (?, ?, ?, ?)')
        .run(row.channel, row.address, code, now)
    if (result.class === 'config') alarms.push(alarmOf(row, code, now))
    const giveWay = result.class !== 'retryable' || (row.priority <= 2 && row.attempts >= URGENT_TRIES)
    if (giveWay && outbox.handOn(current, usable)) {
      outbox.move(row.id, 'failed', { code, detail })
      return
    }
    if (result.class === 'permanent') {
      outbox.move(row.id, 'failed', { code, detail })
      return
    }
    const dueAt = now + waitOf(row, result)
    if (dueAt >= current.expires_at) outbox.move(row.id, 'failed', { code: 'life.over', detail: code })
    else outbox.move(row.id, 'deferred', { code, detail, dueAt })
  }

  /** Exponential back-off with full jitter; what the provider asks for counts more. */
  function waitOf(row: Row, result: Extract<SendResult, { kind: 'failed' }>): number {
    const driver = drivers.get(row.channel)!
    const closed = state.closed(driver)
    const ceiling = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, row.attempts))
    const jittered = Math.max(1_000, Math.floor(parts.random() * ceiling))
    const asked = Math.min(MAX_RETRY_AFTER_MS, result.retryAfterMs ?? 0)
    const whole = result.class === 'deferrable' ? MAX_RETRY_MS : 0
    return Math.max(jittered, asked, whole, closed === undefined ? 0 : closed.until - clock.now())
  }

  /** One round; returns the sends it began. */
  function round(): Promise<void>[] {
    if (stopped) return []
    settle()
    const begun = control.transaction(() => {
      runEscalations()
      runLateReceipts()
      return claim()
    })
    return begun.map((row) => {
      const driver = drivers.get(row.channel)!
      const done = send(row, driver)
      inFlight.set(row.id, { channel: row.channel, recipient: row.recipient, done })
      return done
    })
  }

  return {
    recover,
    round,
    settle,
    usable,
    inFlight: () => inFlight.size,
    /** Sends everything that is due now and waits for it: for tests and drills. */
    async drain(): Promise<void> {
      for (;;) {
        const before = decided
        round()
        if (decided === before && inFlight.size === 0 && results.length === 0) return
        await Promise.all([...inFlight.values()].map(({ done }) => done))
        settle()
      }
    },
    async stop(waitMs: number): Promise<void> {
      stopped = true
      const gone = Promise.all([...inFlight.values()].map(({ done }) => done))
      let timer: NodeJS.Timeout | undefined
      await Promise.race([gone, new Promise((resolve) => (timer = setTimeout(resolve, waitMs)))])
      clearTimeout(timer)
      settle()
    }
  }
}

function alarmOf(row: Row, code: string, now: number): Announcement {
  const day = new Date(now).toISOString().slice(0, 10)
  return {
    key: `channel:${row.channel}:${code}:${day}`,
    topic: 'platform',
    priority: 2,
    origin: 'real',
    subject: `channel:${row.channel}`,
    unit: '',
    to: [{ kind: 'role', role: 'admin' }],
    title: {
      vi: `Kênh gửi ${row.channel} bị từ chối (${code})`,
      en: `The channel ${row.channel} is refused (${code})`
    },
    body: {
      vi: 'Nhà cung cấp từ chối cấu hình của kênh (mã truy cập, số dư, mẫu tin hoặc quyền). Tin đang đi bằng kênh khác. Xem Thông báo, Kênh gửi.',
      en: 'The provider refuses the settings of the channel (token, balance, template or rights). Messages go by other channels. See Notifications, Channels.'
    },
    code: '',
    link: '/notifications/channels',
    escalates: false
  }
}
