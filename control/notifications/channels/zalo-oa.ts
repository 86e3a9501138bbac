import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { flag } from '#core/setting.ts'
import type { Driver, FailureClass, Receipt, ReceiptCall } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
import { providerId } from './addresses.ts'
import { defineChannel } from './channel.ts'
import { zaloApp, zaloCodes, zaloOptions } from './zalo-app.ts'
import type { ZaloToken } from './zalo-token.ts'

/** Error codes of the OA's message API and what follows from each. */
const classOf: Record<number, FailureClass> = {
  // The person: unknown, has left the OA, or refuses it.
  [-201]: 'permanent',
  [-213]: 'permanent',
  [-227]: 'permanent',
  // Outside the 48 hours after the person last wrote, reply quota used up, night: another channel, now.
  [-211]: 'deferrable',
  [-221]: 'deferrable',
  [-230]: 'deferrable',
  [-232]: 'deferrable',
  [-234]: 'deferrable',
  // Calls too fast.
  [-32]: 'retryable',
  // Token, application, rights.
  [-204]: 'config',
  [-209]: 'config',
  [-216]: 'config',
  [-220]: 'config',
  [-224]: 'config'
}
/** A call older than this is a replay. */
const MAX_AGE_MS = 30 * 60_000

/** Chat of the Zalo OA: a text to somebody who wrote to it within 48 hours. */
export function zaloOa(options: {
  on: boolean
  token: ZaloToken
  appId: string
  oaSecret: string
  dailyMax: number
  clock: Clock
  url?: string
}): Driver {
  const { token, clock } = options
  return {
    channel: 'zalo_oa',
    configured: options.on && token.configured,
    concurrency: 4,
    receipts: options.oaSecret !== '',
    dailyMax: options.dailyMax,
    token: token.age,
    async send(message) {
      const access = await token.get()
      if (typeof access !== 'string') return access
      const answer = await post(options.url ?? 'https://openapi.zalo.me/v3.0/oa/message/cs', {
        headers: { 'content-type': 'application/json', access_token: access },
        body: JSON.stringify({ recipient: { user_id: message.address }, message: { text: message.text } })
      })
      if ('kind' in answer) return answer
      if (answer.status !== 200) return failureOfStatus(answer, clock.now())
      const said = jsonOf(answer.text)
      const error = Number(said['error'] ?? Number.NaN)
      if (error === 0) {
        const id = (said['data'] as { message_id?: unknown } | undefined)?.message_id
        return { kind: 'accepted', ...(typeof id === 'string' ? { providerId: id.slice(0, 100) } : {}) }
      }
      if (error === -216 || error === -220) token.refused()
      return {
        kind: 'failed',
        class: classOf[error] ?? 'retryable',
        code: `oa.${Number.isFinite(error) ? error : 'answer'}`,
        detail: typeof said['message'] === 'string' ? said['message'].slice(0, 200) : ''
      }
    },
    readReceipt: (call) => readOaEvents(call, options)
  }
}

/**
 * The OA's webhook, for its chat and ZNS alike: `X-ZEvent-Signature: mac=` SHA-256 of application id, body, timestamp and
 * the OA's secret key, as documented. Old calls are refused.
 */
export function readOaEvents(call: ReceiptCall, options: { appId: string; oaSecret: string }): Receipt[] | undefined {
  const text = call.body.toString('utf8')
  const said = jsonOf(text)
  const timestamp = String(said['timestamp'] ?? '')
  if (options.oaSecret === '' || !/^\d{1,15}$/.test(timestamp)) return undefined
  const right = createHash('sha256').update(`${options.appId}${text}${timestamp}${options.oaSecret}`).digest('hex')
  const given = Buffer.from((call.headers['x-zevent-signature'] ?? '').replace(/^mac\s*=\s*/, ''))
  if (given.length !== right.length || !timingSafeEqual(given, Buffer.from(right))) return undefined
  if (Math.abs(call.now - Number(timestamp)) > MAX_AGE_MS) return undefined
  const message = (said['message'] ?? {}) as {
    msg_id?: unknown
    msg_ids?: unknown
    tracking_id?: unknown
    text?: unknown
  }
  const ids = [message.msg_id, ...(Array.isArray(message.msg_ids) ? (message.msg_ids as unknown[]) : [])]
    .filter((id) => typeof id === 'string')
    .slice(0, 50)
  switch (said['event_name']) {
    case 'user_received_message': {
      const tracking = typeof message.tracking_id === 'string' ? { messageId: message.tracking_id } : {}
      return (ids.length === 0 ? [''] : ids).map((providerId) => ({
        kind: 'status',
        ...tracking,
        providerId,
        status: 'delivered',
        code: 'zalo.received'
      }))
    }
    case 'user_seen_message':
      return ids.map((providerId) => ({ kind: 'status', providerId, status: 'read', code: 'zalo.seen' }))
    case 'user_send_text': {
      const sender = (said['sender'] as { id?: unknown } | undefined)?.id
      return typeof sender === 'string' && typeof message.text === 'string'
        ? [{ kind: 'reply', address: sender, text: message.text }]
        : []
    }
    default:
      return []
  }
}

export const zaloOaChat = defineChannel({
  name: 'zalo_oa',
  label: { vi: 'Zalo OA', en: 'Zalo OA' },
  settings: { ...zaloApp, SOC_ZALO_OA: flag('send chat messages of the Zalo OA', false) },
  addressKind: providerId('zalo_user', { vi: 'Mã người dùng Zalo OA', en: 'Zalo OA user id' }),
  ways: { chat: 20, email: 30 },
  text: 'chat',
  codes: { ...zaloCodes, oa: { vi: 'Zalo OA từ chối', en: 'refused by Zalo OA' } },
  driver: (values, tools) => zaloOa({ ...zaloOptions(values, tools), on: values.SOC_ZALO_OA })
})
