import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { integer, text, url } from '#core/setting.ts'
import type { Driver, FailureClass, SendResult } from '../driver.ts'
import { failureOfStatus, jsonOf, post } from '../http-post.ts'
import { phone } from './addresses.ts'
import { defineChannel } from './channel.ts'

/** CodeResult of the eSMS form of a brandname gateway and what follows from it. 100 is "accepted", no more. */
const classOf: ReadonlyMap<string, FailureClass> = new Map<string, FailureClass>(
  Object.entries({
    // Unknown and wrong number: this phone cannot be reached.
    99: 'permanent',
    108: 'permanent',
    // Keys, account, balance, brandname, type, rights, addresses: the administrator's work.
    101: 'config',
    102: 'config',
    103: 'config',
    104: 'config',
    118: 'config',
    119: 'config',
    132: 'config',
    140: 'config',
    // The text: too long, or not as the registered template; the phone is not at fault.
    131: 'permanent',
    146: 'config',
    // The brandname is not registered with this phone's network: another channel, now.
    177: 'deferrable'
  })
)
const DUPLICATE = '124'
const MESSAGE_FAULTS = new Set(['131'])

/**
 * SMS with the agency's registered name. `RequestId` is the message id, so the gateway refuses a second one with 124, which
 * to us means: it has it. Final status comes by CallbackUrl.
 */
export function smsBrandname(options: {
  url: string
  key: string
  secret: string
  brandname: string
  /** Where the gateway tells what became of a message; '' for none. */
  callbackUrl: string
  hookKey: string
  dailyMax: number
  clock: Clock
}): Driver {
  const configured = options.url !== '' && options.key !== '' && options.secret !== '' && options.brandname !== ''
  return {
    channel: 'sms',
    configured,
    concurrency: 4,
    receipts: options.callbackUrl !== '',
    dailyMax: options.dailyMax,
    receiptQuery: `?k=${receiptKey(options.hookKey, 'sms')}`,
    async send(message): Promise<SendResult> {
      const answer = await post(`${options.url.replace(/\/$/, '')}/SendMultipleMessage_V4_post_json/`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ApiKey: options.key,
          SecretKey: options.secret,
          Brandname: options.brandname,
          SmsType: '2',
          Phone: message.address,
          Content: message.text,
          IsUnicode: '0',
          Sandbox: '0',
          RequestId: message.id,
          ...(options.callbackUrl === ''
            ? {}
            : { CallbackUrl: `${options.callbackUrl}?k=${receiptKey(options.hookKey, 'sms')}` })
        })
      })
      if ('kind' in answer) return answer
      if (answer.status !== 200) return failureOfStatus(answer, options.clock.now())
      const { CodeResult, SMSID, ErrorMessage } = jsonOf(answer.text)
      const code = String(CodeResult ?? '')
      const providerId = typeof SMSID === 'string' ? SMSID.slice(0, 100) : undefined
      if (code === '100' || code === DUPLICATE)
        return { kind: 'accepted', ...(providerId === undefined ? {} : { providerId }) }
      return {
        kind: 'failed',
        class: classOf.get(code) ?? 'retryable',
        code: `sms.${code.slice(0, 10) || 'answer'}`,
        detail: typeof ErrorMessage === 'string' ? ErrorMessage.slice(0, 200) : '',
        messageFault: MESSAGE_FAULTS.has(code)
      }
    },
    readReceipt({ query, body }) {
      if (!rightKey(query['k'], receiptKey(options.hookKey, 'sms'))) return undefined
      const said = { ...query, ...fieldsOf(body) } as Record<string, unknown>
      const [requestId, smsId] = [said['RequestId'], said['SMSID']]
      const status = Number(said['SendStatus'])
      // 1 to 3 are on the way; 4 refused, 5 sent, 6 deleted.
      if (![4, 5, 6].includes(status)) return []
      const arrived = status === 5 && !(Number(said['SendFailed']) > 0)
      return [
        {
          kind: 'status',
          ...(typeof requestId === 'string' ? { messageId: requestId } : {}),
          ...(typeof smsId === 'string' ? { providerId: smsId } : {}),
          status: arrived ? 'delivered' : 'failed',
          code: `sms.status_${status}`
        }
      ]
    }
  }
}

/** JSON or form: gateways differ. */
function fieldsOf(body: Buffer): Record<string, unknown> {
  const text = body.toString('utf8')
  return text.trimStart().startsWith('{') ? jsonOf(text) : Object.fromEntries(new URLSearchParams(text))
}

/** Gateways do not sign their calls: the address they are given carries a key of its own. */
export function receiptKey(hookKey: string, channel: string): string {
  return createHmac('sha256', hookKey).update(`receipt:${channel}`).digest('base64url').slice(0, 32)
}

function rightKey(given: string | undefined, right: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export const sms = defineChannel({
  name: 'sms',
  label: { vi: 'SMS', en: 'SMS' },
  settings: {
    SOC_SMS_URL: url('SMS brandname gateway (eSMS form)', 'https://rest.esms.vn/MainService.svc/json'),
    SOC_SMS_KEY: text('API key of the SMS gateway', '', 'text, or empty'),
    SOC_SMS_SECRET: text('secret key of the SMS gateway', '', 'text, or empty'),
    SOC_SMS_BRANDNAME: text('registered brandname, at most 11 characters', '', 'text, or empty'),
    SOC_SMS_DAILY_MAX: integer('SMS a day', 500, 0, 1_000_000)
  },
  addressKind: phone,
  ways: { chat: 60, sms: 10, email: 50 },
  text: 'sms',
  codes: {
    sms: { vi: 'cổng SMS từ chối', en: 'refused by the SMS gateway' },
    'sms.status_5': { vi: 'nhà mạng báo đã gửi tới máy', en: 'the carrier says it reached the phone' }
  },
  driver: (values, { clock, hookKey, hookUrl }) =>
    smsBrandname({
      url: values.SOC_SMS_URL,
      key: values.SOC_SMS_KEY,
      secret: values.SOC_SMS_SECRET,
      brandname: values.SOC_SMS_BRANDNAME,
      callbackUrl: hookUrl,
      hookKey,
      dailyMax: values.SOC_SMS_DAILY_MAX,
      clock
    })
})
