import { randomBytes } from 'node:crypto'
import type { ChannelHealth, ChannelList, NotificationRow } from '#core/api/notifications.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import { channels as channelNames, type Channel, type Notifier } from '#core/notification.ts'
import { DAY_MS } from '#core/time.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { createKeyFile, type KeyFile } from '#control/accounts/key-file.ts'
import { createAnnouncing } from './announce.ts'
import { createChannelState } from './channel-state.ts'
import { createChannels } from './channels/index.ts'
import { receiptKey } from './channels/sms-brandname.ts'
import { createDispatcher } from './dispatcher.ts'
import type { Driver, ReceiptCall } from './driver.ts'
import { createOutbox } from './outbox.ts'
import { createPeople } from './people.ts'
import { createPolicies } from './policy.ts'
import { createReceipts } from './receipts.ts'
import { createDirectory, plainPhone } from './recipients.ts'
import { createRoster } from './roster.ts'
import { createSecretLinks } from './secret-links.ts'
import { createStormGuard } from './storm.ts'
import { createViews } from './views.ts'

/** How often the outbox is looked at when nothing wakes it: escalations, retries and receipts have no other clock. */
const ROUND_MS = 1_000
/** Fates are kept as long as an audit may ask for them. */
const KEPT_MS = 180 * DAY_MS
const PRUNE_EVERY_MS = 3_600_000
const PRUNE_AT_ONCE = 500
/** How long a stop waits for messages on their way; what is left is taken up again at the next start. */
const STOP_WAIT_MS = 3_000
/** Rows pushed to the screens for one commit; in a storm the rest is there when the page asks. */
const MAX_PUSHED = 200

export type NotificationsParts = {
  control: Control
  inventory: Inventory
  clock: Clock
  config: Config
  /** 0 ≤ x < 1, for jitter. */
  random?: () => number
  log?: { warn(what: object, message: string): void; error(what: object, message: string): void }
  /** A message's fate changed; called after the commit. */
  onChanged?(row: NotificationRow): void
  /** Somebody answered in a chat: the subject is acknowledged already. `by` is the recipient's name. */
  onAnswered?(subject: string, by: string): void
  /** Instead of the key in the data folder; for tests. */
  keys?: Pick<KeyFile, 'seal' | 'open'>
  /** Instead of the channels that the settings make; for tests and drills. */
  drivers?: Driver[]
}

/** Notifications: the outbox, its channels, whom to tell and when. One for the process, on the control database. */
export function createNotifications(parts: NotificationsParts) {
  const { control, inventory, clock, config } = parts
  const key = hookKey(control)
  const list = parts.drivers ?? createChannels(config, clock, key)
  const listeners: ((row: NotificationRow) => void)[] = parts.onChanged === undefined ? [] : [parts.onChanged]
  const drivers = new Map(list.map((driver) => [driver.channel, driver]))
  const publicUrl = config.SOC_PUBLIC_URL
  const links = createSecretLinks(parts.keys ?? createKeyFile(config.SOC_DATA))
  const views = createViews({ control, inventory, publicUrl, links })
  const outbox = createOutbox({
    control,
    clock,
    changed(ids) {
      wake()
      if (listeners.length === 0) return
      for (const row of views.rows(ids.slice(-MAX_PUSHED))) for (const listener of listeners) listener(row)
    }
  })
  const roster = createRoster(control)
  const policies = createPolicies(control)
  const directory = createDirectory({ control, inventory, roster })
  const state = createChannelState(control, clock)
  const announcing = createAnnouncing({
    control,
    clock,
    outbox,
    directory,
    policies,
    links,
    configured: (channel) => drivers.get(channel)?.configured ?? false,
    unreachable: (channel, address) =>
      control.sql('SELECT 1 FROM unreachable_addresses WHERE channel = ? AND address = ?').get(channel, address) !==
      undefined,
    machines: {
      webhook: config.SOC_WEBHOOK_URL,
      zalo_bot: config.SOC_ZALO_BOT_CHAT,
      telegram: config.SOC_TELEGRAM_CHAT
    }
  })

  /** Stops whatever of a subject has not gone out. */
  function stopSubject(subject: string, before: number, by: string): number {
    const waiting = control
      .sql(
        `SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id
         WHERE a.subject = ? AND a.id < ? AND n.status IN ('queued', 'deferred')`
      )
      .all(subject, before) as { id: number }[]
    for (const { id } of waiting) outbox.move(id, 'cancelled', { code: 'acknowledged' })
    control
      .sql(
        `UPDATE notifications SET receipt_by = NULL WHERE receipt_by IS NOT NULL
           AND announcement_id IN (SELECT id FROM announcements WHERE subject = ? AND id < ?)`
      )
      .run(subject, before)
    const escalations = control
      .sql('DELETE FROM escalations WHERE subject = ? AND announcement_id < ?')
      .run(subject, before)
    control
      .sql(
        'UPDATE announcements SET acknowledged_at = ?, acknowledged_by = ? WHERE subject = ? AND id < ? AND acknowledged_at IS NULL'
      )
      .run(clock.now(), by.slice(0, 200), subject, before)
    return waiting.length + Number(escalations.changes)
  }

  const notifier: Notifier = {
    announce(announcement) {
      announcing.announce(announcement, (subject, before) => void stopSubject(subject, before, ''))
    },
    acknowledge: (subject, by) =>
      control.transaction(() => {
        const answered = control
          .sql(
            `SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id
             WHERE a.subject = ? AND n.status IN ('accepted', 'delivered', 'read') AND (n.recipient = ? OR n.name = ?)`
          )
          .all(subject, `user:${by}`, by) as { id: number }[]
        for (const { id } of answered) outbox.move(id, 'answered', { code: 'acknowledged' })
        return stopSubject(subject, Number.MAX_SAFE_INTEGER, by)
      }),
    forget(origin) {
      control.sql('DELETE FROM announcements WHERE origin = ?').run(origin)
    }
  }

  const dispatcher = createDispatcher({
    control,
    clock,
    random: parts.random ?? Math.random,
    outbox,
    state,
    storm: createStormGuard({ control, clock, outbox }),
    announcing,
    policies,
    drivers,
    publicUrl,
    links,
    alarm: (announcement) => notifier.announce(announcement),
    failed: (error) => parts.log?.error({ err: error }, 'notification channel')
  })
  const receipts = createReceipts({
    control,
    outbox,
    usable: dispatcher.usable,
    replied(subject, by) {
      notifier.acknowledge(subject, by)
      control.afterCommit(() => parts.onAnswered?.(subject, by))
    }
  })

  let timer: NodeJS.Timeout | undefined
  let woken: NodeJS.Immediate | undefined
  let prunedAt = 0
  function wake() {
    if (timer === undefined) return
    woken ??= setImmediate(run)
  }
  function run() {
    woken = undefined
    if (timer === undefined) return
    try {
      for (const done of dispatcher.round()) void done.then(wake)
      if (clock.now() - prunedAt > PRUNE_EVERY_MS) prune()
    } catch (error) {
      // The next round tries again; the platform goes on.
      parts.log?.error({ err: error }, 'notification outbox')
    }
  }
  function prune() {
    prunedAt = clock.now()
    control
      .sql(
        `DELETE FROM announcements WHERE id IN (SELECT a.id FROM announcements a WHERE a.at < ?
           AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.announcement_id = a.id AND n.status IN ('queued', 'deferred', 'sending'))
         ORDER BY a.at LIMIT ${PRUNE_AT_ONCE})`
      )
      .run(prunedAt - KEPT_MS)
  }

  function healthOf(channel: Channel, withKeys: boolean): ChannelHealth {
    const driver = drivers.get(channel)
    const known = state.read(channel)
    const token = driver?.token?.()
    const waiting = control
      .sql(`SELECT count(*) AS n FROM notifications WHERE channel = ? AND status IN ('queued', 'deferred', 'sending')`)
      .get(channel) as { n: number }
    const hook = `${publicUrl.replace(/\/$/, '')}/hooks/notifications/${channel}`
    return {
      channel,
      configured: driver?.configured ?? false,
      receipts: driver?.receipts ?? false,
      lastSuccessAt: known?.last_success_at ?? null,
      lastFailureAt: known?.last_failure_at ?? null,
      lastCode: known?.last_code ?? '',
      lastClass: known?.last_class ?? '',
      blockedUntil: (known?.blocked_until ?? 0) > clock.now() ? known!.blocked_until : null,
      sentToday: state.sentToday(channel),
      dailyMax: driver?.dailyMax ?? null,
      quotaLeft: known?.quota_left ?? null,
      tokenRenewedAt: token?.renewedAt ?? null,
      tokenExpiresAt: token?.expiresAt ?? null,
      quietHours: driver?.quietHours ?? null,
      waiting: waiting.n,
      receiptUrl:
        withKeys && driver?.readReceipt !== undefined && publicUrl !== ''
          ? channel === 'sms'
            ? `${hook}?k=${receiptKey(key, channel)}`
            : hook
          : ''
    }
  }

  return {
    ...notifier,
    /** Hears of every change of a message's fate, after its commit. */
    onChanged: (listener: (row: NotificationRow) => void) => void listeners.push(listener),
    /** Takes up what a crash left and begins to send. */
    start(): void {
      if (timer !== undefined) return
      dispatcher.recover()
      timer = setInterval(run, ROUND_MS).unref()
      wake()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      timer = undefined
      if (woken !== undefined) clearImmediate(woken)
      woken = undefined
      await dispatcher.stop(STOP_WAIT_MS)
      for (const driver of list) driver.close?.()
    },
    /** Everything that is due now is sent before this resolves: for tests and drills, without `start`. */
    drain: () => dispatcher.drain(),
    recover: () => dispatcher.recover(),
    views,
    roster,
    policies,
    people: createPeople(control),
    channelHealth(withKeys: boolean): ChannelList {
      const unreachable = control
        .sql('SELECT channel, address, code, at FROM unreachable_addresses ORDER BY at DESC LIMIT 200')
        .all() as unknown as ChannelList['unreachable']
      return {
        channels: channelNames.map((channel) => healthOf(channel, withKeys)),
        unreachable: unreachable.map((row) => ({ ...row })),
        publicUrl
      }
    },
    /** Sends one test message, at once. Throws 422 when the channel has no settings or the address is none of its kind. */
    test(channel: Channel, to: string, by: string): NotificationRow {
      const driver = drivers.get(channel)
      if (driver === undefined || !driver.configured || channel === 'local')
        throw new SocError('channel.off', 'the channel is not set up', { status: 422, params: { channel } })
      const address = testAddress(channel, to.trim(), config)
      if (address === undefined)
        throw new SocError('channel.address', 'that is no address of this channel', {
          status: 422,
          params: { channel }
        })
      return control.transaction(() => {
        const now = clock.now()
        const subject = `test:${channel}:${randomBytes(6).toString('hex')}`
        control.sql('DELETE FROM unreachable_addresses WHERE channel = ? AND address = ?').run(channel, address)
        control.sql('UPDATE channel_state SET blocked_until = 0 WHERE channel = ?').run(channel)
        const title = { vi: `Tin thử kênh ${channel}`, en: `Test of the channel ${channel}` }
        const body = { vi: 'Nếu đọc được tin này, kênh hoạt động.', en: 'If you can read this, the channel works.' }
        const made = control
          .sql(
            `INSERT INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
             VALUES (?, ?, 'test', 3, 'real', ?, '', '', ?, ?, '', '[]')`
          )
          .run(subject, now, subject, JSON.stringify(title), JSON.stringify(body))
        const id = outbox.add({
          announcementId: Number(made.lastInsertRowid),
          step: 0,
          recipient: `test:${address.slice(0, 100)}`,
          name: by,
          channel,
          address,
          composedAs: channel,
          next: [],
          dueAt: now
        })!
        return views.row(id)!
      })
    },
    /** Sends a message once more, as a new one with an id of its own. Throws 409 when it is on its way already. */
    resend(id: number): NotificationRow {
      return control.transaction(() => {
        const row = outbox.row(id)!
        if (['queued', 'sending'].includes(row.status))
          throw new SocError('notification.on_its_way', 'this message is on its way', { status: 409 })
        if (row.status === 'deferred') {
          outbox.move(id, 'queued', { code: 'resent', dueAt: clock.now() })
          return views.row(id)!
        }
        const { step } = control
          .sql('SELECT max(step) + 1000 AS step FROM notifications WHERE announcement_id = ?')
          .get(row.announcement_id) as { step: number }
        const again = outbox.add({
          announcementId: row.announcement_id,
          step,
          recipient: row.recipient,
          name: row.name,
          channel: row.channel,
          address: row.address,
          composedAs: row.composed_as,
          next: [],
          code: 'resent',
          dueAt: clock.now()
        })!
        return views.row(again)!
      })
    },
    /** Stops a message that has not gone out. Throws 409 otherwise. */
    cancel(id: number): NotificationRow {
      return control.transaction(() => {
        const row = outbox.row(id)!
        if (row.status !== 'queued' && row.status !== 'deferred')
          throw new SocError('notification.gone', 'this message has gone out', { status: 409 })
        outbox.move(id, 'cancelled', { code: 'cancelled' })
        return views.row(id)!
      })
    },
    /**
     * A provider's call. `unknown`: no such channel or not signed by its provider, which of both is not told; else how many
     * messages changed.
     */
    providerReceipt(channel: string, call: Omit<ReceiptCall, 'now'>): 'unknown' | number {
      const driver = drivers.get(channel as Channel)
      const read = driver?.configured ? driver.readReceipt?.({ ...call, now: clock.now() }) : undefined
      return read === undefined ? 'unknown' : receipts.take(channel as Channel, read.slice(0, 100))
    }
  }
}

export type Notifications = ReturnType<typeof createNotifications>

/** Made once per installation: the key of the addresses that gateways without signatures are given. */
function hookKey(control: Control): string {
  control
    .sql(`INSERT OR IGNORE INTO meta (key, value) VALUES ('notification_hook_key', ?)`)
    .run(randomBytes(32).toString('base64url'))
  return (control.sql(`SELECT value FROM meta WHERE key = 'notification_hook_key'`).get() as { value: string }).value
}

function testAddress(channel: Channel, to: string, config: Config): string | undefined {
  if (channel === 'webhook') return config.SOC_WEBHOOK_URL
  if (channel === 'email') return /^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}$/.test(to) ? to : undefined
  if (channel === 'sms' || channel === 'zalo_zns') return plainPhone(to)
  return /^-?[A-Za-z0-9_@-]{1,64}$/.test(to) ? to : undefined
}
