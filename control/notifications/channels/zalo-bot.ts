import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { text } from '#core/setting.ts'
import type { Driver, Receipt, SendResult } from '../driver.ts'
import { failureOfStatus, jsonOf, post, retryAfterMs } from '../http-post.ts'
import { providerId } from './addresses.ts'
import { defineChannel, dutyGroup } from './channel.ts'
import { zaloLimit } from './zalo-app.ts'

/** Zalo Bot Platform: a text into a private or group chat. Its webhook carries our secret token; "OK VL-0231" in a chat acknowledges. */
export function zaloBot(options: {
  token: string
  secret: string
  dailyMax: number
  clock: Clock
  url?: string
}): Driver {
  const base = options.url ?? 'https://bot-api.zaloplatforms.com'
  return {
    channel: 'zalo_bot',
    configured: options.token !== '',
    concurrency: 4,
    receipts: false,
    dailyMax: options.dailyMax,
    async send(message): Promise<SendResult> {
      const answer = await post(`${base}/bot${options.token}/sendMessage`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ chat_id: message.address, text: message.text })
      })
      if ('kind' in answer) return { ...answer, detail: withoutToken(answer.detail, options.token) }
      const said = jsonOf(answer.text)
      if (said['ok'] === true) {
        const id = (said['result'] as { message_id?: unknown } | undefined)?.message_id
        return { kind: 'accepted', ...(id === undefined ? {} : { providerId: String(id).slice(0, 100) }) }
      }
      const code = Number(said['error_code'] ?? answer.status)
      const detail = typeof said['description'] === 'string' ? said['description'].slice(0, 200) : ''
      if (code === 401 || code === 404) return { kind: 'failed', class: 'config', code: `bot.${code}`, detail }
      if (code === 400 || code === 403) return { kind: 'failed', class: 'permanent', code: `bot.${code}`, detail }
      const wait = retryAfterMs(answer.headers['retry-after'], options.clock.now())
      if (code === 429 || code === 408 || code >= 500 || code === 200)
        return {
          kind: 'failed',
          class: 'retryable',
          code: `bot.${code}`,
          detail,
          ...(wait === undefined ? {} : { retryAfterMs: wait })
        }
      return failureOfStatus(answer, options.clock.now())
    },
    readReceipt({ headers, body }): Receipt[] | undefined {
      const given = Buffer.from(headers['x-bot-api-secret-token'] ?? '')
      const right = Buffer.from(options.secret)
      if (right.length < 8 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined
      const said = jsonOf(body.toString('utf8'))
      const update = (said['result'] ?? said) as { message?: { text?: unknown; chat?: { id?: unknown } } }
      const { text, chat } = update.message ?? {}
      if (typeof text !== 'string' || (typeof chat?.id !== 'string' && typeof chat?.id !== 'number')) return []
      return [{ kind: 'reply', address: String(chat.id), text }]
    }
  }
}

/** The token stands in the address, and addresses in messages of failures. */
export const withoutToken = (text: string, token: string) => text.replaceAll(token, '…')

export const zaloBotChat = defineChannel({
  name: 'zalo_bot',
  label: { vi: 'Bot Zalo', en: 'Zalo bot' },
  settings: {
    SOC_ZALO_BOT_TOKEN: text('token of the Zalo bot', '', 'text, or empty'),
    SOC_ZALO_BOT_SECRET: text('secret token of the Zalo bot webhook, 8 to 256 characters', '', 'text, or empty'),
    SOC_ZALO_BOT_CHAT: text('chat of the duty group with the Zalo bot', '', 'text, or empty'),
    ...zaloLimit
  },
  addressKind: providerId('zalo_chat', { vi: 'Mã chat với bot Zalo', en: 'Chat id with the Zalo bot' }),
  ways: { chat: 10, email: 20 },
  text: 'chat',
  group: { ...dutyGroup('zalo_bot'), address: (values) => values.SOC_ZALO_BOT_CHAT },
  codes: { bot: { vi: 'Bot Zalo từ chối', en: 'refused by the Zalo bot' } },
  driver: (values, { clock }) =>
    zaloBot({
      token: values.SOC_ZALO_BOT_TOKEN,
      secret: values.SOC_ZALO_BOT_SECRET,
      dailyMax: values.SOC_ZALO_DAILY_MAX,
      clock
    })
})
