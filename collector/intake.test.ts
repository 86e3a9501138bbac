import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { Notices } from './notices.ts'
import { type IntakeNotice } from '#core/data-plane.ts'
import { RecentRequests, RECENT_MS } from './recent.ts'
import { openForTests, sender, sha256, snapshotOf, tester, TOKEN, type Opened } from '#testing/open-source.ts'
import { refusing } from '#testing/refusing-spool.ts'
import type { SpoolWriter } from './spool/spool.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

async function post(path: string, body: string, token = TOKEN, url = opened!.url) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}
const keyed = (...ids: number[]) => ids.map((id) => `{"create":{"_index":"i","_id":"${id}"}}\n{"n":${id}}\n`).join('')
const duplicate = (count: number, reason: string) => ({
  sender: 'tester',
  origin: 'real',
  fate: 'duplicate',
  count,
  reason
})

it('the same client key is taken once, whatever batch it comes in, and still answered 201', async () => {
  opened = await openForTests([{}])
  await post('/_bulk', keyed(1, 2, 2))
  const again = await post('/_bulk', keyed(2, 3))
  expect(again.text).toMatch(/"items":\[\{"create":\{"status":201\}\},\{"create":\{"status":201\}\}\]/)
  expect(opened.texts()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
  expect(opened.notes()).toEqual([duplicate(1, 'client key'), duplicate(1, 'client key')])
  expect(opened.writer.received()).toMatchObject([{ sender: 'tester', received: 5 }])
})

it('the same request within ten minutes is taken once; later, or changed by a byte, it is new evidence', async () => {
  opened = await openForTests([{}])
  await post('/v1/events', 'a\nb\n')
  await post('/v1/events', 'a\nb\n')
  await post('/v1/events', 'a\nb')
  await post('/_bulk', '{"index":{}}\na\n')
  expect(opened.texts()).toEqual(['a', 'b', 'a', 'b', 'a'])
  expect(opened.notes()).toEqual([duplicate(2, 'same request')])
  opened.clock.advance(RECENT_MS)
  await post('/v1/events', 'a\nb\n')
  expect(opened.texts()).toHaveLength(7)
})

it('one sender’s keys and requests say nothing about another’s', async () => {
  const other = sender('other', { tokenHashes: [sha256('other-token')] })
  opened = await openForTests([{}], snapshotOf(tester, other))
  for (const token of [TOKEN, 'other-token']) {
    await post('/_bulk', keyed(1), token)
    await post('/v1/events', 'same', token)
  }
  expect(opened.texts()).toHaveLength(4)
  expect(new Set(opened.frames().map((frame) => frame.id)).size).toBe(4)
})

it('a copy that comes while the first is not durable yet waits for it', async () => {
  let release: (() => void) | undefined
  let appends = 0
  const slow = (spool: SpoolWriter): SpoolWriter => ({
    ...refusing({ full: false })(spool),
    async append(entries) {
      if (appends++ === 0) await new Promise<void>((resolve) => (release = resolve))
      return spool.append(entries)
    }
  })
  opened = await openForTests([{}], undefined, { wrap: slow })
  const first = post('/_bulk', keyed(1))
  await expect.poll(() => release).toBeDefined()
  const second = post('/_bulk', keyed(1))
  let answered = false
  void second.then(() => (answered = true))
  await post('/v1/events', 'something else')
  expect(answered).toBe(false)
  release!()
  await Promise.all([first, second])
  expect(opened.texts().sort()).toEqual(['something else', '{"n":1}'])
  expect(opened.notes()).toEqual([duplicate(1, 'same request')])
})

it('a copy of what was refused is not a duplicate', async () => {
  const state = { full: true }
  opened = await openForTests([{}], undefined, { wrap: refusing(state) })
  expect((await post('/_bulk', keyed(1))).status).toBe(429)
  state.full = false
  expect((await post('/_bulk', keyed(1))).status).toBe(200)
  expect(opened.texts()).toEqual(['{"n":1}'])
  expect(opened.notes()).toEqual([])
})

it('after a restart, however late, what the client was never answered is still known', async () => {
  opened = await openForTests([{}])
  await post('/_bulk', keyed(1))
  await post('/v1/events', 'whole request')
  const { folder } = opened
  await opened.close(true)
  // The clock of the new run stands at the start again; a day later would be the same, as nobody was answered meanwhile.
  opened = await openForTests([{}], undefined, { folder })
  await post('/_bulk', keyed(1, 2))
  await post('/v1/events', 'whole request')
  expect(opened.texts()).toEqual(['{"n":1}', 'whole request', '{"n":2}'])
  expect(opened.notes()).toEqual([duplicate(1, 'client key'), duplicate(1, 'same request')])
  expect(opened.notices.filter((notice) => notice.kind === 'first_event')).toEqual([])
})

it('kill -9 while a sender posts: everything answered is there, and sent again it is there once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vl-intake-'))
  const here = (file: string) => JSON.stringify(join(import.meta.dirname, file))
  const script = `
    const { openSpoolWriter } = await import(${here('spool/writer.ts')})
    const { createIntake } = await import(${here('intake.ts')})
    const { snapshotOf, tester } = await import(${here('../testing/open-source.ts')})
    const spool = openSpoolWriter(process.argv[1], { maxBytes: 2 ** 30, reserveBytes: 1 })
    const intake = createIntake({ spool, snapshot: snapshotOf(tester), clock: { now: () => Date.now() }, onNotice() {} })
    const [open] = await intake.open([{ id: 'http', protocol: 'http', host: '127.0.0.1', port: 0, origin: 'real' }])
    process.stdout.write(String(open.port) + '\\n')`
  const bodyOf = (batch: number) => Array.from({ length: 50 }, (_, index) => `event ${batch * 50 + index}\n`).join('')
  const answered = new Set<number>()
  let batch = 0
  for (let round = 0; round < 2; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(folder, 'spool')], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${Number(String(line))}`
    // Two senders at once, so that the kill hits requests on their way; each repeats what was not answered.
    const goal = answered.size + 30
    const senders = [0, 1].map(async () => {
      for (;;) {
        const mine = batch++
        const answer = await post('/v1/events', bodyOf(mine), TOKEN, url).catch(() => undefined)
        if (answer === undefined) return
        if (answer.status === 200) answered.add(mine)
        if (answered.size === goal) child.kill('SIGKILL')
      }
    })
    await Promise.all(senders)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  opened = await openForTests([{}], undefined, { folder })
  const before = opened.texts()
  for (const index of answered) expect(before).toContain(`event ${index * 50 + 49}`)
  // A request is there whole or not at all.
  expect(before.length % 50).toBe(0)
  for (let index = 0; index < batch; index++) if (!answered.has(index)) await post('/v1/events', bodyOf(index))
  const numbers = opened.texts().map((text) => Number(text.slice('event '.length)))
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: batch * 50 }, (_, index) => index))
  expect(opened.writer.received()[0]!.received).toBe(
    numbers.length + opened.notes().reduce((sum, note) => sum + note.count, 0)
  )
}, 60_000)

it('the keys remembered have a ceiling', () => {
  const recent = new RecentRequests()
  const keys = Array.from({ length: 300_000 }, (_, index) => ({
    receivedAt: index,
    origin: 'real' as const,
    sender: 's',
    clientKeyId: `key-${index}`,
    batch: `batch-${index}`
  }))
  recent.load(keys, 0)
  expect(recent.size).toBeLessThanOrEqual(262_144 + 32_768)
  expect(recent.size).toBeGreaterThan((262_144 + 32_768) / 2)
})

it('notices tell at once, then once a minute how many more, and forget what is quiet', () => {
  const heardNotices: IntakeNotice[] = []
  const notices = new Notices((notice) => heardNotices.push(notice))
  const wrong = (at: number, peer = '192.0.2.1:1') =>
    notices.add({ kind: 'wrong_token', at, origin: 'real', sender: '_unassigned', peer, listener: 'http' })
  wrong(0)
  wrong(10)
  wrong(20, '192.0.2.1:2')
  wrong(30, '192.0.2.2:1')
  expect(heardNotices.map(({ peer, count }) => [peer, count])).toEqual([
    ['192.0.2.1:1', 1],
    ['192.0.2.2:1', 1]
  ])
  notices.tick(60_000)
  expect(heardNotices.slice(2)).toMatchObject([{ peer: '192.0.2.1:2', count: 2 }])
  notices.tick(200_000)
  for (let index = 0; index < 5_000; index++) wrong(200_000, `[2001:db8::${index.toString(16)}]:9`)
  notices.tick(260_000)
  const late = heardNotices.slice(3)
  expect(late.length).toBeLessThanOrEqual(1_003)
  expect(late.reduce((sum, { count }) => sum + count, 0)).toBe(5_000)
})
