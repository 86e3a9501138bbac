import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { flag, text, url } from '#core/setting.ts'
import type { Driver, Receipt } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
import { defineChannel } from './channel.ts'

/** A call older or younger than this is a replay or a clock gone wrong. */
const MAX_SKEW_MS = 5 * 60_000

/** `v1=` and HMAC-SHA256 over `timestamp.body`, as the receiver computes it too. */
export function signature(secret: string, timestamp: string, body: string | Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`
}

/**
 * Signed webhook: POST JSON with `x-soc-event-id` (fixed: the receiver takes an event once), `x-soc-timestamp` and
 * `x-soc-signature`. Only 2xx is yes; 408, 425, 429, 5xx and a broken network come again. Never to inner addresses unless allowed.
 */
export function webhook(options: { url: string; secret: string; allowPrivate: boolean; clock: Clock }): Driver {
  const configured = options.url !== '' && options.secret !== ''
  return {
    channel: 'webhook',
    configured,
    concurrency: 8,
    receipts: false,
    async send(message) {
      const { id, code, subject, topic, priority, title, text, link, at } = message
      const body = JSON.stringify({
        id,
        at: new Date(at).toISOString(),
        topic,
        priority,
        subject,
        code,
        title,
        text,
        link
      })
      const timestamp = String(options.clock.now())
      const answer = await post(message.address, {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'vong-lau',
          'x-soc-event-id': id,
          'x-soc-timestamp': timestamp,
          'x-soc-signature': signature(options.secret, timestamp, body)
        },
        body,
        onlyPublic: !options.allowPrivate
      })
      if ('kind' in answer) return answer
      if (answer.status >= 200 && answer.status < 300) return { kind: 'delivered' }
      return failureOfStatus(answer, options.clock.now())
    },
    readReceipt({ headers, body, now }) {
      const timestamp = headers['x-soc-timestamp'] ?? ''
      if (!configured || !/^\d{1,15}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > MAX_SKEW_MS)
        return undefined
      if (!same(headers['x-soc-signature'] ?? '', signature(options.secret, timestamp, body))) return undefined
      const { id, status } = jsonOf(body.toString('utf8'))
      if (typeof id !== 'string' || (status !== 'delivered' && status !== 'read' && status !== 'failed')) return []
      return [{ kind: 'status', messageId: id, status, code: '' } satisfies Receipt]
    }
  }
}

/** Compares without telling by its time how much was right. */
function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export const signedWebhook = defineChannel({
  name: 'webhook',
  label: { vi: 'Webhook', en: 'Webhook' },
  settings: {
    SOC_WEBHOOK_URL: url('receiver of signed webhooks', ''),
    SOC_WEBHOOK_SECRET: text('key of the webhook signature', '', 'text, or empty'),
    SOC_WEBHOOK_PRIVATE: flag('the webhook may go to private and loopback networks', false)
  },
  ways: {},
  text: 'chat',
  machine: true,
  group: {
    recipient: 'webhook',
    name: 'Webhook',
    hears: ({ topic }) => topic === 'incident' || topic === 'health' || topic === 'platform',
    address: (values) => values.SOC_WEBHOOK_URL
  },
  codes: {},
  driver: (values, { clock }) =>
    webhook({
      url: values.SOC_WEBHOOK_URL,
      secret: values.SOC_WEBHOOK_SECRET,
      allowPrivate: values.SOC_WEBHOOK_PRIVATE,
      clock
    })
})
