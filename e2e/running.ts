import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'vitest'
import type { NewUser, OncePassword, Session } from '#core/api/people.ts'
import type { SourceList } from '#core/api/sources.ts'
import type { Static } from 'typebox'
import type { AdminClient, SocProcess } from '#testing/running-process.ts'

/** Frames by fate over every sender, from the ledger on screen. */
export type Fates = { received: number } & SourceList['ledger']['fates']

/** Writes to the syslog port over TCP and says goodbye; resolves when the other end has said it too. */
export async function sendTcp(soc: SocProcess, ...chunks: (string | Buffer)[]): Promise<void> {
  const socket = connect(soc.port('syslog-tcp'), '127.0.0.1')
  await once(socket, 'connect')
  for (const chunk of chunks) if (!socket.write(chunk)) await once(socket, 'drain')
  socket.resume()
  socket.end()
  await once(socket, 'close')
}

export async function sendUdp(soc: SocProcess, datagram: Buffer): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) =>
    socket.send(datagram, soc.port('syslog-udp'), '127.0.0.1', (error) => (error ? reject(error) : resolve()))
  )
  socket.close()
}

/** One request to the HTTP intake as any client would send it; resolves to status and body, or to `broken` when the connection breaks. */
export async function post(
  soc: SocProcess,
  path: string,
  headers: Record<string, string | number>,
  body: string | Buffer = '',
  end = true
): Promise<{ status: number | 'broken'; text: string; retryAfter?: string }> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port: soc.port('http'), method: 'POST', path, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', () => resolve({ status: 'broken', text: '' }))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          text: Buffer.concat(parts).toString('utf8'),
          ...(answer.headers['retry-after'] === undefined ? {} : { retryAfter: answer.headers['retry-after'] })
        })
      )
    })
    sent.on('error', () => resolve({ status: 'broken', text: '' }))
    // Without an end the sender goes away in the middle of its body.
    if (end) sent.end(body)
    else sent.write(body, () => setTimeout(() => sent.destroy(), 50))
  })
}

/** What the ledger says now. */
export async function fatesNow(admin: AdminClient): Promise<Fates & { balanced: boolean }> {
  const { ledger } = await admin.get<SourceList>('/api/sources')
  return { received: ledger.received, ...ledger.fates, balanced: ledger.balanced }
}

/** Runs `send` and waits until the ledger has grown by exactly what is expected and nothing is queued. */
export async function accountedFor(
  admin: AdminClient,
  send: () => Promise<unknown>,
  grown: { stored?: number; dead_lettered?: number; duplicate?: number }
): Promise<void> {
  const before = await fatesNow(admin)
  await send()
  const { stored = 0, dead_lettered = 0, duplicate = 0 } = grown
  const wanted = {
    received: stored + dead_lettered + duplicate,
    stored,
    dead_lettered,
    duplicate,
    queued: 0,
    dropped: 0
  }
  await expect
    .poll(
      async () => {
        const now = await fatesNow(admin)
        return {
          received: now.received - before.received,
          stored: now.stored - before.stored,
          dead_lettered: now.dead_lettered - before.dead_lettered,
          duplicate: now.duplicate - before.duplicate,
          queued: now.queued,
          dropped: now.dropped - before.dropped
        }
      },
      { timeout: 8_000, interval: 100 }
    )
    .toEqual(wanted)
}

/** An account with the password it was given, before its forced change. */
export async function addUser(
  admin: AdminClient,
  user: Static<typeof NewUser>
): Promise<{ id: string; password: string }> {
  const answer = await admin.send<Static<typeof OncePassword>>('POST', '/api/users', user)
  return { id: answer.user.id, password: answer.password }
}

/** Asks as somebody else: signed in, first password changed. Answers status and text, refused or not. */
export async function clientOf(soc: Pick<SocProcess, 'url'>, username: string, first: string, next: string) {
  let cookie = ''
  let csrf = ''
  async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const answer = await fetch(new URL(path, soc.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie, 'x-csrf-token': csrf })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return { status: answer.status, text: await answer.text() }
  }
  const session = await ask('POST', '/api/session', { username, password: first })
  csrf = (JSON.parse(session.text) as Session).csrf
  const changed = await ask('POST', '/api/session/password', { current: first, next })
  csrf = (JSON.parse(changed.text) as Session).csrf
  return ask
}

/** Signs in over the API with a password that is known and already changed. */
export async function signInAgain(
  soc: Pick<SocProcess, 'url'>,
  account: { username: string; password: string }
): Promise<AdminClient> {
  let cookie = ''
  let csrf = ''
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(new URL(path, soc.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie, 'x-csrf-token': csrf })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  const session = await call<{ csrf: string }>('POST', '/api/session', { ...account })
  csrf = session.csrf
  return {
    ...account,
    cookie,
    get: (path) => call('GET', path),
    send: (method, path, body) => call(method, path, body)
  }
}
