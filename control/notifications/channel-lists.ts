import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { ChannelName } from '#core/notification.ts'
import type { SettingTable } from '#core/setting.ts'
import { mailbox, phone, type AddressKind } from './channels/addresses.ts'
import type { Channel, Way } from './channels/channel.ts'
import { channels } from './channels/index.ts'
import type { Driver } from './driver.ts'

/* What follows from the table of channels; nothing here knows one of them by name. */

const byName = new Map(channels.map((channel) => [channel.name, channel]))

/** The channel of this name; undefined for one that no longer exists: its rows stay readable. */
export const channelOf = (name: ChannelName): Channel | undefined => byName.get(name)

/** Settings that the channels bring, for `readConfig`. */
export const channelSettings: SettingTable = Object.assign({}, ...channels.map(({ settings }) => settings))

/** Channels that a way of telling tries in turn; mail and SMS stand behind chat, so that a person without an app is reached. */
export const waysOf = (way: Way): readonly Channel[] => ways[way]
const ways = { chat: ordered('chat'), sms: ordered('sms'), email: ordered('email') }
function ordered(way: Way): Channel[] {
  return channels.filter((channel) => channel.ways[way] !== undefined).sort((a, b) => a.ways[way]! - b.ways[way]!)
}

/** Kinds of addresses that everybody has, contacts of units too. */
const everybodys: readonly AddressKind[] = [phone, mailbox]
/** Kinds of addresses a person can have, in the order of the form. */
export const addressKinds: readonly AddressKind[] = [
  ...new Set([...everybodys, ...channels.flatMap(({ addressKind }) => addressKind ?? [])])
]

/** Channels a person may prefer. */
export const personalChannels: readonly Channel[] = channels.filter(({ addressKind }) => addressKind !== undefined)

/** Channels that reach whoever has a phone number or a mail address. */
export const reachesEverybody = ({ addressKind }: Channel) =>
  addressKind !== undefined && everybodys.includes(addressKind)

/** Throws 400 `channel.not_found` when one of these is no channel. */
export function checkChannels(names: readonly ChannelName[]): void {
  const unknown = names.find((name) => channelOf(name) === undefined)
  if (unknown !== undefined) throw new SocError('channel.not_found', `no such channel: ${unknown}`, { status: 400 })
}

/** Throws 400 `request.invalid` when an address is not written as its kind asks; kinds that do not exist are passed over. */
export function checkAddresses(addresses: Readonly<Record<string, string>>): void {
  for (const { name, maxLength, pattern } of addressKinds) {
    const address = addresses[name] ?? ''
    if (address.length > maxLength || !new RegExp(pattern).test(address))
      throw new SocError('request.invalid', 'not an address of this kind', {
        status: 400,
        params: { field: `/addresses/${name}`, reason: 'pattern' }
      })
  }
}

/** The address of a kind as drivers want it, by channel, for every channel that goes to one of these addresses. */
export function addressesOf(given: Readonly<Record<string, string>>): Partial<Record<ChannelName, string>> {
  const reached: Partial<Record<ChannelName, string>> = {}
  for (const { name, addressKind } of personalChannels) {
    const address = addressKind!.plain(given[addressKind!.name] ?? '')
    if (address !== undefined) reached[name] = address
  }
  return reached
}

/** Every driver, as the settings make it; a channel without its settings is there and says so. */
export function createDrivers(config: Config, clock: Clock, hookKey: string): Driver[] {
  const made = new Map<string, unknown>()
  return channels.map((channel) =>
    channel.driver(config, {
      clock,
      hookKey,
      hookUrl: hookUrlOf(config, channel.name),
      folder: config.SOC_DATA,
      shared<T>(name: string, make: () => T) {
        if (!made.has(name)) made.set(name, make())
        return made.get(name) as T
      }
    })
  )
}

/** Where a provider may call about its messages; '' while the console has no public address. */
export const hookUrlOf = (config: Pick<Config, 'SOC_PUBLIC_URL'>, channel: ChannelName) =>
  config.SOC_PUBLIC_URL === '' ? '' : `${config.SOC_PUBLIC_URL.replace(/\/$/, '')}/hooks/notifications/${channel}`
