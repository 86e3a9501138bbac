import type { JsonObject } from '#core/event.ts'
import { readAccessLogTime } from '../enrich/event-time.ts'
import { readUserAgent } from '../enrich/user-agent.ts'
import { distinct, endpoint, isAddress, isPrivateAddress, readPort, readWhole } from './addresses.ts'
import { draftOf, type Content, type Draft, type Parser, type Refusal } from './parser.ts'

/** Most addresses of a proxy chain that are kept. */
const MAX_CHAIN = 32

/** Where `] "` ends the time: nginx writes a quote inside a variable as \x22, so this cannot be forged by a client. */
function timeEnd(text: string): number {
  return text.indexOf('] "')
}

/** The combined format of nginx and Apache, also with a virtual host in front and a forwarded-for list behind. */
export const nginxAccess: Parser = {
  name: 'nginx-access',
  samples: [{ file: 'nginx-access.log', dataset: /^nginx\.access$/ }],
  fieldSets: ['nginx', 'apache'],
  accepts(content) {
    if (content.document !== undefined) return false
    const end = timeEnd(content.text)
    return end > 26 && content.text[end - 27] === '[' && content.text[end - 24] === '/' && content.text[end - 6] === ' '
  },
  parse(content: Content): Draft | Refusal {
    const text = content.text
    const end = timeEnd(text)
    const open = end - 27
    const time = readAccessLogTime(text, open + 1)
    const quotes = readQuoted(text, end + 2)
    if (quotes === undefined) return { code: 'parse.broken_line', detail: 'access log: the request is not quoted' }
    const apache = /^(apache|httpd)/.test(content.program) || content.hint.includes('apache')
    const fields: JsonObject = {
      event: {
        dataset: apache ? 'apache.access' : 'nginx.access',
        module: apache ? 'apache' : 'nginx',
        category: ['web'],
        type: ['access']
      },
      service: { type: apache ? 'apache' : 'nginx' },
      message: text
    }
    const module = apache ? 'apache' : 'nginx'
    const user = readClient(text.slice(0, open).trimEnd(), fields, module)
    if (user !== '' && user !== '-') fields['user'] = { name: user }
    readRequest(quotes.value, fields)
    const [status = '', bytes = ''] = text.slice(quotes.end, nextQuote(text, quotes.end)).trim().split(' ')
    const code = readWhole(status)
    const response: JsonObject = {}
    if (code >= 100 && code <= 999) {
      response['status_code'] = code
      ;(fields['event'] as JsonObject)['outcome'] = code < 400 ? 'success' : 'failure'
    }
    const size = readWhole(bytes)
    if (size >= 0) response['body'] = { bytes: size }
    const http = (fields['http'] ??= {}) as JsonObject
    http['response'] = response
    const referrer = readQuoted(text, nextQuote(text, quotes.end))
    if (referrer !== undefined) {
      if (referrer.value !== '-' && referrer.value !== '') {
        const request = (http['request'] ??= {}) as JsonObject
        request['referrer'] = referrer.value
      }
      const agent = readQuoted(text, nextQuote(text, referrer.end))
      if (agent !== undefined) {
        if (agent.value !== '-' && agent.value !== '') fields['user_agent'] = readUserAgent(agent.value)
        const forwarded = readQuoted(text, nextQuote(text, agent.end))?.value.split(',', 1)[0]?.trim() ?? ''
        if (isAddress(forwarded)) fields['network'] = { forwarded_ip: forwarded }
      }
    }
    const source = fields['source'] as JsonObject | undefined
    const destination = fields['destination'] as JsonObject | undefined
    const addresses = distinct(asText(destination?.['ip']), asText(source?.['ip']))
    const related: JsonObject = {}
    if (addresses.length > 0) related['ip'] = addresses
    if (user !== '' && user !== '-') related['user'] = [user]
    fields['related'] = related
    return draftOf(fields, time)
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function nextQuote(text: string, from: number): number {
  const at = text.indexOf('"', from)
  return at < 0 ? text.length : at
}

/** A quoted part that starts at `at`; Apache writes `\"` inside, nginx never does. */
function readQuoted(text: string, at: number): { value: string; end: number } | undefined {
  if (text[at] !== '"') return undefined
  let close = text.indexOf('"', at + 1)
  while (close > 0 && text[close - 1] === '\\' && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  if (close < 0) return undefined
  return { value: text.slice(at + 1, close), end: close + 1 }
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0
  for (let at = quote - 1; text[at] === '\\'; at--) slashes++
  return slashes % 2 === 1
}

/** `[vhost[:port] ]ADDRESS[, ADDRESS…] - USER`: fills source and destination, gives the user. */
function readClient(head: string, fields: JsonObject, module: string): string {
  const dash = head.indexOf(' - ')
  const user = dash < 0 ? head.slice(head.lastIndexOf(' ') + 1) : head.slice(dash + 3)
  let clients = dash < 0 ? head.slice(0, head.lastIndexOf(' ') + 1) : head.slice(0, dash)
  const space = clients.indexOf(' ')
  if (space > 0 && clients[space - 1] !== ',' && clients[0] !== '"') {
    readVirtualHost(clients.slice(0, space), fields)
    clients = clients.slice(space + 1)
  }
  const chain = clients
    .replaceAll('"', '')
    .split(/[,\s]+/, MAX_CHAIN)
    .filter((part) => part !== '')
  // The first public address is the client; proxies in front of it are private. A lone address is what the socket said.
  const client = chain.find((part) => isAddress(part) && !isPrivateAddress(part)) ?? chain[0] ?? ''
  if (client !== '') {
    const source = endpoint(client)
    fields['source'] = source
    const list = chain.filter((part) => part !== 'unix:')
    if (list.length > 0) fields[module] = { access: { remote_ip_list: list } }
  }
  return user
}

function readVirtualHost(text: string, fields: JsonObject): void {
  const colon = text.lastIndexOf(':')
  const port = colon < 0 || isAddress(text) ? -1 : readPort(text.slice(colon + 1))
  const name = port < 0 ? text : text.slice(0, colon)
  const destination: JsonObject = isAddress(name) ? { ip: name } : { domain: name }
  if (port >= 0) destination['port'] = port
  fields['destination'] = destination
  if (!isAddress(name)) fields['url'] = { domain: name }
}

/** `GET /path?query HTTP/1.1`; anything else (TLS bytes on a plain port, "hello") leaves no fields. */
function readRequest(request: string, fields: JsonObject): void {
  const method = request.indexOf(' ')
  const version = request.lastIndexOf(' HTTP/')
  if (method < 1 || version <= method || method > 32) return
  const target = request.slice(method + 1, version)
  fields['http'] = { request: { method: request.slice(0, method) }, version: request.slice(version + 6) }
  fields['url'] = { ...(fields['url'] as JsonObject | undefined), ...readTarget(target) }
}

/** ECS `url.*` of a request target. `path` is percent-decoded when that is valid; `original` and `query` stay as they came. */
export function readTarget(target: string): JsonObject {
  const url: JsonObject = { original: target }
  const mark = target.indexOf('?')
  const raw = mark < 0 ? target : target.slice(0, mark)
  const path = decode(raw)
  url['path'] = path
  if (mark >= 0) url['query'] = target.slice(mark + 1)
  const dot = path.lastIndexOf('.')
  if (dot > path.lastIndexOf('/') && dot < path.length - 1 && path.length - dot <= 16) {
    url['extension'] = path.slice(dot + 1)
  }
  return url
}

function decode(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path).toWellFormed()
  } catch {
    // A broken escape is the client's business; the raw path is still evidence.
    return path
  }
}
