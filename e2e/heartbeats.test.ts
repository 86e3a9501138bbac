import { MINUTE_MS } from '#core/time.ts'
import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ProbeResult } from '#core/health.ts'
import type { HeartbeatKey } from '#core/sender.ts'
import { heartbeatSnippet } from '#control/senders/snippets.ts'
import { openForTests, snapshotOf, tester, type Opened } from '#testing/open-source.ts'
import { heartbeatHeaders, heartbeatProbe, readHeartbeat } from '#collector/sources/heartbeat.ts'

const KEY = 'documentation-key-of-kiosk'
const OTHER = 'documentation-key-of-camera'
const START = 1_700_000_000_000
const keys = (kiosk = 0): HeartbeatKey[] => [
  { probe: 'kiosk', key: KEY, lastAt: kiosk, origin: 'real' },
  { probe: 'camera', key: OTHER, lastAt: 0, origin: 'real' },
  { probe: 'simulated', key: KEY, lastAt: 0, origin: 'demonstration' }
]

let taken: ProbeResult[]
let refusing: boolean
let open: Opened
beforeEach(async () => {
  taken = []
  refusing = false
  const snapshot = { ...snapshotOf(tester), heartbeats: keys() }
  open = await openForTests([{ id: 'http', protocol: 'http' }], snapshot, {
    onHeartbeats: (results) => {
      if (refusing) return Promise.reject(new Error('away'))
      taken.push(...results)
      return Promise.resolve()
    }
  })
})
afterEach(() => open.close())

const sign = (probe: string, time: number | string, body: string, key: string) =>
  createHmac('sha256', key)
    .update(`${probe}.${time}.${createHash('sha256').update(body).digest('hex')}`)
    .digest('hex')

type Sent = { probe?: string; time?: number | string; body?: string; key?: string; method?: string; signature?: string }

async function send({ probe = 'kiosk', time = START, body = '', key = KEY, method = 'POST', signature }: Sent = {}) {
  const response = await fetch(`${open.url}/v1/heartbeats/${probe}`, {
    method,
    headers: { 'x-soc-time': String(time), 'x-soc-signature': signature ?? sign(probe, time, body, key) },
    ...(method === 'POST' && { body })
  })
  await response.arrayBuffer()
  return response.status
}

const refused = () => open.intake.status()[0]!.refused

it('a signed heartbeat becomes a result, and never a frame', async () => {
  expect(await send({ time: START - 3_000, body: '{"state":"degraded","detail":"ổ đĩa\\nđầy"}' })).toBe(204)
  expect(taken).toEqual([
    {
      probe: 'kiosk',
      origin: 'real',
      dueAt: START - 3_000,
      startedAt: START,
      finishedAt: START,
      outcome: 'degraded',
      code: 'heartbeat.degraded',
      detail: 'ổ đĩa đầy',
      attempts: 1,
      latencyMs: null,
      certificateUntil: null
    }
  ])
  expect(await send({ probe: 'camera', key: OTHER })).toBe(204)
  expect(taken[1]).toMatchObject({ probe: 'camera', outcome: 'up', code: '', detail: '' })
  expect(open.frames()).toEqual([])
  expect(refused()).toEqual({})
})

it('unknown probes, another site’s key and a key of another origin are refused alike', async () => {
  expect(await send({ key: OTHER })).toBe(403)
  expect(await send({ probe: 'nobody' })).toBe(403)
  expect(await send({ probe: 'simulated' })).toBe(403)
  expect(await send({ signature: sign('camera', START, '', OTHER) })).toBe(403)
  expect(await send({ body: '{"state":"ok"}', signature: sign('kiosk', START, '', KEY) })).toBe(403)
  expect(taken).toEqual([])
  expect(refused()).toEqual({ heartbeat_signature: 5 })
})

it('a time more than five minutes off is refused, before and after ours', async () => {
  expect(await send({ time: START + 5 * MINUTE_MS + 1 })).toBe(403)
  expect(await send({ time: START - 5 * MINUTE_MS - 1 })).toBe(403)
  expect(refused()).toEqual({ heartbeat_time: 2 })
  expect(await send({ time: START - 5 * MINUTE_MS })).toBe(204)
  open.clock.advance(2_000)
  expect(await send({ time: START + 5 * MINUTE_MS })).toBe(204)
})

it('a replayed heartbeat is refused, also an older one, also after a restart', async () => {
  expect(await send()).toBe(204)
  open.clock.advance(10_000)
  expect(await send()).toBe(409)
  expect(await send({ time: START - 1 })).toBe(409)
  // A snapshot made before the heartbeat was committed does not turn time back.
  open.intake.setSnapshot({ ...snapshotOf(tester), heartbeats: keys(START - MINUTE_MS) })
  expect(await send()).toBe(409)
  // A restart begins with what was committed.
  open.intake.setSnapshot({ ...snapshotOf(tester), heartbeats: [] })
  expect(await send({ time: START + 1 })).toBe(403)
  open.intake.setSnapshot({ ...snapshotOf(tester), heartbeats: keys(START) })
  expect(await send()).toBe(409)
  expect(await send({ time: START + 1 })).toBe(204)
  expect(refused()).toEqual({ heartbeat_replay: 4, heartbeat_signature: 1 })
})

it('one probe is heard once a second for long, and a burst after a pause; others do not wait for it', async () => {
  const burst: number[] = []
  for (let more = 0; more < 32; more++) burst.push(await send({ time: START + more }))
  expect(burst).toEqual([...new Array<number>(30).fill(204), 429, 429])
  expect(await send({ probe: 'camera', key: OTHER })).toBe(204)
  open.clock.advance(1_000)
  expect(await send({ time: START + 40 })).toBe(204)
  expect(await send({ time: START + 41 })).toBe(429)
  // A clock of ours that was set back holds nobody up.
  open.clock.advance(-MINUTE_MS)
  expect(await send({ time: START + 42 })).toBe(204)
})

it('a site whose clock ran fast and was set right is heard at once, and nothing it said before is taken again', async () => {
  expect(await send({ time: START + 4 * MINUTE_MS })).toBe(204)
  open.clock.advance(10_000)
  expect(await send({ time: START + 10_000 })).toBe(204)
  open.clock.advance(10_000)
  expect(await send({ time: START + 20_000 })).toBe(204)
  expect(await send({ time: START + 4 * MINUTE_MS })).toBe(409)
  expect(await send({ time: START + 10_000 })).toBe(409)
})

it('a site whose clock was set back behind ours misses one heartbeat, not minutes of them', async () => {
  expect(await send()).toBe(204)
  const answers: number[] = []
  for (let beat = 1; beat <= 4; beat++) {
    open.clock.advance(10_000)
    answers.push(await send({ time: START + beat * 10_000 - 2 * MINUTE_MS }))
  }
  expect(answers).toEqual([409, 204, 204, 204])
})

it('a heartbeat that nobody could keep is answered "not now", and the same one is taken later', async () => {
  refusing = true
  expect(await send()).toBe(503)
  refusing = false
  expect(await send()).toBe(204)
  expect(taken.length).toBe(1)
  expect(refused()).toEqual({ heartbeat_away: 1 })
})

it('methods, headers, paths and bodies that are none are refused and counted', async () => {
  expect(await send({ method: 'GET' })).toBe(405)
  expect(await send({ method: 'PUT' })).toBe(405)
  expect(await send({ signature: 'short' })).toBe(401)
  expect(await send({ time: '17e11' })).toBe(401)
  expect(await send({ time: '-1' })).toBe(401)
  expect((await fetch(`${open.url}/v1/heartbeats/kiosk`, { method: 'POST' })).status).toBe(401)
  expect(await send({ probe: 'a/b' })).toBe(404)
  expect(await send({ probe: '' })).toBe(404)
  expect(await send({ body: 'x'.repeat(5_000) })).toBe(413)
  expect(await send({ body: '{"state":"down"}' })).toBe(400)
  expect(await send({ body: '[1]' })).toBe(400)
  const packed = await fetch(`${open.url}/v1/heartbeats/kiosk`, {
    method: 'POST',
    headers: {
      'x-soc-time': String(START),
      'x-soc-signature': sign('kiosk', START, '', KEY),
      'content-encoding': 'gzip'
    }
  })
  expect(packed.status).toBe(415)
  expect(taken).toEqual([])
  expect(refused()).toEqual({ heartbeat_method: 2, heartbeat_unsigned: 4, heartbeat_path: 2, heartbeat_body: 4 })
})

it('a body that never ends is cut at its bound', async () => {
  const status = await new Promise<number>((resolve) => {
    const sending = request(`${open.url}/v1/heartbeats/kiosk`, {
      method: 'POST',
      headers: { 'x-soc-time': String(START), 'x-soc-signature': sign('kiosk', START, '', KEY) }
    })
    sending.on('error', () => undefined)
    sending.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      sending.destroy()
    })
    // No end(): the server has to answer before the body is whole.
    sending.write(Buffer.alloc(64 * 1024, 'x'))
  })
  expect(status).toBe(413)
})

it('the command of the snippet is understood', async () => {
  open.clock.advance(Date.now() - START)
  const port = Number(new URL(open.url).port)
  const { text } = heartbeatSnippet({ probe: 'kiosk', key: KEY, host: '127.0.0.1', httpPort: port })
  await promisify(execFile)('sh', ['-c', text])
  expect(taken).toMatchObject([{ probe: 'kiosk', outcome: 'up' }])
})

it('no header, path or body makes anything but an answer', async () => {
  const time = fc.oneof(fc.string({ maxLength: 20 }), fc.integer().map(String), fc.constant(String(START)))
  const header = fc.string({ unit: 'grapheme-ascii', maxLength: 80 })
  fc.assert(
    fc.property(time, header, (given, signature) => {
      const read = heartbeatHeaders({ 'x-soc-time': given, 'x-soc-signature': signature })
      if (read !== undefined) {
        expect(Number.isSafeInteger(read.time)).toBe(true)
        expect(read.signature.length).toBe(32)
      }
    })
  )
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }).map(Buffer.from), fc.json().map(Buffer.from)), (body) => {
      const heartbeat = readHeartbeat(body as Buffer)
      if (heartbeat !== undefined) {
        expect(heartbeat.detail.length).toBeLessThanOrEqual(300)
        expect(heartbeat.detail).not.toMatch(/[\p{Cc}\p{Zl}]/u)
      }
    })
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), (path) => {
      const probe = heartbeatProbe(`/v1/heartbeats/${path}`)
      if (probe !== undefined) expect(probe).toBe(path)
    })
  )
  await fc.assert(
    fc.asyncProperty(
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.base64String({ maxLength: 50 }),
      async (signature, body) => {
        expect(await send({ signature, body })).toBe(403)
      }
    ),
    { numRuns: 20 }
  )
  expect(taken).toEqual([])
})
