import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { RESULT_DETAIL_MAX } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'

/** The signed time of a heartbeat may be this far from ours, either way. */
export const HEARTBEAT_SKEW_MS = 5 * 60_000
/** A body is a state and a line of text. */
export const HEARTBEAT_BODY_MAX = 4 * 1024
const PATH = /^\/v1\/heartbeats\/([\w.:-]{1,100})$/
const TIME = /^\d{1,15}$/
const SIGNATURE = /^[0-9a-f]{64}$/i

/** A heartbeat as a listener heard it. */
export type Heartbeat = { probe: string; time: number; signature: Buffer; body: Buffer; origin: Origin }
/** What became of a heartbeat; `taken` means durable. */
export type HeartbeatVerdict = 'taken' | 'signature' | 'body' | 'time' | 'replay' | 'rate' | 'away'

/** What a heartbeat says of itself. */
export type HeartbeatState = { outcome: 'up' | 'degraded'; detail: string }

/** Probe id of `/v1/heartbeats/<id>`; undefined for every other path. */
export const heartbeatProbe = (path: string): string | undefined => PATH.exec(path)?.[1]

/** True for every path under heartbeats, also those that name no probe. */
export const isHeartbeatPath = (path: string): boolean => /^\/v1\/heartbeats(?:\/|$)/.test(path)

/** Time (ms since epoch) and signature of a request; undefined when they are missing or misshapen. */
export function heartbeatHeaders(
  headers: Record<string, string | string[] | undefined>
): { time: number; signature: Buffer } | undefined {
  const time = headers['x-soc-time']
  const signature = headers['x-soc-signature']
  if (typeof time !== 'string' || typeof signature !== 'string') return undefined
  if (!TIME.test(time) || !SIGNATURE.test(signature)) return undefined
  return { time: Number(time), signature: Buffer.from(signature, 'hex') }
}

/** True when this key made the signature: HMAC-SHA256 of `<probe>.<time>.<sha256 of the body, hex>`. Takes equally long. */
export function signedBy(key: string, probe: string, time: number, body: Buffer, signature: Buffer): boolean {
  const digest = createHash('sha256').update(body).digest('hex')
  const expected = createHmac('sha256', key).update(`${probe}.${time}.${digest}`).digest()
  return timingSafeEqual(expected, signature)
}

/** Reads `{"state":"ok"|"degraded","detail":"…"}`, both optional; an empty body is fine. Undefined when it is neither. */
export function readHeartbeat(body: Buffer): HeartbeatState | undefined {
  if (body.length === 0) return { outcome: 'up', detail: '' }
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { state = 'ok', detail = '' } = value as { state?: unknown; detail?: unknown }
  if ((state !== 'ok' && state !== 'degraded') || typeof detail !== 'string') return undefined
  const line = detail.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return { outcome: state === 'ok' ? 'up' : 'degraded', detail: line.slice(0, RESULT_DETAIL_MAX) }
}
