import { lookup as systemLookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { messageOf } from '#core/errors.ts'
import { checkAddress, destinationRule } from '#core/destination.ts'
import type { SendResult } from './driver.ts'

/** No provider takes longer to say yes; one that hangs is asked again later. */
export const ANSWER_TIMEOUT_MS = 15_000
/** What a provider answers is a line of JSON; more is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024

export type Answer = { status: number; headers: Record<string, string>; text: string }

/** An address behind a name that may not be asked. */
class ForbiddenAddress extends Error {}

/** The same answer as for probes, without any network of one's own. */
const nothingOwn = destinationRule([])
function isPublic(address: string): boolean {
  try {
    return checkAddress(address, 443, nothingOwn) === 'public'
  } catch {
    return false
  }
}

/** Checked at the moment of connecting, so that a name cannot turn to an inner address between check and use. */
const guardedLookup: LookupFunction = (host, options, callback) =>
  systemLookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 4)
    const inner = addresses.find(({ address }) => !isPublic(address))
    if (inner !== undefined) return callback(new ForbiddenAddress(`${host} is ${inner.address}`), '', 4)
    const first = addresses[0]!
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })

/**
 * One POST, bounded in time and size, following no redirect. `onlyPublic` refuses loopback, private, link-local and metadata
 * addresses, also behind a name. Resolves to the answer, or to a failure to hand on.
 */
export function post(
  url: string,
  options: {
    headers: Record<string, string>
    body: string
    onlyPublic?: boolean
    timeoutMs?: number
  }
): Promise<Answer | Extract<SendResult, { kind: 'failed' }>> {
  const target = URL.parse(url)
  const forbidden = (detail: string) =>
    ({ kind: 'failed', class: 'config', code: 'network.forbidden', detail, messageFault: true }) as const
  if (target === null || (target.protocol !== 'https:' && target.protocol !== 'http:'))
    return Promise.resolve(forbidden('no address of the web'))
  const host = target.hostname.replace(/^\[|\]$/g, '')
  if (options.onlyPublic && isIP(host) !== 0 && !isPublic(host)) return Promise.resolve(forbidden(host))
  const bytes = Buffer.from(options.body)
  const timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS
  return new Promise((resolve) => {
    const failed = (error: unknown) =>
      resolve(
        error instanceof ForbiddenAddress
          ? forbidden(error.message)
          : { kind: 'failed', class: 'retryable', code: networkCode(error), detail: messageOf(error).slice(0, 200) }
      )
    // The signal bounds the whole exchange; a provider that drips a byte a second is cut off too.
    const sent = (target.protocol === 'https:' ? httpsRequest : httpRequest)(
      target,
      {
        method: 'POST',
        headers: { ...options.headers, 'content-length': bytes.length },
        signal: AbortSignal.timeout(timeoutMs),
        ...(options.onlyPublic ? { lookup: guardedLookup } : {})
      },
      (answer) => {
        const parts: Buffer[] = []
        let size = 0
        const done = () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(answer.headers).map(([name, value]) => [name, [value].flat()[0] ?? ''])
            ),
            text: Buffer.concat(parts).toString('utf8')
          })
        answer.on('data', (part: Buffer) => {
          size += part.length
          if (size <= MAX_ANSWER_BYTES) parts.push(part)
          else {
            done()
            answer.destroy()
          }
        })
        answer.on('end', done)
        answer.on('error', failed)
      }
    )
    sent.on('error', failed)
    sent.end(bytes)
  })
}

function networkCode(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: string; name?: string }
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR') return 'network.timeout'
  return code === undefined ? 'network.failed' : `network.${code.toLowerCase()}`
}

/** The answer as a JSON object; an empty one when it is something else. */
export function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    // A proxy's page: there is nothing in it for us.
    return {}
  }
}

/** Retry-After in milliseconds, as seconds or as a date; undefined when absent or senseless. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header === '') return undefined
  if (/^\d{1,7}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** What an HTTP status means where a provider documents nothing better. */
export function failureOfStatus(answer: Answer, now: number): Extract<SendResult, { kind: 'failed' }> {
  const { status } = answer
  const again = status === 408 || status === 425 || status === 429 || status >= 500
  const wait = retryAfterMs(answer.headers['retry-after'], now)
  return {
    kind: 'failed',
    class: again ? 'retryable' : status === 401 || status === 403 ? 'config' : 'permanent',
    code: `http.${status}`,
    detail: '',
    messageFault: true,
    ...(again && wait !== undefined ? { retryAfterMs: wait } : {})
  }
}
