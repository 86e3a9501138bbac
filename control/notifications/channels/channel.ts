import type { Clock } from '#core/clock.ts'
import { addedValues, type Config } from '#core/config.ts'
import type { Bilingual } from '#core/match.ts'
import type { Announcement } from '#core/notification.ts'
import type { SettingTable, ValuesOf } from '#core/setting.ts'
import type { Driver } from '../driver.ts'
import { words } from '../words.ts'
import type { AddressKind } from './addresses.ts'

/** How somebody is told, as the steps of escalation name it. */
export type Way = 'chat' | 'sms' | 'email'

/** Where the platform itself is told over a channel, beside people. */
export type Group = {
  recipient: string
  name: string
  hears(announcement: Pick<Announcement, 'topic' | 'priority' | 'to'>): boolean
}

/** What every driver is given beside its settings. */
export type DriverTools = {
  clock: Clock
  /** Key of this installation for addresses of receipts; providers without signatures are known by it. */
  hookKey: string
  /** Where the provider may call about a message, '' while the console has no public address. */
  hookUrl: string
  /** Folder in which a driver may keep a file of its own. */
  folder: string
  /** What channels of one provider share (an access token) is made by the first of them. */
  shared<T>(name: string, make: () => T): T
}

type Definition<Table extends SettingTable> = {
  /** As rows and the API name it; never changed, since rows keep it. */
  name: string
  label: Bilingual
  /** The channel's own settings; `.env.example` lists them too. */
  settings: Table
  /** What kind of address it goes to; absent where no person has one. */
  addressKind?: AddressKind
  /** Its place among the channels of each way of telling, lowest first; absent: not used for that way. */
  ways: Partial<Record<Way, number>>
  /** What its text looks like: a mail, a chat message, one unaccented line. */
  text: 'mail' | 'chat' | 'sms'
  /** It goes to a program: everything of its topics, no storm guard, one address from the settings. */
  machine?: boolean
  /** Where the platform itself is told; the address '' is nowhere. */
  group?: Group & { address(values: ValuesOf<Table>): string }
  /** Words for the provider's codes, by their beginning: `sms` stands for `sms.101` too. */
  codes: Record<string, Bilingual>
  driver(values: ValuesOf<Table>, tools: DriverTools): Driver
}

/** A way to reach people, whole: nothing outside its file knows its settings, addresses or codes. */
export type Channel = Omit<Definition<SettingTable>, 'group' | 'driver'> & {
  group?: Group & { address(config: Config): string }
  driver(config: Config, tools: DriverTools): Driver
}

/** Makes a channel of its definition: settings reach it with their types. */
export function defineChannel<Table extends SettingTable>(definition: Definition<Table>): Channel {
  const { group, driver, settings, ...rest } = definition
  const values = (config: Config) => addedValues(config, settings)
  return {
    ...rest,
    settings,
    ...(group === undefined ? {} : { group: { ...group, address: (config) => group.address(values(config)) } }),
    driver: (config, tools) => driver(values(config), tools)
  }
}

/** The chat of the people on duty: hears what wakes or concerns the shift. */
export const dutyGroup = (channel: string): Group => ({
  recipient: `group:${channel}`,
  name: words.dutyGroup,
  hears: ({ priority, to }) => to.some(({ kind }) => kind === 'duty') && priority <= 2
})
