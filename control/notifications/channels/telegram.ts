import type { Clock } from '#core/clock.ts'
import type { Driver, SendResult } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
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
