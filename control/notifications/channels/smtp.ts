import type { Transporter } from 'nodemailer'
import { messageOf } from '#core/errors.ts'
import { text } from '#core/setting.ts'
import type { Driver, SendResult } from '../driver.ts'
import { mailbox } from './addresses.ts'
import { defineChannel } from './channel.ts'

/** A relay that says nothing for this long, at any step, also after DATA, is away. */
const SILENCE_MS = 20_000

/**
 * Mail over SMTP submission: implicit TLS with `smtps://`, else STARTTLS, which is required as soon as the URL carries a
 * password. 4xx (greylisting, full queues) comes again, 5xx is final, 530/534/535 are our settings.
 */
export function smtp(options: {
  url: string
  from: string
  silenceMs?: number
  trustAnyCertificate?: boolean
}): Driver {
  const target = options.url === '' ? null : URL.parse(options.url)
  const silence = options.silenceMs ?? SILENCE_MS
  const configured = target !== null && /^smtps?:$/.test(target.protocol) && options.from !== ''
  const user = decodeURIComponent(target?.username ?? '')
  let transport: Promise<Transporter> | undefined
  // Loaded with the first mail: the commands that only read the settings start without it.
  async function open(target: URL): Promise<Transporter> {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: Number(target.port) || (target.protocol === 'smtps:' ? 465 : 587),
      secure: target.protocol === 'smtps:',
      requireTLS: target.protocol === 'smtp:' && user !== '',
      ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(target.password) } }),
      ...(options.trustAnyCertificate ? { tls: { rejectUnauthorized: false } } : {}),
      connectionTimeout: silence,
      greetingTimeout: silence,
      socketTimeout: silence,
      // Nothing in a message may name a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true
    })
  }
  return {
    channel: 'email',
    configured,
    concurrency: 4,
    receipts: false,
    async send(message) {
      if (!configured) return { kind: 'failed', class: 'config', code: 'channel.off', detail: '' }
      try {
        transport ??= open(target)
        const opened = await transport
        const sent = await opened.sendMail({
          from: options.from,
          // As objects: a name or address can then not smuggle in a second recipient or a header.
          to: { name: message.name, address: message.address },
          subject: message.title,
          text: message.text,
          messageId: `<${message.id}@${domainOf(options.from)}>`,
          date: new Date(message.at),
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Soc-Subject': message.subject,
            ...(message.priority === 1 ? { Importance: 'high' } : {})
          },
          attachments: message.attachments.map(({ name, type, bytes }) => ({
            filename: name,
            contentType: type,
            content: Buffer.from(bytes)
          }))
        })
        return { kind: 'accepted', providerId: queueId(sent.response ?? '') }
      } catch (error) {
        return failureOf(error)
      }
    },
    close: () => void transport?.then((opened) => opened.close())
  }
}

const domainOf = (from: string) => /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost'

/** `250 2.0.0 Ok: queued as 4F2…` → what the relay calls it; the line itself otherwise. */
const queueId = (response: string) => (/queued as (\S+)/i.exec(response)?.[1] ?? response).slice(0, 100)

function failureOf(error: unknown): SendResult {
  const { responseCode, code, command } = error as { responseCode?: number; code?: string; command?: string }
  const detail = messageOf(error).slice(0, 200)
  if (code === 'EAUTH' || responseCode === 530 || responseCode === 534 || responseCode === 535)
    return { kind: 'failed', class: 'config', code: `smtp.${responseCode ?? 'auth'}`, detail }
  if (code === 'ETLS') return { kind: 'failed', class: 'config', code: `smtp.${code.toLowerCase()}`, detail }
  if (responseCode !== undefined && responseCode >= 400)
    return {
      kind: 'failed',
      class: responseCode >= 500 ? 'permanent' : 'retryable',
      code: `smtp.${responseCode}`,
      detail,
      // Refused at RCPT TO: the mailbox; anywhere else: the message or us.
      messageFault: command !== 'RCPT TO'
    }
  return { kind: 'failed', class: 'retryable', code: `smtp.${(code ?? 'failed').toLowerCase()}`, detail }
}

export const email = defineChannel({
  name: 'email',
  label: { vi: 'Thư điện tử', en: 'E-mail' },
  settings: {
    SOC_SMTP_URL: text('mail relay, smtp://user:password@host:587 or smtps://host:465', '', 'an address, or empty'),
    SOC_SMTP_FROM: text('sender of mails', '', 'an e-mail address, or empty')
  },
  addressKind: mailbox,
  ways: { chat: 50, sms: 20, email: 10 },
  text: 'mail',
  codes: { smtp: { vi: 'máy chủ thư từ chối', en: 'refused by the mail server' } },
  driver: (values) => smtp({ url: values.SOC_SMTP_URL, from: values.SOC_SMTP_FROM })
})
