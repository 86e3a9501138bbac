import { readConfig, type Config } from '#core/config.ts'
import { channelSettings } from '#control/notifications/channel-lists.ts'

/** Settings that parts carry themselves; `.env.example` lists them beside those of core/config.ts. */
export const addedSettings = { ...channelSettings }

/** The configuration of the whole platform. Throws `config.invalid` as `readConfig` does. */
export const readPlatformConfig = (environment: Record<string, string | undefined>): Config =>
  readConfig(environment, addedSettings)
