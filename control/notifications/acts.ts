import { randomBytes } from 'node:crypto'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { ChannelName } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import { channelOf } from './channel-lists.ts'
import type { Outbox } from './outbox.ts'
import type { Reach } from './reach.ts'
import type { Views } from './views.ts'
import { words } from './words.ts'

/** Steps of messages sent once more begin here, above every step of a policy. */
const RESENT_STEP = 1_000

type ActParts = { control: Control; clock: Clock; config: Config; outbox: Outbox; reach: Reach; views: Views }

/** What administrators do by hand: test a channel, send a message once more, stop one. */
export class Acts {
  readonly #parts: ActParts

  constructor(parts: ActParts) {
    this.#parts = parts
  }

  /** Sends one test message, at once. Throws 422 when the channel has no settings or the address is none of its kind. */
  test(channel: ChannelName, to: string, by: string): NotificationRow {
    const { control, clock, outbox, reach, views } = this.#parts
    if (!reach.isConfigured(channel) || channel === 'local')
      throw new SocError('channel.off', 'the channel is not set up', { status: 422, params: { channel } })
    const address = this.#testAddress(channel, to.trim())
    if (address === undefined)
      throw new SocError('channel.address', 'that is no address of this channel', { status: 422, params: { channel } })
    return control.transaction(() => {
      const now = clock.now()
      control.sql('DELETE FROM unreachable_addresses WHERE channel = ? AND address = ?').run(channel, address)
      control.sql('UPDATE channel_state SET blocked_until = 0 WHERE channel = ?').run(channel)
      const id = outbox.add({
        announcementId: this.#announceTest(channel, now),
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
  }

  /** Sends a message once more, as a new one with an id of its own. Throws 409 when it is on its way already. */
  resend(id: number): NotificationRow {
    const { control, clock, outbox, views } = this.#parts
    return control.transaction(() => {
      const row = outbox.row(id)!
      if (['queued', 'sending'].includes(row.status))
        throw new SocError('notification.on_its_way', 'this message is on its way', { status: 409 })
      if (row.status === 'deferred') {
        outbox.move(id, 'queued', { code: 'resent', dueAt: clock.now() })
        return views.row(id)!
      }
      const { step } = control.single<StepRow>(
        `SELECT max(step) + ${RESENT_STEP} AS step FROM notifications WHERE announcement_id = ?`,
        row.announcement_id
      )
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
  }

  /** Stops a message that has not gone out. Throws 409 otherwise. */
  cancel(id: number): NotificationRow {
    const { control, outbox, views } = this.#parts
    return control.transaction(() => {
      const { status } = outbox.row(id)!
      if (status !== 'queued' && status !== 'deferred')
        throw new SocError('notification.gone', 'this message has gone out', { status: 409 })
      outbox.move(id, 'cancelled', { code: 'cancelled' })
      return views.row(id)!
    })
  }

  /** Where a test goes: to the address given, or to the one place a channel for programs knows. */
  #testAddress(name: ChannelName, to: string): string | undefined {
    const channel = channelOf(name)
    return channel?.addressKind === undefined
      ? channel?.group?.address(this.#parts.config)
      : channel.addressKind.plain(to)
  }

  #announceTest(channel: ChannelName, now: number): number {
    const subject = `test:${channel}:${randomBytes(6).toString('hex')}`
    const made = this.#parts.control
      .sql(
        `INSERT INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
         VALUES (?, ?, 'test', 3, 'real', ?, '', '', ?, ?, '', '[]')`
      )
      .run(subject, now, subject, JSON.stringify(words.testTitle(channel)), JSON.stringify(words.testBody))
    return Number(made.lastInsertRowid)
  }
}

type StepRow = { step: number }
