import type { Clock } from '#core/clock.ts'
import { text } from '#core/setting.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'
import type { Driver, FailureClass } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
import { phone } from './addresses.ts'
import { defineChannel } from './channel.ts'
import { zaloApp, zaloCodes, zaloOptions } from './zalo-app.ts'
import { readOaEvents } from './zalo-oa.ts'
import type { ZaloToken } from './zalo-token.ts'

/** Error codes of the template message API and what follows from each. */
const classOf: Record<number, FailureClass> = {
  // The phone: wrong, without a Zalo account, or its owner has refused.
  [-108]: 'permanent',
  [-114]: 'permanent',
  [-118]: 'permanent',
  [-119]: 'permanent',
  [-139]: 'permanent',
  [-141]: 'permanent',
  // Not between 22 and 6; the day's quota is used up: another channel, now.
  [-133]: 'deferrable',
  [-144]: 'deferrable',
  [-147]: 'deferrable',
  // Token, money, template, rights: the administrator's work.
  [-101]: 'config',
  [-102]: 'config',
  [-103]: 'config',
  [-104]: 'config',
  [-105]: 'config',
  [-109]: 'config',
  [-111]: 'config',
  [-112]: 'config',
  [-115]: 'config',
  [-117]: 'config',
  [-120]: 'config',
  [-124]: 'config',
  [-125]: 'config',
  [-126]: 'config',
  [-131]: 'config',
  [-132]: 'config',
  [-135]: 'config',
  [-136]: 'config',
  [-137]: 'config',
  [-138]: 'config',
  [-146]: 'config'
}

/**
 * ZNS: a template message to a phone number. The template must be approved with the parameters `code`, `title` and `time`.
 * `tracking_id` is the message id and comes back in the receipt; whether a second one is refused is not documented.
 */
export function zaloZns(options: {
  token: ZaloToken
  template: string
  appId: string
  oaSecret: string
  dailyMax: number
  clock: Clock
  url?: string
}): Driver {
  const { token, clock } = options
  return {
    channel: 'zalo_zns',
    configured: token.configured && options.template !== '',
    concurrency: 4,
    receipts: options.oaSecret !== '',
    quietHours: { from: 22, to: 6 },
    dailyMax: options.dailyMax,
    token: token.age,
    async send(message) {
      const access = await token.get()
      if (typeof access !== 'string') return access
      const time = new Date(message.at + ICT_OFFSET_MS).toISOString()
      const answer = await post(options.url ?? 'https://business.openapi.zalo.me/message/template', {
        headers: { 'content-type': 'application/json', access_token: access },
        body: JSON.stringify({
          phone: message.address,
          template_id: options.template,
          template_data: {
            code: message.code || message.id.slice(0, 10),
            title: message.title.slice(0, 200),
            time: `${time.slice(11, 16)} ${time.slice(8, 10)}/${time.slice(5, 7)}/${time.slice(0, 4)}`
          },
          tracking_id: message.id
        })
      })
      if ('kind' in answer) return answer
      if (answer.status !== 200) return failureOfStatus(answer, clock.now())
      const said = jsonOf(answer.text)
      const error = Number(said['error'] ?? Number.NaN)
      if (error === 0) {
        const data = (said['data'] ?? {}) as { msg_id?: unknown; quota?: { remainingQuota?: unknown } }
        const left = Number(data.quota?.remainingQuota ?? Number.NaN)
        return {
          kind: 'accepted',
          ...(typeof data.msg_id === 'string' ? { providerId: data.msg_id.slice(0, 100) } : {}),
          ...(Number.isFinite(left) ? { quotaLeft: left } : {})
        }
      }
      if (error === -124) token.refused()
      return {
        kind: 'failed',
        class: classOf[error] ?? 'retryable',
        code: `zns.${Number.isFinite(error) ? error : 'answer'}`,
        detail: typeof said['message'] === 'string' ? said['message'].slice(0, 200) : ''
      }
    },
    readReceipt: (call) => readOaEvents(call, options)
  }
}

export const zaloTemplate = defineChannel({
  name: 'zalo_zns',
  label: { vi: 'Zalo ZNS', en: 'Zalo ZNS' },
  settings: {
    ...zaloApp,
    SOC_ZALO_ZNS_TEMPLATE: text('approved ZNS template with code, title and time', '', 'text, or empty')
  },
  addressKind: phone,
  ways: { chat: 40, email: 40 },
  text: 'chat',
  codes: { ...zaloCodes, zns: { vi: 'Zalo ZNS từ chối', en: 'refused by Zalo ZNS' } },
  driver: (values, tools) => zaloZns({ ...zaloOptions(values, tools), template: values.SOC_ZALO_ZNS_TEMPLATE })
})
