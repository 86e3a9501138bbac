import type { Clock } from '#core/clock.ts'
import { flag, text } from '#core/setting.ts'
import type { Driver, SendResult } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
import { providerId } from './addresses.ts'
import { defineChannel, dutyGroup } from './channel.ts'
import { withoutToken } from './zalo-bot.ts'

/** Telegram: off unless a setting turns it on, since its use by agencies is restricted (2312/CVT-CS of 2025). 429 says how long to wait. */
export function telegram(options: { on: boolean; token: string; clock: Clock; url?: string }): Driver {
  const base = options.url ?? 'https://api.telegram.org'
  return {
    channel: 'telegram',
    configured: options.on && options.token !== '',
    // Twenty a minute into one group: one at a time keeps it in order, 429 does the rest.
    concurrency: 1,
    receipts: false,
    async send(message): Promise<SendResult> {
      const answer = await post(`${base}/bot${options.token}/sendMessage`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          chat_id: message.address,
          text: message.text,
          link_preview_options: { is_disabled: true }
        })
      })
      if ('kind' in answer) return { ...answer, detail: withoutToken(answer.detail, options.token) }
      const said = jsonOf(answer.text)
      if (said['ok'] === true) {
        const id = (said['result'] as { message_id?: unknown } | undefined)?.message_id
        return { kind: 'accepted', ...(id === undefined ? {} : { providerId: String(id).slice(0, 100) }) }
      }
      const code = Number(said['error_code'] ?? answer.status)
      const detail = typeof said['description'] === 'string' ? said['description'].slice(0, 200) : ''
      if (code === 401 || code === 404) return { kind: 'failed', class: 'config', code: `telegram.${code}`, detail }
      if (code === 400 || code === 403) return { kind: 'failed', class: 'permanent', code: `telegram.${code}`, detail }
      if (code === 429) {
        const wait = Number((said['parameters'] as { retry_after?: unknown } | undefined)?.retry_after ?? 30)
        return {
          kind: 'failed',
          class: 'retryable',
          code: 'telegram.429',
          detail,
          retryAfterMs: Number.isFinite(wait) && wait > 0 ? wait * 1000 : 30_000
        }
      }
      return failureOfStatus(answer, options.clock.now())
    }
  }
}

export const telegramChat = defineChannel({
  name: 'telegram',
  label: { vi: 'Telegram', en: 'Telegram' },
  settings: {
    SOC_TELEGRAM: flag('send over Telegram', false),
    SOC_TELEGRAM_TOKEN: text('token of the Telegram bot', '', 'text, or empty'),
    SOC_TELEGRAM_CHAT: text('chat of the duty group on Telegram', '', 'text, or empty')
  },
  addressKind: providerId('telegram_chat', { vi: 'Mã chat Telegram', en: 'Telegram chat id' }, '^-?[A-Za-z0-9_@]*$'),
  ways: { chat: 30 },
  text: 'chat',
  group: { ...dutyGroup('telegram'), address: (values) => values.SOC_TELEGRAM_CHAT },
  codes: { telegram: { vi: 'Telegram từ chối', en: 'refused by Telegram' } },
  driver: (values, { clock }) => telegram({ on: values.SOC_TELEGRAM, token: values.SOC_TELEGRAM_TOKEN, clock })
})
