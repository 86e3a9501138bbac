import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Frame } from '#core/frame.ts'
import { listDamage } from './quarantine.ts'
import { openSpoolReader } from './reader.ts'
import { HEADER_BYTES, segmentName } from './segment.ts'
import type { SpoolEntry, SpoolWriter } from './spool.ts'
import { openSpoolWriter } from './writer.ts'

let root: string
let folder: string
let work: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vl-recovery-'))
  folder = join(root, 'spool')
  work = join(root, 'work')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const options = { maxBytes: 2 ** 30, reserveBytes: 1, segmentBytes: 64 * 1024 }
const entry = (text: string): SpoolEntry => {
  const frame: Frame = {
    receivedAt: 1_700_000_000_000,
    listener: 'http',
    origin: 'real',
    peer: '192.0.2.1:40000',
    sender: 's',
    unit: 'U1',
    hint: '',
    flags: 0,
    clientKey: '',
    raw: Buffer.from(text)
  }
  return { kind: 'frame', frame }
}

function texts(from: string, end: number): string[] {
  const reader = openSpoolReader(from)
  const seen: string[] = []
  for (let at = 0; at < end;) {
    const batch = reader.read(at, end, { maxRecords: 7, maxBytes: 2 ** 20 })
    for (const record of batch.records) if (record.kind === 'frame') seen.push(record.frame.raw.toString())
    if (batch.next === at) break
    at = batch.next
  }
  reader.close()
  return seen
}

/** A spool of these appends, as a crash leaves it: without the checkpoint that closing writes. */
async function make(appends: string[][]): Promise<{ file: string; ends: number[] }> {
  const writer = openSpoolWriter(folder, options)
  const file = join(folder, segmentName(0))
  const ends: number[] = []
  for (const one of appends) {
    await writer.append(one.map(entry))
    ends.push(statSync(file).size)
  }
  await writer.close()
  rmSync(join(folder, 'received.json'))
  return { file, ends }
}

/** A copy of the spool with one change to its only segment, opened again. */
function reopened(change: (file: string) => void): SpoolWriter {
  rmSync(work, { recursive: true, force: true })
  cpSync(folder, work, { recursive: true })
  change(join(work, segmentName(0)))
  return openSpoolWriter(work, options)
}

it('cut at every byte it opens, keeps every append that was whole, and writes on', async () => {
  const appends = [['one'], ['two', 'three'], ['four'], ['five', 'six', 'seven']]
  const { file, ends } = await make(appends)
  const size = statSync(file).size
  for (let cut = 0; cut <= size; cut++) {
    const writer = reopened((path) => truncateSync(path, cut))
    const whole = appends.filter((_, index) => ends[index]! <= cut).flat()
    expect(writer.durableEnd(), `cut at ${cut}`).toBe(whole.length)
    expect(writer.received()[0]?.received ?? 0, `cut at ${cut}`).toBe(whole.length)
    expect(writer.damage(), `cut at ${cut}`).toEqual([])
    // Writing on costs an fsync; every fourth cut is enough to see it.
    if (cut % 4 === 0) await writer.append([entry('next')])
    const next = cut % 4 === 0 ? ['next'] : []
    expect(texts(work, writer.durableEnd()), `cut at ${cut}`).toEqual([...whole, ...next])
    await writer.close()
  }
}, 60_000)

it('a file that was lengthened with zeros by power loss is a torn tail, not damage', async () => {
  await make([['one'], ['two']])
  const writer = reopened((path) => appendFileSync(path, Buffer.alloc(5_000)))
  expect(writer.durableEnd()).toBe(2)
  expect(writer.damage()).toEqual([])
  await writer.append([entry('three')])
  expect(texts(work, 3)).toEqual(['one', 'two', 'three'])
  await writer.close()
})

it('damage in the middle costs only the records it touched; they are named and their bytes kept', async () => {
  const { ends } = await make([['one'], ['two'], ['three']])
  const writer = reopened((path) => {
    const bytes = readFileSync(path)
    bytes[ends[0]! + 20]! ^= 0x40
    writeFileSync(path, bytes)
  })
  expect(writer.durableEnd()).toBe(3)
  expect(texts(work, 3)).toEqual(['one', 'three'])
  const bytes = ends[1]! - ends[0]!
  expect(writer.damage()).toMatchObject([{ file: segmentName(0), offset: 1, records: 1, bytes }])
  expect(statSync(join(work, writer.damage()[0]!.kept)).size).toBe(bytes)
  // Found again by every reader, in every run, and still one place.
  texts(work, 3)
  await writer.close()
  expect(listDamage(work)).toHaveLength(1)
})

it('a reader beside the writer steps over damage that came after the start', async () => {
  const { ends } = await make([['one'], ['two'], ['three']])
  const writer = openSpoolWriter(folder, options)
  const path = join(folder, segmentName(0))
  const bytes = readFileSync(path)
  bytes.fill(0, ends[0]!, ends[1])
  writeFileSync(path, bytes)
  expect(texts(folder, 3)).toEqual(['one', 'three'])
  expect(writer.damage()).toMatchObject([{ offset: 1, records: 1 }])
  await writer.close()
})

it('a damaged header does not cost a record', async () => {
  await make([['one'], ['two']])
  const writer = reopened((path) => {
    const bytes = readFileSync(path)
    bytes.fill(0xee, 0, HEADER_BYTES)
    writeFileSync(path, bytes)
  })
  expect(texts(work, 2)).toEqual(['one', 'two'])
  await writer.close()
})

it('a lost id file is made again from the segments, so that ids stay the same', async () => {
  await make([['one']])
  const before = openSpoolReader(folder)
  rmSync(join(folder, 'spool.id'))
  const writer = openSpoolWriter(folder, options)
  expect(writer.id).toBe(before.id)
  before.close()
  await writer.close()
})

it('offsets that were given are never given again, even when their records are gone', async () => {
  const writer = openSpoolWriter(folder, options)
  await writer.append([entry('one'), entry('two'), entry('three')])
  await writer.close()
  truncateSync(join(folder, segmentName(0)), HEADER_BYTES + 30)
  const again = openSpoolWriter(folder, options)
  expect(again.durableEnd()).toBe(3)
  expect(again.received()).toMatchObject([{ received: 3 }])
  expect(again.damage()).toMatchObject([{ offset: 0, records: 3 }])
  await again.append([entry('four')])
  expect(texts(folder, 4)).toEqual(['four'])
  await again.close()
})

it('a segment of another spool is set aside', async () => {
  await make([['one']])
  const other = join(root, 'other')
  const writer = openSpoolWriter(other, options)
  await writer.append([entry('foreign')])
  await writer.close()
  copyFileSync(join(other, segmentName(0)), join(folder, segmentName(5)))
  const again = openSpoolWriter(folder, options)
  expect(texts(folder, again.durableEnd())).toEqual(['one'])
  expect(readdirSync(join(folder, 'quarantine'))).toHaveLength(1)
  await again.close()
})

it('bytes inside an event that look like a record are not taken for one when damage lies before them', async () => {
  const other = join(root, 'other')
  const forger = openSpoolWriter(other, options)
  await forger.append([entry('x'), entry('y'), entry('forged')])
  await forger.close()
  const forged = readFileSync(join(other, segmentName(0))).toString('latin1')
  const writer = openSpoolWriter(folder, options)
  const carrier = entry('')
  if (carrier.kind === 'frame') carrier.frame.raw = Buffer.from(forged, 'latin1')
  await writer.append([entry('one')])
  const path = join(folder, segmentName(0))
  const start = statSync(path).size
  await writer.append([carrier])
  await writer.append([entry('last')])
  const bytes = readFileSync(path)
  bytes[start]! ^= 0xff
  writeFileSync(path, bytes)
  expect(texts(folder, 3)).toEqual(['one', 'last'])
  await writer.close()
})

it('random damage never stops the spool, never changes a frame, and never reorders', async () => {
  const appends = Array.from({ length: 30 }, (_, index) => [`event ${String(index).padStart(4, '0')}`])
  const { file } = await make(appends)
  const size = statSync(file).size
  const hits = fc.array(fc.record({ at: fc.nat(size - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }), {
    minLength: 1,
    maxLength: 4
  })
  await fc.assert(
    fc.asyncProperty(hits, fc.option(fc.nat(size)), async (places, cut) => {
      const writer = reopened((path) => {
        const bytes = readFileSync(path)
        for (const { at, bytes: noise } of places) bytes.set(noise.subarray(0, size - at), at)
        writeFileSync(path, bytes)
        if (cut !== null) truncateSync(path, cut)
      })
      const seen = texts(work, writer.durableEnd())
      expect(seen).toEqual([...seen].sort())
      for (const text of seen) expect(appends.flat()).toContain(text)
      const { offset } = await writer.append([entry('zz next')])
      expect(texts(work, offset + 1).at(-1)).toBe('zz next')
      await writer.close()
    }),
    { numRuns: 60 }
  )
}, 60_000)

it('kill -9 under load: everything acknowledged is there, once, and the count is exact', async () => {
  const script = `
    const { openSpoolWriter } = await import(${JSON.stringify(join(import.meta.dirname, 'writer.ts'))})
    const writer = openSpoolWriter(process.argv[1], { maxBytes: 2 ** 30, reserveBytes: 1, segmentBytes: 100_000 })
    const frame = (text) => ({ kind: 'frame', frame: { receivedAt: 1, listener: 'l', origin: 'real', peer: 'p', sender: 's',
      unit: 'u', hint: '', flags: 0, clientKey: '', raw: Buffer.from(text) } })
    for (let n = writer.durableEnd(); ; n += 100) {
      const texts = Array.from({ length: 100 }, (_, i) => String(n + i))
      writer.append(texts.map(frame)).then(() => process.stdout.write(n + 100 + '\\n'))
      await new Promise(setImmediate)
    }`
  let acknowledged = 0
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const target = acknowledged + 3_000
    let rest = ''
    for await (const chunk of child.stdout) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop()!
      if (lines.length > 0) acknowledged = Number(lines.at(-1))
      if (acknowledged >= target) break
    }
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const writer = openSpoolWriter(folder, options)
    const end = writer.durableEnd()
    expect(end).toBeGreaterThanOrEqual(acknowledged)
    expect(end % 100).toBe(0)
    expect(texts(folder, end)).toEqual(Array.from({ length: end }, (_, index) => String(index)))
    expect(writer.received()).toMatchObject([{ received: end }])
    expect(writer.damage()).toEqual([])
    await writer.close()
    acknowledged = end
  }
}, 60_000)
