import type { JsonObject } from '#core/event.ts'
import { plainIp, readPort } from './addresses.ts'

/** What one request line says: ECS `http` and `url`, as far as it is one. */
export type RequestLine = { http?: JsonObject; url?: JsonObject }

/**
 * `METHOD TARGET HTTP/x` with any blanks between, a method of any length, HTTP/0.9 without a version. What is no request (TLS
 * bytes on a plain port, "hello") says nothing.
 */
export function readRequestLine(request: string): RequestLine {
  let end = 0
  while (end < request.length && isTokenCode(request.charCodeAt(end))) end++
  if (end === 0 || !isBlank(request.charCodeAt(end))) return {}
  const method = request.slice(0, end)
  let rest = request.slice(end).trim()
  let version = ''
  const mark = lastBlank(rest)
  const last = rest.slice(mark + 1)
  if (last.length <= 16 && /^HTTP\//i.test(last)) {
    version = last.slice(5)
    rest = rest.slice(0, Math.max(0, mark)).trimEnd()
  } else if (!/^(?:\/|\*$|[a-z][a-z0-9+.-]{0,15}:\/\/)/i.test(rest) && method !== 'CONNECT') return {}
  const http: JsonObject = { request: { method } }
  if (version !== '') http['version'] = version
  return rest === '' ? { http } : { http, url: method === 'CONNECT' ? readAuthority(rest) : readTarget(rest) }
}

const isBlank = (code: number) => code === 32 || code === 9

function lastBlank(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (isBlank(text.charCodeAt(at))) return at
  return -1
}

/** RFC 9110 §5.6.2: letters, digits and these signs make a method. */
function isTokenCode(code: number): boolean {
  if ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 94 && code <= 122)) return true
  return (
    code === 33 ||
    (code >= 35 && code <= 39) ||
    code === 42 ||
    code === 43 ||
    code === 45 ||
    code === 46 ||
    code === 124 ||
    code === 126
  )
}

/** ECS `url.*` of a request target. `path` is percent-decoded when that is valid; `original` and `query` stay as they came. */
export function readTarget(target: string): JsonObject {
  const url: JsonObject = { original: target }
  let rest = target
  if (target.charCodeAt(0) !== 47) {
    const scheme = /^([a-z][a-z0-9+.-]{0,15}):\/\//i.exec(target)
    if (scheme !== null) {
      const start = scheme[0].length
      let end = start
      while (end < target.length && !'/?#\\'.includes(target[end]!)) end++
      url['scheme'] = scheme[1]!.toLowerCase()
      layAuthority(target.slice(start, end), url)
      rest = target.slice(end)
      if (rest.charCodeAt(0) !== 47) rest = `/${rest}`
    }
  }
  const mark = rest.indexOf('?')
  const path = decode(mark < 0 ? rest : rest.slice(0, mark))
  url['path'] = path
  if (mark >= 0) url['query'] = rest.slice(mark + 1)
  const dot = path.lastIndexOf('.')
  if (dot > path.lastIndexOf('/') && dot < path.length - 1 && path.length - dot <= 16) {
    url['extension'] = path.slice(dot + 1)
  }
  return url
}

/** `host:port`, the target of CONNECT. */
function readAuthority(target: string): JsonObject {
  const url: JsonObject = { original: target }
  layAuthority(target, url)
  return url
}

/** `[user@]host[:port]` → `url.domain` and `url.port`. */
function layAuthority(authority: string, url: JsonObject): void {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const bracket = host.lastIndexOf(']')
  const colon = host.indexOf(':', Math.max(0, bracket))
  const port = colon < 0 ? -1 : readPort(host.slice(colon + 1))
  const name = port < 0 ? host : host.slice(0, colon)
  const domain = name.startsWith('[') ? plainIp(name) || name : name.toLowerCase()
  if (domain !== '') url['domain'] = domain
  if (port >= 0) url['port'] = port
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

const named: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/']
])
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * What a server wrote as escapes, as it was: `\xC3\xA0` (bytes, read as UTF-8 where they are such), `\"`, `\\`, `\n`, `\u00e0`.
 * Bytes that are no UTF-8 keep their escapes: they are evidence.
 */
export function unescapeLogged(text: string): string {
  if (!text.includes('\\')) return text
  let out = ''
  let at = 0
  for (let slash = text.indexOf('\\'); slash >= 0; slash = text.indexOf('\\', at)) {
    out += text.slice(at, slash)
    at = slash
    const kind = text[slash + 1]
    if (kind === 'x') {
      const bytes: number[] = []
      for (let byte = hexAt(text, at); byte >= 0; byte = hexAt(text, at)) {
        bytes.push(byte)
        at += 4
      }
      if (bytes.length > 0) {
        out += textOf(bytes)
        continue
      }
    } else if (kind === 'u' && /^[0-9a-f]{4}$/i.test(text.slice(slash + 2, slash + 6))) {
      out += String.fromCharCode(Number.parseInt(text.slice(slash + 2, slash + 6), 16))
      at = slash + 6
      continue
    } else if (kind !== undefined && named.has(kind)) {
      out += named.get(kind)!
      at = slash + 2
      continue
    }
    out += '\\'
    at = slash + 1
  }
  return (out + text.slice(at)).normalize('NFC').toWellFormed()
}

/** The byte of `\xHH` at `at`, or -1. */
function hexAt(text: string, at: number): number {
  if (text[at] !== '\\' || text[at + 1] !== 'x') return -1
  const digits = text.slice(at + 2, at + 4)
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : -1
}

function textOf(bytes: number[]): string {
  try {
    return utf8.decode(Uint8Array.from(bytes))
  } catch {
    return bytes
      .map((byte) =>
        byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
      )
      .join('')
  }
}
