import type { Channel } from './channel.ts'
import { localOutbox } from './local.ts'
import { sms } from './sms-brandname.ts'
import { email } from './smtp.ts'
import { telegramChat } from './telegram.ts'
import { signedWebhook } from './webhook.ts'
import { zaloBotChat } from './zalo-bot.ts'
import { zaloOaChat } from './zalo-oa.ts'
import { zaloTemplate } from './zalo-zns.ts'

/** Every channel, in the order in which the screens list them. */
export const channels: readonly Channel[] = [
  email,
  signedWebhook,
  zaloTemplate,
  zaloOaChat,
  zaloBotChat,
  sms,
  telegramChat,
  localOutbox
]
