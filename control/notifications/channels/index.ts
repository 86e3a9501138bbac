import { join } from 'node:path'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { Driver } from '../driver.ts'
import { local } from './local.ts'
import { smsBrandname } from './sms-brandname.ts'
import { smtp } from './smtp.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'
import { zaloBot } from './zalo-bot.ts'
import { zaloOa } from './zalo-oa.ts'
import { createZaloToken } from './zalo-token.ts'
import { zaloZns } from './zalo-zns.ts'

/** Every channel, as the settings make it; one without its settings is there and says so. */
export function createChannels(config: Config, clock: Clock, hookKey: string): Driver[] {
  const hook = (channel: string) =>
    config.SOC_PUBLIC_URL === '' ? '' : `${config.SOC_PUBLIC_URL.replace(/\/$/, '')}/hooks/notifications/${channel}`
  const token = createZaloToken({
    appId: config.SOC_ZALO_APP_ID,
    appSecret: config.SOC_ZALO_APP_SECRET,
    firstRefreshToken: config.SOC_ZALO_REFRESH_TOKEN,
    file: join(config.SOC_DATA, 'zalo-token.json'),
    clock
  })
  const zalo = {
    token,
    appId: config.SOC_ZALO_APP_ID,
    oaSecret: config.SOC_ZALO_OA_SECRET,
    dailyMax: config.SOC_ZALO_DAILY_MAX,
    clock
  }
  return [
    smtp({ url: config.SOC_SMTP_URL, from: config.SOC_SMTP_FROM }),
    webhook({
      url: config.SOC_WEBHOOK_URL,
      secret: config.SOC_WEBHOOK_SECRET,
      allowPrivate: config.SOC_WEBHOOK_PRIVATE,
      clock
    }),
    smsBrandname({
      url: config.SOC_SMS_URL,
      key: config.SOC_SMS_KEY,
      secret: config.SOC_SMS_SECRET,
      brandname: config.SOC_SMS_BRANDNAME,
      callbackUrl: hook('sms'),
      hookKey,
      dailyMax: config.SOC_SMS_DAILY_MAX,
      clock
    }),
    zaloZns({ ...zalo, template: config.SOC_ZALO_ZNS_TEMPLATE }),
    zaloOa({ ...zalo, on: config.SOC_ZALO_OA }),
    zaloBot({
      token: config.SOC_ZALO_BOT_TOKEN,
      secret: config.SOC_ZALO_BOT_SECRET,
      dailyMax: config.SOC_ZALO_DAILY_MAX,
      clock
    }),
    telegram({ on: config.SOC_TELEGRAM, token: config.SOC_TELEGRAM_TOKEN, clock }),
    local()
  ]
}
