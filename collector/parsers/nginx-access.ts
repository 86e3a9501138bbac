import type { JsonObject } from '#core/event.ts'
import { readAccessLogTime, readDocumentTime } from '../enrich/event-time.ts'
import { readUserAgent } from '../enrich/user-agent.ts'
import { distinct, endpoint, isPrivateAddress, plainIp, readPort, readWhole } from './addresses.ts'
import { draftOf, type Content, type Draft, type Parser, type Refusal } from './parser.ts'
import { readRequestLine, unescapeLogged } from './request-line.ts'

/** Most addresses of a proxy chain that are kept. */
const MAX_CHAIN = 32
/** A line with more brackets than this before its request is no access log. */
const MAX_BRACKETS = 16
/** `23/Nov/2026:07:30:52.123456 +0700`, and ISO 8601, are no longer. */
const MAX_TIME = 40

/** Where the time stands and where the request's quote is. */
type Frame = { open: number; close: number; quote: number }

/**
 * `[time] "`: servers write a quote inside a variable as an escape, so a client cannot forge the pair of bracket and quote;
 * the first one with a date before it is the server's own.
 */
function findFrame(text: string): Frame | undefined {
  let close = text.indexOf('] "')
  if (close > 26 && text[close - 27] === '[' && text[close - 24] === '/') {
    return { open: close - 27, close, quote: close + 2 }
  }
  close = text.indexOf(']')
  for (let count = 0; close > 0 && count < MAX_BRACKETS; count++, close = text.indexOf(']', close + 1)) {
    let quote = close + 1
    while (text.charCodeAt(quote) === 32 || text.charCodeAt(quote) === 9) quote++
    if (text.charCodeAt(quote) !== 34) continue
    const open = text.lastIndexOf('[', close)
    if (open < 0 || close - open > MAX_TIME || close - open < 17) continue
    if (!Number.isNaN(readDocumentTime(text.slice(open + 1, close)))) return { open, close, quote }
  }
  return undefined
}

/** The combined format of nginx and Apache, also with a virtual host in front and a forwarded-for list behind. */
export const nginxAccess: Parser = {
  name: 'nginx-access',
  samples: [{ file: 'nginx-access.log', dataset: /^nginx\.access$/ }],
  fieldSets: ['nginx', 'apache'],
  accepts: (content) => content.document === undefined && findFrame(content.text) !== undefined,
  parse(content: Content): Draft | Refusal {
    const text = content.text
    const frame = findFrame(text)!
    const time = readTime(text, frame, content.utcOffsetMinutes)
    const request = readQuoted(text, frame.quote)
    if (request === undefined) return { code: 'parse.broken_line', detail: 'access log: the request is not quoted' }
    const module = /^(apache|httpd)/.test(content.program) || content.hint.includes('apache') ? 'apache' : 'nginx'
    const event: JsonObject = { dataset: `${module}.access`, module, category: ['web'], type: ['access'] }
    const fields: JsonObject = { event, service: { type: module }, message: text }
    const user = readHead(text.slice(0, frame.open), fields, module)
    if (user !== '') fields['user'] = { name: user }
    const line = readRequestLine(request.value)
    const http: JsonObject = line.http ?? {}
    fields['http'] = http
    if (line.url !== undefined) fields['url'] = { ...(fields['url'] as JsonObject | undefined), ...line.url }
    const [status = '', bytes = ''] = text.slice(request.end, nextQuote(text, request.end)).trim().split(/\s+/, 2)
    const code = readWhole(status)
    const response: JsonObject = {}
    if (code >= 100 && code <= 999) {
      response['status_code'] = code
      event['outcome'] = code < 400 ? 'success' : 'failure'
    }
    const size = readWhole(bytes)
    if (size >= 0) response['body'] = { bytes: size }
    http['response'] = response
    readTail(text, request.end, fields, http)
    const related: JsonObject = {}
    const addresses = distinct(textIn(fields['destination'], 'ip'), textIn(fields['source'], 'ip'))
    if (addresses.length > 0) related['ip'] = addresses
    if (user !== '') related['user'] = [user]
    fields['related'] = related
    return draftOf(fields, time)
  }
}

function readTime(text: string, { open, close }: Frame, utcOffsetMinutes: number): number {
  const common = close - open === 27 ? readAccessLogTime(text, open + 1) : Number.NaN
  return Number.isNaN(common) ? readDocumentTime(text.slice(open + 1, close), utcOffsetMinutes) : common
}

/** `"referrer" "agent" "forwarded for"`, as far as they are there. */
function readTail(text: string, from: number, fields: JsonObject, http: JsonObject): void {
  const referrer = readQuoted(text, nextQuote(text, from))
  if (referrer === undefined) return
  if (referrer.value !== '-' && referrer.value !== '') {
    http['request'] = { ...(http['request'] as JsonObject | undefined), referrer: referrer.value }
  }
  const agent = readQuoted(text, nextQuote(text, referrer.end))
  if (agent === undefined) return
  if (agent.value !== '-' && agent.value !== '') fields['user_agent'] = readUserAgent(agent.value)
  const forwarded = plainIp(readQuoted(text, nextQuote(text, agent.end))?.value.split(',', 1)[0]?.trim() ?? '')
  if (forwarded !== '') fields['network'] = { forwarded_ip: forwarded }
}

function textIn(value: unknown, key: string): string | undefined {
  const found = (value as JsonObject | undefined)?.[key]
  return typeof found === 'string' ? found : undefined
}

function nextQuote(text: string, from: number): number {
  const at = text.indexOf('"', from)
  return at < 0 ? text.length : at
}

/** A quoted part that starts at `at`, as it was before the server escaped it. */
function readQuoted(text: string, at: number): { value: string; end: number } | undefined {
  if (text[at] !== '"') return undefined
  let close = text.indexOf('"', at + 1)
  while (close > 0 && text[close - 1] === '\\' && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  if (close < 0) return undefined
  return { value: unescapeLogged(text.slice(at + 1, close)), end: close + 1 }
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0
  for (let at = quote - 1; text[at] === '\\'; at--) slashes++
  return slashes % 2 === 1
}

/** The next word of `text` from `at` on: quoted or up to a blank. */
function wordAt(text: string, at: number): { word: string; end: number } {
  let start = at
  while (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9) start++
  const quoted = readQuoted(text, start)
  if (quoted !== undefined) return { word: quoted.value, end: quoted.end }
  let end = start
  while (end < text.length && text.charCodeAt(end) !== 32 && text.charCodeAt(end) !== 9) end++
  return { word: text.slice(start, end), end }
}

/**
 * `[vhost[:port] ]ADDRESS[, ADDRESS…] IDENTITY USER `: fills source and destination, gives the user. The fields are counted
 * from the left, because the user (Basic authentication) is the client's own text: empty, with blanks, dashes or addresses.
 */
function readHead(head: string, fields: JsonObject, module: string): string {
  const space = head.indexOf(' ')
  if (head.startsWith(' - ', space) && plainIp(head.slice(0, space)) !== '') {
    layClient([head.slice(0, space)], fields, module)
    return nameOf(head.slice(space + 3).trim())
  }
  let first = wordAt(head, 0)
  const second = wordAt(head, first.end)
  if (
    !first.word.endsWith(',') &&
    first.word !== '' &&
    (plainIp(second.word.replace(/,$/, '')) !== '' || second.word === 'unix:')
  ) {
    readVirtualHost(first.word, fields)
    first = second
  }
  const chain: string[] = []
  let end = first.end
  for (let word = first; ; word = wordAt(head, end)) {
    end = word.end
    for (const part of word.word.split(/[,\s]+/, MAX_CHAIN)) {
      if (part !== '' && part !== '-' && chain.length < MAX_CHAIN) chain.push(part)
    }
    if (!word.word.endsWith(',') || end >= head.length) break
  }
  layClient(chain, fields, module)
  const identity = wordAt(head, end)
  const user = head.slice(identity.end).trim()
  // One word behind the address is the user: some formats leave the identity out.
  return nameOf(user === '' ? identity.word : user)
}

function nameOf(user: string): string {
  if (user === '-' || user === '') return ''
  const name = user.startsWith('"') ? (readQuoted(user, 0)?.value ?? user) : unescapeLogged(user)
  return name === '-' ? '' : name.trim()
}

/** The first public address is the client; proxies in front of it are private. A lone address is what the socket said. */
function layClient(chain: string[], fields: JsonObject, module: string): void {
  const client = chain.length === 1 ? chain[0]! : (chain.find((part) => isPublic(plainIp(part))) ?? chain[0] ?? '')
  if (client === '') return
  fields['source'] = endpoint(client)
  const list = chain.filter((part) => part !== 'unix:').map((part) => plainIp(part) || part)
  if (list.length > 0) fields[module] = { access: { remote_ip_list: list } }
}

const isPublic = (address: string) => address !== '' && !isPrivateAddress(address)

function readVirtualHost(text: string, fields: JsonObject): void {
  const ip = plainIp(text)
  const colon = text.lastIndexOf(':')
  const port =
    colon < 0 || (ip !== '' && text.indexOf(':') !== colon && !text.startsWith('['))
      ? -1
      : readPort(text.slice(colon + 1))
  const name = port < 0 ? text : text.slice(0, colon)
  const destination: JsonObject = ip === '' ? { domain: name } : { ip }
  if (port >= 0) destination['port'] = port
  fields['destination'] = destination
  if (ip === '') fields['url'] = { domain: name }
}
