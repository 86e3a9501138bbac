import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { ProbeTarget } from '#core/probes/target.ts'
import { judgeAnswers, textsOf } from './dns.ts'
import { readHosts, systemNames } from './names.ts'
import { contextFor, run } from '#testing/probe-runs.ts'

const open: Socket[] = []
afterAll(() => Promise.all(open.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve())))))

type DnsTarget = Extract<ProbeTarget, { kind: 'dns' }>

/** A resolver that answers each question with what `answer` makes of it; undefined: not at all. */
async function resolver(answer: (question: Buffer) => Buffer | undefined) {
  const socket = createSocket('udp4')
  open.push(socket)
  socket.on('message', (question, { port, address }) => {
    const bytes = answer(question)
    if (bytes !== undefined) socket.send(bytes, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))
  return (socket.address() as AddressInfo).port
}

/** A question turned into an answer: its header with a response code, the question, and these records. */
function answered(question: Buffer, code: number, records: { type: number; data: Buffer }[] = []): Buffer {
  const end = question.indexOf(0, 12) + 5
  const head = Buffer.from(question.subarray(0, end))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  const rows = records.map(({ type, data }) => {
    const row = Buffer.alloc(12)
    row.writeUInt16BE(0xc00c, 0)
    row.writeUInt16BE(type, 2)
    row.writeUInt16BE(1, 4)
    row.writeUInt32BE(60, 6)
    row.writeUInt16BE(data.length, 10)
    return Buffer.concat([row, data])
  })
  return Buffer.concat([head, ...rows])
}

const target = (port: number, change: Partial<DnsTarget> = {}): DnsTarget => ({
  kind: 'dns',
  name: 'portal.example',
  type: 'A',
  expected: [],
  server: `127.0.0.1:${port}`,
  ...change
})
const ask = (port: number, change: Partial<DnsTarget> = {}, timeoutMs = 5_000) =>
  run(target(port, change), contextFor([port]), { timeoutMs })

it('any expected answer will do; a wrong one is told', async () => {
  const address = (last: number) => ({ type: 1, data: Buffer.from([192, 0, 2, last]) })
  const port = await resolver((question) => answered(question, 0, [address(1), address(2)]))
  expect(await ask(port)).toMatchObject({ outcome: 'up', detail: '192.0.2.1, 192.0.2.2' })
  expect(await ask(port, { expected: ['192.0.2.9', '192.0.2.2'] })).toMatchObject({ outcome: 'up' })
  expect(await ask(port, { expected: ['192.0.2.9'] })).toMatchObject({ outcome: 'down', code: 'dns.unexpected' })
})

it('no such name, no such record, a failing, a refusing and a silent resolver are told apart', async () => {
  const codes = async (code: number) =>
    (await ask(await resolver((question) => answered(question, code)), {}, 3_000)).code
  expect(await codes(0)).toBe('dns.no_answer')
  expect(await codes(2)).toBe('dns.failed')
  expect(await codes(3)).toBe('dns.not_found')
  expect(await codes(5)).toBe('dns.refused')
  const silent = await resolver(() => undefined)
  expect(await ask(silent, {}, 100)).toMatchObject({ outcome: 'down', code: 'timeout' })
})

it('a resolver is asked only where it may be', async () => {
  expect(await run(target(53), contextFor([]))).toMatchObject({ outcome: 'unknown', code: 'network.forbidden' })
  expect(await run(target(53, { server: 'resolver.example' }), contextFor([]))).toMatchObject({
    code: 'network.forbidden'
  })
})

it('whatever a resolver sends, the probe ends in time with a result', async () => {
  let noise = Buffer.alloc(0)
  const port = await resolver((question) => {
    const bytes = Buffer.concat([question.subarray(0, 2), noise])
    return bytes.length > 3 && bytes[2]! % 2 === 0
      ? answered(question, noise[0]! % 16, [{ type: 1, data: noise }])
      : bytes
  })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 80 }), async (bytes) => {
      noise = Buffer.from(bytes)
      const result = await ask(port, {}, 30)
      expect(['up', 'down']).toContain(result.outcome)
      expect(result.detail.length).toBeLessThanOrEqual(300)
    }),
    { numRuns: 40 }
  )
})

it('answers are compared as what they are', () => {
  const judged = (type: DnsTarget['type'], expected: string, answers: string[]) =>
    judgeAnswers({ type, expected: [expected] }, answers).outcome
  expect(judged('AAAA', '2001:DB8:0:0::1', ['2001:db8::1'])).toBe('up')
  expect(judged('CNAME', 'Portal.Example.', ['portal.example'])).toBe('up')
  expect(judged('MX', 'mail.example', ['10 mail.example'])).toBe('up')
  expect(judged('MX', '10 mail.example', ['10 mail.example'])).toBe('up')
  expect(judged('MX', '20 mail.example', ['10 mail.example'])).toBe('down')
  expect(judged('TXT', 'v=spf1 -all', ['v=spf1 -all'])).toBe('up')
  expect(judged('TXT', 'V=SPF1 -ALL', ['v=spf1 -all'])).toBe('down')
  expect(textsOf('MX', [{ priority: 10, exchange: 'mail.example' }])).toEqual(['10 mail.example'])
  expect(textsOf('TXT', [['v=spf1', ' -all']])).toEqual(['v=spf1 -all'])
})

it('an answer that is there is always expected of itself, and details stay short', () => {
  const type = fc.constantFrom('A', 'AAAA', 'CNAME', 'MX', 'TXT')
  fc.assert(
    fc.property(
      type,
      fc.array(fc.string({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 20 }),
      (kind, answers) => {
        const trimmed = answers.map((answer) => answer.trim())
        const attempt = judgeAnswers({ type: kind, expected: [trimmed[0]!] }, trimmed)
        expect(attempt.outcome).toBe('up')
        expect(attempt.detail.length).toBeLessThan(250)
      }
    )
  )
})

it('the hosts file comes before the resolver, and is read again when it changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vl-hosts-'))
  const file = join(folder, 'hosts')
  writeFileSync(file, '# comment\n192.0.2.7 Portal.Example portal # here\nnonsense here\n2001:db8::7 portal.example\n')
  const names = systemNames(file)
  const signal = new AbortController().signal
  expect(await names.addressesOf('portal.example', signal)).toEqual(['192.0.2.7', '2001:db8::7'])
  expect(await names.addressesOf('198.51.100.1', signal)).toEqual(['198.51.100.1'])
  writeFileSync(file, '192.0.2.88 portal.example\n')
  expect(await names.addressesOf('portal.example', signal)).toEqual(['192.0.2.88'])
  rmSync(folder, { recursive: true })
  expect(readHosts('192.0.2.1')).toEqual(new Map())
})

it('a name has the addresses of both families, and a resolver that drops questions for one holds nobody up', async () => {
  const isSix = (question: Buffer) => question.readUInt16BE(question.indexOf(0, 12) + 1) === 28
  const four = [{ type: 1, data: Buffer.from([192, 0, 2, 1]) }]
  const six = [{ type: 28, data: Buffer.from('20010db8000000000000000000000001', 'hex') }]
  const addresses = async (answer: (question: Buffer) => Buffer | undefined, ms = 5_000) => {
    const server = `127.0.0.1:${await resolver(answer)}`
    return systemNames('/no/such/file', [server]).addressesOf('portal.example', AbortSignal.timeout(ms))
  }
  expect(await addresses((question) => answered(question, 0, isSix(question) ? six : four))).toEqual([
    '192.0.2.1',
    '2001:db8::1'
  ])
  expect(await addresses((question) => (isSix(question) ? undefined : answered(question, 0, four)))).toEqual([
    '192.0.2.1'
  ])
  expect(await addresses((question) => answered(question, 0, isSix(question) ? six : []))).toEqual(['2001:db8::1'])
  await expect(addresses((question) => answered(question, 3))).rejects.toMatchObject({
    code: 'dns.not_found',
    whose: 'fault'
  })
  await expect(addresses((question) => answered(question, 2))).rejects.toMatchObject({ code: 'dns.failed' })
  await expect(addresses(() => undefined, 50)).rejects.toMatchObject({ code: 'dns.timeout' })
})
