import { join } from 'node:path'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { Driver } from '../driver.ts'
import { local } from './local.ts'
import { smsBrandname } from './sms-brandname.ts'
import { smtp } from './smtp.ts'
import { webhook } from './webhook.ts'

/** Every channel, as the settings make it; one without its settings is there and says so. */
export function createChannels(config: Config, clock: Clock, hookKey: string): Driver[] {
  const hook = (channel: string) =>
    config.SOC_PUBLIC_URL === '' ? '' : `${config.SOC_PUBLIC_URL.replace(/\/$/, '')}/hooks/notifications/${channel}`
  void join
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
    local()
  ]
}
