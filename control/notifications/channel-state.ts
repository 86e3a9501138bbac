import type { Clock } from '#core/clock.ts'
import type { ChannelName } from '#core/notification.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, ictDay, ictDayStart } from '#core/time.ts'
import { ictMinute } from '#province/calendar.ts'
import type { Control } from '#control/database/control.ts'
import type { Driver, FailureClass } from './driver.ts'

/** A channel whose settings were refused is tried again after this; meanwhile the others take over. */
const BLOCK_MS = 10 * MINUTE_MS

type State = {
  last_success_at: number | null
  last_failure_at: number | null
  last_code: string
  last_class: string
  blocked_until: number
  quota_left: number | null
}

/** What is known of each channel: its last success and failure, whether it may be used now, what is left of its quota. */
export function createChannelState(control: Control, clock: Clock) {
  const read = (channel: ChannelName) => control.get<State>('SELECT * FROM channel_state WHERE channel = ?', channel)
  const touch = (channel: ChannelName) =>
    control.sql('INSERT OR IGNORE INTO channel_state (channel) VALUES (?)').run(channel)
  const sentToday = (channel: ChannelName) =>
    control.get<{ sent: number }>(
      'SELECT sent FROM channel_days WHERE channel = ? AND day = ?',
      channel,
      ictDay(clock.now())
    )?.sent ?? 0

  return {
    read,
    sentToday,
    /** Every try that a provider took counts, also one whose answer was lost: quotas are counted there like that too. */
    counted(channel: ChannelName): void {
      control
        .sql(
          `INSERT INTO channel_days (channel, day, sent) VALUES (?, ?, 1) ON CONFLICT (channel, day) DO UPDATE SET sent = sent + 1`
        )
        .run(channel, ictDay(clock.now()))
    },
    succeeded(channel: ChannelName, quotaLeft: number | undefined): void {
      touch(channel)
      control
        .sql(
          `UPDATE channel_state SET last_success_at = ?, blocked_until = 0, quota_left = coalesce(?, quota_left) WHERE channel = ?`
        )
        .run(clock.now(), quotaLeft ?? null, channel)
    },
    failed(channel: ChannelName, failure: { class: FailureClass; code: string }): void {
      touch(channel)
      const now = clock.now()
      control
        .sql(
          `UPDATE channel_state SET last_failure_at = ?, last_code = ?, last_class = ?,
             blocked_until = CASE WHEN ? = 'config' THEN ? ELSE blocked_until END WHERE channel = ?`
        )
        .run(now, failure.code, failure.class, failure.class, now + BLOCK_MS, channel)
    },
    /** Undefined when the driver may send now, else why not and until when. */
    closed(driver: Driver): { code: string; until: number } | undefined {
      const now = clock.now()
      const { blocked_until: blocked = 0 } = read(driver.channel) ?? {}
      if (blocked > now) return { code: 'channel.blocked', until: blocked }
      const quiet = driver.quietHours
      if (quiet !== undefined) {
        const hour = ictMinute(now) / 60
        const inside =
          quiet.from > quiet.to ? hour >= quiet.from || hour < quiet.to : hour >= quiet.from && hour < quiet.to
        const today = ictDayStart(ictDay(now)) + quiet.to * HOUR_MS
        if (inside) return { code: 'channel.quiet_hours', until: today > now ? today : today + DAY_MS }
      }
      if (driver.dailyMax !== undefined && sentToday(driver.channel) >= driver.dailyMax)
        return { code: 'channel.quota', until: ictDayStart(ictDay(now)) + DAY_MS }
      return undefined
    }
  }
}

export type ChannelState = ReturnType<typeof createChannelState>
