import { listenerSettings } from '#collector/sources/listeners.ts'
import { channelSettings } from '#control/notifications/channel-lists.ts'
import { readConfig, settings, type Config } from '#core/config.ts'
import type { ValuesOf } from '#core/setting.ts'

/** Settings that come with the rows of a table: a port for each protocol, what each channel of notifications needs. */
const ofTables = { ...listenerSettings, ...channelSettings }

/** Every setting of the process; `.env.example` lists the same ones (a test compares them). */
export const allSettings = { ...settings, ...ofTables }

/** The whole configuration of a process. */
export type SocConfig = Config & ValuesOf<typeof listenerSettings>

/** Reads every setting of the process. Throws `config.invalid` (core/config.ts). */
export const readSettings = (environment: Record<string, string | undefined>): SocConfig =>
  readConfig(environment, ofTables)
