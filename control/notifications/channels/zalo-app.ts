import { join } from 'node:path'
import { integer, text, type ValuesOf } from '#core/setting.ts'
import type { Bilingual } from '#core/match.ts'
import type { DriverTools } from './channel.ts'
import { createZaloToken } from './zalo-token.ts'

/** The bound of each Zalo channel for itself. */
export const zaloLimit = {
  SOC_ZALO_DAILY_MAX: integer('messages a day over each Zalo channel', 500, 0, 1_000_000)
}

/** Settings of the Zalo application that the OA's chat and ZNS share. */
export const zaloApp = {
  SOC_ZALO_APP_ID: text('Zalo application id', '', 'text, or empty'),
  SOC_ZALO_APP_SECRET: text('Zalo application secret, renews the access token', '', 'text, or empty'),
  SOC_ZALO_REFRESH_TOKEN: text('first refresh token of the Zalo OA; renewed ones are kept', '', 'text, or empty'),
  SOC_ZALO_OA_SECRET: text('secret key of the Zalo OA webhook', '', 'text, or empty'),
  ...zaloLimit
}

/** Words for what both say of their token and their receipts. */
export const zaloCodes: Record<string, Bilingual> = {
  zalo: { vi: 'mã truy cập Zalo', en: 'Zalo access token' },
  'zalo.received': { vi: 'Zalo báo đã đến máy', en: 'Zalo says it has arrived' },
  'zalo.seen': { vi: 'Zalo báo đã xem', en: 'Zalo says it was seen' }
}

/** What both drivers are made with. A refresh token works once, so both hold the one token of the data folder. */
export const zaloOptions = (values: ValuesOf<typeof zaloApp>, { clock, folder, shared }: DriverTools) => ({
  token: shared('zalo-token', () =>
    createZaloToken({
      appId: values.SOC_ZALO_APP_ID,
      appSecret: values.SOC_ZALO_APP_SECRET,
      firstRefreshToken: values.SOC_ZALO_REFRESH_TOKEN,
      file: join(folder, 'zalo-token.json'),
      clock
    })
  ),
  appId: values.SOC_ZALO_APP_ID,
  oaSecret: values.SOC_ZALO_OA_SECRET,
  dailyMax: values.SOC_ZALO_DAILY_MAX,
  clock
})
