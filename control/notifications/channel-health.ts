import type { ChannelHealth, ChannelList } from '#core/api/notifications.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { ChannelName } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import { hookUrlOf, reachesEverybody } from './channel-lists.ts'
import type { ChannelState } from './channel-state.ts'
import { channels } from './channels/index.ts'
import type { Channel } from './channels/channel.ts'
import { missingSettings, senderOf } from './sender.ts'
import type { Driver } from './driver.ts'

/** Addresses that cannot be reached which the page of channels shows, newest first. */
const MAX_UNREACHABLE = 200

type HealthParts = {
  control: Control
  clock: Clock
  config: Config
  state: ChannelState
  drivers: ReadonlyMap<ChannelName, Driver>
}

/** Every channel with its words and how it is; `withKeys` adds the addresses that providers are given for receipts. */
export function channelList(withKeys: boolean, parts: HealthParts): ChannelList {
  const unreachable = parts.control.all<UnreachableRow>(
    `SELECT channel, address, code, at FROM unreachable_addresses ORDER BY at DESC LIMIT ${MAX_UNREACHABLE}`
  )
  return {
    channels: channels.map((channel) => healthOf(channel, withKeys, parts)),
    unreachable: unreachable.map((row) => ({ ...row })),
    publicUrl: parts.config.SOC_PUBLIC_URL,
    missing: missingSettings(senderOf(parts.config, 'real'))
  }
}

function healthOf(
  channel: Channel,
  withKeys: boolean,
  { control, clock, config, state, drivers }: HealthParts
): ChannelHealth {
  const { name } = channel
  const driver = drivers.get(name)
  const known = state.read(name)
  const token = driver?.token?.()
  const waiting = control.single<CountRow>(
    `SELECT count(*) AS n FROM notifications WHERE channel = ? AND status IN ('queued', 'deferred', 'sending')`,
    name
  )
  const hook = hookUrlOf(config, name)
  return {
    channel: name,
    label: channel.label,
    codes: channel.codes,
    forMachines: channel.machine === true,
    forEverybody: reachesEverybody(channel),
    configured: driver?.configured ?? false,
    receipts: driver?.receipts ?? false,
    lastSuccessAt: known?.last_success_at ?? null,
    lastFailureAt: known?.last_failure_at ?? null,
    lastCode: known?.last_code ?? '',
    lastClass: known?.last_class ?? '',
    blockedUntil: (known?.blocked_until ?? 0) > clock.now() ? known!.blocked_until : null,
    sentToday: state.sentToday(name),
    dailyMax: driver?.dailyMax ?? null,
    quotaLeft: known?.quota_left ?? null,
    tokenRenewedAt: token?.renewedAt ?? null,
    tokenExpiresAt: token?.expiresAt ?? null,
    quietHours: driver?.quietHours ?? null,
    waiting: waiting.n,
    receiptUrl:
      withKeys && driver?.readReceipt !== undefined && hook !== '' ? `${hook}${driver.receiptQuery ?? ''}` : ''
  }
}

type CountRow = { n: number }
type UnreachableRow = ChannelList['unreachable'][number]
