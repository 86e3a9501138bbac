import type { Bilingual } from '#core/match.ts'
import type { ChannelName, Priority } from '#core/notification.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'
import { maskText } from '#control/rights/masking.ts'
import { channelOf } from './channel-lists.ts'
import { words } from './words.ts'

/** An SMS is one part of 160 characters of the basic alphabet: unaccented, so that no part costs double or is refused. */
export const SMS_MAX = 160
/** Characters of its sentence an SMS keeps beside a link. */
const LEAST_SENTENCE = 40
/** Chat channels cut or refuse more. */
const CHAT_MAX = 1_800
const MAIL_MAX = 20_000

/** What a message says, as the outbox keeps it; `link` opened. */
export type Message = {
  topic: string
  priority: Priority
  code: string
  title: Bilingual
  body: Bilingual
  link: string
  at: number
  /** The sentence of an SMS where the title says too little; '' for the title. */
  sms: string
  /** The number to call, for those outside the SOC; '' for none. */
  call: string
}

const patterns: [RegExp, string][] = [
  // Mail addresses before hosts, since they hold one.
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '(…)'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?:\/\d{1,2})?(?![\d.]\d)/g, '(…)'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w{1,15})?(?![\w:])/gi, '(…)'],
  [/\bCVE-\d{4}-\d{4,7}\b/gi, '(…)'],
  [/\b(?:https?|ftp):\/\/\S{1,2000}/gi, '(…)']
]

/**
 * Takes out of a text what must not leave the house: citizens' numbers and phones (masked, then their remains), mail and
 * network addresses, links, names of weaknesses. Control characters go too, so that a line stays one line.
 */
export function redact(text: string): string {
  let clean = text.normalize('NFC')
  for (const [pattern, word] of patterns) clean = clean.replace(pattern, word)
  clean = maskText(clean)
    // What the mask leaves (first and last digits) is still more than a message needs.
    .replace(/\d{0,6}\*[\d*. -]*\d?/g, '(…)')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]+/g, ' ')
  return clean.trim()
}

const oneLine = (text: string) => redact(text).replace(/\s+/g, ' ')

/** Vietnamese without accents, and nothing outside the basic alphabet of SMS. */
export function unaccented(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đð]/g, 'd')
    .replace(/[ĐÐ]/g, 'D')
    .replace(/[–—]/g, '-')
    .replace(/[“”«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/…/g, '..')
    .replace(/[^\x20-\x5a\x5f\x61-\x7a]/g, ' ')
    .replace(/`/g, "'")
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** Places of the basic alphabet a text takes: those of the extended table take two. */
const septets = (text: string) => text.length + (text.match(/[\^{}\\[\]~|]/g) ?? []).length

/**
 * `[SOC Hue] P1 NDXP ngung 14:05. Ma VL-0231 https://…`, and to a unit `[SOC Hue] NV-0007 can xu ly, … Goi 0234 … https://…`:
 * at most 160 places, the code, the number to call and a link that fits kept whole. The sentence is cut at its end.
 */
export function smsText(message: Message, link: string): string {
  const own = unaccented(oneLine(message.sms))
  const head = own === '' ? `${words.senderSms} P${message.priority} ` : `${words.senderSms} `
  const code = message.code === '' || own !== '' ? '' : words.codeSms(unaccented(message.code).slice(0, 20))
  const call = message.call === '' ? '' : words.callSms(unaccented(message.call).slice(0, 30))
  const fixed = `${code}${call}`
  const title = own === '' ? unaccented(oneLine(message.title.vi)) : own
  // A link that leaves no room for a sentence says nothing; the code does.
  const least = Math.min(LEAST_SENTENCE, title.length)
  const tail = link !== '' && septets(`${head}${fixed} ${link}`) + least <= SMS_MAX ? `${fixed} ${link}` : fixed
  const room = SMS_MAX - septets(`${head}${tail}`)
  const text = title.length <= room ? title : `${title.slice(0, room - 2).trimEnd()}..`
  return `${head}${text}${tail}`
}

/** Subject of a mail, first line of a chat message. */
export function titleLine(message: Message): string {
  return `${words.sender} P${message.priority} ${oneLine(message.title.vi).slice(0, 200)}${message.code === '' ? '' : ` (${message.code})`}`
}

const stamp = (ms: number) => {
  const [day, time] = new Date(ms + ICT_OFFSET_MS).toISOString().split('T') as [string, string]
  return `${time.slice(0, 5)} ${day.split('-').reverse().join('/')}`
}

/** The whole text for a channel. Mails carry Vietnamese and English; chats Vietnamese; SMS one unaccented line. */
export function composeText(channel: ChannelName, message: Message, link: string): string {
  const form = channelOf(channel)?.text ?? 'chat'
  if (form === 'sms') return smsText(message, link)
  const vi = [
    oneLine(message.title.vi),
    redact(message.body.vi),
    message.call === '' ? '' : words.call(message.call),
    message.code === '' ? '' : words.code(message.code, stamp(message.at))
  ]
  if (form === 'chat') {
    const text = [`${words.sender} P${message.priority}`, ...vi, link].filter((line) => line !== '').join('\n')
    if (text.length <= CHAT_MAX) return text
    // The link stays whole: it is what the message is for.
    const tail = link === '' ? '' : `\n${link}`
    return `${text.slice(0, CHAT_MAX - tail.length - 1)}…${tail}`
  }
  const en = [oneLine(message.title.en), redact(message.body.en)].filter((line) => line !== '')
  const parts = [...vi, link, en.length === 0 ? '' : `---\n${en.join('\n\n')}`, words.mailFoot].filter(
    (part) => part !== ''
  )
  return parts.join('\n\n').slice(0, MAIL_MAX)
}
