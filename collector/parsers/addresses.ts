import { isIP, SocketAddress } from 'node:net'
import type { JsonObject } from '#core/event.ts'

/** Dotted quad, scanned by hand: the hot path asks this for every line. */
function isIPv4(text: string): boolean {
  const length = text.length
  if (length < 7 || length > 15) return false
  let dots = 0
  let octet = -1
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code === 46) {
      if (octet < 0) return false
      dots++
      octet = -1
    } else {
      const digit = code - 48
      if (digit < 0 || digit > 9) return false
      if (octet === 0) return false
      octet = octet < 0 ? digit : octet * 10 + digit
      if (octet > 255) return false
    }
  }
  return dots === 3 && octet >= 0
}

/** True for an IPv4 or IPv6 address. Zone ids (`fe80::1%eth0`) do not count: Elasticsearch's `ip` type refuses them. */
export function isAddress(text: string): boolean {
  if (isIPv4(text)) return true
  return text.length >= 2 && text.length <= 45 && text.includes(':') && !text.includes('%') && isIP(text) === 6
}

/** Longest spelling of an address: IPv6 with a zone, in brackets, with a port. */
const MAX_SPELLING = 96

/**
 * The one spelling of an address, '' when the text is none: zone (`fe80::1%eth0`), brackets and a port behind are taken off,
 * IPv4 inside IPv6 is the IPv4 address, letters are lower-case and zeros as short as RFC 5952 has them.
 */
export function plainIp(text: string): string {
  return isIPv4(text) ? text : oddAddress(text).ip
}

/** An address in any other spelling, with the port that stands behind it. */
function oddAddress(text: string): { ip: string; port: string } {
  const nothing = { ip: '', port: '' }
  if (text.length < 2 || text.length > MAX_SPELLING) return nothing
  let host = text
  let port = ''
  if (text.charCodeAt(0) === 91) {
    const close = text.indexOf(']')
    if (close < 0) return nothing
    host = text.slice(1, close)
    if (close + 1 < text.length) {
      if (text[close + 1] !== ':') return nothing
      port = text.slice(close + 2)
    }
  } else {
    const colon = text.indexOf(':')
    if (colon > 0 && isIPv4(text.slice(0, colon))) {
      host = text.slice(0, colon)
      port = text.slice(colon + 1)
    }
  }
  if (port !== '' && readPort(port) < 0) return nothing
  if (isIPv4(host)) return { ip: host, port }
  const zone = host.indexOf('%')
  if (zone === host.length - 1) return nothing
  const bare = zone < 0 ? host : host.slice(0, zone)
  if (!bare.includes(':') || isIP(bare) !== 6) return nothing
  const ip = new SocketAddress({ address: bare, family: 'ipv6' }).address
  return { ip: ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip, port }
}

/** ECS fields of one end of a connection: `address` as written, with `ip` or `domain` by what it is. */
export function endpoint(address: string, port = ''): JsonObject {
  const fields: JsonObject = { address }
  let number = readPort(port)
  if (isIPv4(address)) fields['ip'] = address
  else {
    const odd = oddAddress(address)
    if (odd.ip !== '') fields['ip'] = odd.ip
    else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?$/i.test(address) && address.length <= 253) fields['domain'] = address
    if (number < 0) number = readPort(odd.port)
  }
  if (number >= 0) fields['port'] = number
  return fields
}

/** A port number, or -1. */
export function readPort(text: string): number {
  if (text.length < 1 || text.length > 5) return -1
  const value = readWhole(text)
  return value <= 65_535 ? value : -1
}

/** A whole number without sign that a double holds exactly, or -1. */
export function readWhole(text: string): number {
  if (text.length < 1 || text.length > 15) return -1
  let value = 0
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** True for addresses that no one meets on the Internet: private, loopback, link-local, unique-local. */
export function isPrivateAddress(address: string): boolean {
  if (address.includes(':')) return /^(::1$|f[cd]|fe[89ab])/i.test(address)
  if (address.startsWith('10.') || address.startsWith('127.') || address.startsWith('192.168.')) return true
  if (address.startsWith('169.254.')) return true
  return /^172\.(1[6-9]|2\d|3[01])\./.test(address)
}

/** Distinct texts, in order, without empty ones. */
export function distinct(...values: (string | undefined)[]): string[] {
  const kept: string[] = []
  for (const value of values) if (value !== undefined && value !== '' && !kept.includes(value)) kept.push(value)
  return kept
}
