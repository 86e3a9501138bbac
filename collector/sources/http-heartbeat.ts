import type { IncomingMessage } from 'node:http'
import { SocError } from '#core/errors.ts'
import { heartbeatHeaders, HEARTBEAT_BODY_MAX, heartbeatProbe, type HeartbeatVerdict } from './heartbeat.ts'
import { readBody, type BodyBudget } from './http-body.ts'
import type { ListenerContext } from './source.ts'

export type HeartbeatAnswer = { status: number; reason: string; headers?: Record<string, string> }

/** What a site is told. A wrong key and an unknown probe look alike; the rest only those see whose signature is right. */
const answers: Record<HeartbeatVerdict, HeartbeatAnswer> = {
  taken: { status: 204, reason: '' },
  signature: { status: 403, reason: 'unknown probe or wrong signature' },
  time: { status: 403, reason: 'the time is more than 5 minutes off: set the clock' },
  replay: { status: 409, reason: 'not newer than the last heartbeat that was taken' },
  body: { status: 400, reason: 'a body is {"state":"ok"|"degraded","detail":"…"}' },
  rate: { status: 429, reason: 'one heartbeat a second at most', headers: { 'Retry-After': '1' } },
  away: { status: 503, reason: 'not taken, send it again', headers: { 'Retry-After': '5' } }
}

/** Judges `POST /v1/heartbeats/<probe>`. Counts what is refused; a body is read to 4 KiB. Never rejects. */
export async function heartbeatAnswer(
  request: IncomingMessage,
  path: string,
  method: string,
  context: ListenerContext,
  budget: BodyBudget
): Promise<HeartbeatAnswer> {
  const refuse = (why: string, answer: HeartbeatAnswer): HeartbeatAnswer => {
    context.refused(`heartbeat_${why}`)
    return answer
  }
  const probe = heartbeatProbe(path)
  if (probe === undefined) return refuse('path', { status: 404, reason: 'no such path' })
  if (method !== 'POST') {
    return refuse('method', { status: 405, reason: 'send heartbeats with POST', headers: { Allow: 'POST' } })
  }
  const given = heartbeatHeaders(request.headers)
  if (given === undefined) {
    return refuse('unsigned', { status: 401, reason: 'x-soc-time (milliseconds) and x-soc-signature (hex) are needed' })
  }
  if (request.headers['content-encoding'] !== undefined) {
    return refuse('body', { status: 415, reason: 'no Content-Encoding here' })
  }
  let body: Buffer
  try {
    body = (await readBody(request, budget, HEARTBEAT_BODY_MAX)).bytes
  } catch (error) {
    const { status, message } = error instanceof SocError ? error : new SocError('http.internal', 'internal error')
    return refuse('body', { status, reason: message, ...(status === 413 && { headers: { Connection: 'close' } }) })
  }
  const verdict = await context.heartbeat({ probe, body, ...given })
  return verdict === 'taken' ? answers.taken : refuse(verdict, answers[verdict])
}
