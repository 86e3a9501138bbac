import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { frameFlag, type Frame } from '#core/frame.ts'
import { crc32c } from './crc32c.ts'
import { systemDisk, type Disk } from './disk.ts'
import { createDecoder, createEncoder } from './envelope.ts'
import { openSpoolReader } from './reader.ts'
import type { SpoolEntry } from './spool.ts'
import { openSpoolWriter, type SpoolOptions } from './writer.ts'

const MIB = 1024 * 1024
const limits = { maxRecords: 10_000, maxBytes: 64 * MIB }
const clock = manualClock(1_700_000_000_000)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vl-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (options: Partial<SpoolOptions> = {}) =>
  openSpoolWriter(folder, { maxBytes: 1024 * MIB, reserveBytes: 1, clock, ...options })

function frame(text: string, change: Partial<Frame> = {}): Frame {
  return {
    receivedAt: 1_700_000_000_000,
    listener: 'syslog-tcp',
    origin: 'real',
    peer: '192.0.2.1:40000',
    sender: 'sender-1',
    unit: 'U1',
    hint: '',
    flags: 0,
    clientKey: '',
    raw: Buffer.from(text),
    ...change
  }
}
const entry = (text: string, change: Partial<Frame> = {}): SpoolEntry => ({ kind: 'frame', frame: frame(text, change) })

/** Everything a reader sees, as texts; a note shows as its fate. */
function texts(end: number, from = 0): string[] {
  const reader = openSpoolReader(folder)
  const seen: string[] = []
  for (let at = from; at < end;) {
    const batch = reader.read(at, end, limits)
    if (batch.next === at) break
    for (const record of batch.records) {
      seen.push(record.kind === 'frame' ? record.frame.raw.toString() : record.note.fate)
    }
    at = batch.next
  }
  reader.close()
  return seen
}

it('the checksum is CRC-32C as RFC 3720 prints it, also in pieces', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const middle = Math.min(cut, bytes.length)
      expect(crc32c(bytes, middle, bytes.length, crc32c(bytes, 0, middle))).toBe(crc32c(bytes))
    })
  )
})

it('any frame and note come out of the envelope as they went in', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 }).map((value) => value.toWellFormed())
  const anyFrame = fc.record({
    receivedAt: fc.nat(2 ** 31).map((seconds) => seconds * 1000),
    listener: text,
    origin: fc.constantFrom('real', 'demonstration', 'canary'),
    peer: text,
    sender: text,
    unit: text,
    hint: text,
    flags: fc.nat(15),
    clientKey: text,
    id: text,
    raw: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  })
  const encoder = createEncoder()
  const decode = createDecoder('0123456789abcdef')
  fc.assert(
    fc.property(anyFrame, text, fc.boolean(), (given, batch, more) => {
      const one: SpoolEntry = { kind: 'frame', frame: given as Frame, batch }
      const bytes = Buffer.alloc(encoder.size(one))
      expect(encoder.write(one, more, bytes, 0)).toBe(bytes.length)
      const decoded = decode(bytes, 7)!
      expect(decoded).toMatchObject({ more, batch })
      const { id, ...rest } = given
      expect(decoded.record).toMatchObject({ kind: 'frame', frame: { ...rest, offset: 7 } })
      if (id !== '') expect(decoded.record).toMatchObject({ frame: { id } })
    }),
    { numRuns: 40 }
  )
  const note: SpoolEntry = {
    kind: 'note',
    note: { sender: 'đơn vị', origin: 'canary', fate: 'dropped', count: 12, reason: 'udp' }
  }
  const bytes = Buffer.alloc(encoder.size(note))
  encoder.write(note, false, bytes, 0)
  expect(decode(bytes, 3)).toEqual({ record: { ...note, partition: 0, offset: 3 }, more: false, batch: '' })
})

it('no bytes make the envelope decoder throw', () => {
  const decode = createDecoder('0123456789abcdef')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const payload = Buffer.from([1, 1 + ((bytes[0] ?? 0) & 1), ...bytes])
      decode(payload, 1)
    })
  )
})

describe('the spool', () => {
  it('hands a reader what is durable, in order, with positions and deterministic ids', async () => {
    const writer = open()
    expect(await writer.append([entry('one'), entry('two')])).toEqual({ partition: 0, offset: 0 })
    expect(await writer.append([entry('three', { clientKey: 'index/7' })])).toEqual({ partition: 0, offset: 2 })
    expect(writer.durableEnd()).toBe(3)
    const reader = openSpoolReader(folder)
    const batch = reader.read(0, 3, limits)
    const ids = batch.records.map((record) => (record.kind === 'frame' ? record.frame.id : ''))
    expect(batch).toMatchObject({ partition: 0, from: 0, next: 3 })
    expect(ids[1]).toBe(`${writer.id}-1`)
    expect(new Set(ids).size).toBe(3)
    expect(reader.read(0, 3, limits)).toEqual(batch)
    expect(reader.read(0, 2, limits).next).toBe(2)
    expect(reader.read(3, 3, limits)).toEqual({ partition: 0, from: 3, next: 3, records: [] })
    reader.close()
    await writer.close()
  })

  it('gives a client key the same id again, and another sender another one', async () => {
    const writer = open()
    const keyed = { clientKey: 'index/7' }
    await writer.append([entry('a', keyed), entry('a', keyed), entry('a', { ...keyed, sender: 'sender-2' })])
    const reader = openSpoolReader(folder)
    const ids = reader.read(0, 3, limits).records.map((record) => (record.kind === 'frame' ? record.frame.id : ''))
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
    reader.close()
    await writer.close()
  })

  it('keeps position, id and counts over a restart, and writes on behind them', async () => {
    let writer = open()
    const id = writer.id
    await writer.append([entry('one'), entry('two', { receivedAt: 1_700_000_000_500 })])
    await writer.close()
    writer = open()
    expect(writer.id).toBe(id)
    expect(writer.durableEnd()).toBe(2)
    await writer.append([entry('three', { sender: 'sender-2' })])
    expect(writer.received()).toEqual([
      { sender: 'sender-1', origin: 'real', received: 2, lastReceivedAt: 1_700_000_000_500 },
      { sender: 'sender-2', origin: 'real', received: 1, lastReceivedAt: 1_700_000_000_000 }
    ])
    expect(texts(3)).toEqual(['one', 'two', 'three'])
    await writer.close()
  })

  it('counts notes by their number and a replayed dead letter not at all, and keeps its id', async () => {
    const writer = open()
    await writer.append([
      { kind: 'note', note: { sender: 'sender-1', origin: 'real', fate: 'duplicate', count: 5, reason: 'batch' } },
      entry('again', { id: 'letter-1', flags: frameFlag.replay, receivedAt: 5 })
    ])
    expect(writer.received()).toMatchObject([{ sender: 'sender-1', received: 5 }])
    const reader = openSpoolReader(folder)
    expect(reader.read(1, 2, limits).records).toMatchObject([{ frame: { id: 'letter-1', receivedAt: 5 } }])
    reader.close()
    await writer.close()
  })

  it('rolls to new segments, reads across them, and drops those that everybody has passed', async () => {
    const writer = open({ segmentBytes: 1_200 })
    const expected: string[] = []
    for (let index = 0; index < 60; index++) {
      expected.push(`event number ${index}`)
      await writer.append([entry(expected[index]!)])
    }
    const before = readdirSync(folder).filter((name) => name.endsWith('.spool'))
    expect(before.length).toBeGreaterThan(3)
    expect(texts(60)).toEqual(expected)
    expect(texts(60, 41)).toEqual(expected.slice(41))

    const reader = openSpoolReader(folder)
    const early = reader.read(0, 60, { maxRecords: 5, maxBytes: MIB })
    await writer.dropBefore(40)
    const after = readdirSync(folder).filter((name) => name.endsWith('.spool'))
    expect(after.length).toBeLessThan(before.length)
    // A reader that still holds a dropped segment open is not disturbed; a new one begins at the oldest kept.
    expect(reader.read(early.next, 60, { maxRecords: 1, maxBytes: MIB }).records).toHaveLength(1)
    expect(reader.start()).toBeGreaterThan(0)
    expect(reader.start()).toBeLessThanOrEqual(40)
    reader.close()
    const late = openSpoolReader(folder)
    const first = late.read(0, 60, limits)
    expect(first.records[0]).toMatchObject({ frame: { offset: late.start() } })
    expect(first.records).toHaveLength(60 - late.start())
    late.close()
    await writer.close()
    const again = open({ segmentBytes: 1_200 })
    expect(again.received()).toMatchObject([{ received: 60 }])
    expect(again.durableEnd()).toBe(60)
    await again.close()
  })

  it('is followed by a reader while it is written, across segments, without a gap or a repetition', async () => {
    const writer = open({ segmentBytes: 20_000 })
    let reader: ReturnType<typeof openSpoolReader> | undefined
    let next = 0
    writer.onDurable((end) => {
      reader ??= openSpoolReader(folder)
      while (next < end) {
        const batch = reader.read(next, end, { maxRecords: 17, maxBytes: 4_000 })
        for (const record of batch.records) {
          expect(record).toMatchObject({ kind: 'frame', frame: { offset: next, raw: Buffer.from(`event ${next}`) } })
          next++
        }
        expect(batch.next).toBe(next)
      }
    })
    for (let index = 0; index < 3_000; index += 30) {
      const appended = Array.from({ length: 30 }, (_, one) => writer.append([entry(`event ${index + one}`)]))
      if (index % 300 === 0) await Promise.all(appended)
      if (index % 1_500 === 0) await writer.dropBefore(next)
    }
    await writer.close()
    expect(next).toBe(3_000)
    reader?.close()
  })

  it('keeps a frame of a mebibyte whole', async () => {
    const writer = open({ segmentBytes: 2_000 })
    const large = 'x'.repeat(MIB)
    await writer.append([entry('before'), entry(large), entry('after')])
    expect(texts(3)).toEqual(['before', large, 'after'])
    await writer.close()
  })

  it('puts many appends into one commit', async () => {
    let syncs = 0
    const disk: Disk = {
      ...systemDisk,
      async open(path, flags) {
        const file = await systemDisk.open(path, flags)
        return { ...file, sync: () => (syncs++, file.sync()) }
      }
    }
    const writer = open({ disk })
    await Promise.all(Array.from({ length: 500 }, (_, index) => writer.append([entry(`${index}`)])))
    expect(texts(500)).toHaveLength(500)
    expect(syncs).toBeLessThan(10)
    await writer.close()
  })

  it('tells the keys of its newest frames, and none that are too old', async () => {
    const writer = open()
    await writer.append([
      { kind: 'frame', frame: frame('old', { receivedAt: 1_000 }), batch: 'digest-old' },
      { kind: 'frame', frame: frame('new', { receivedAt: 700_000 }), batch: 'digest' },
      entry('keyed', { receivedAt: 800_000, clientKey: 'k' })
    ])
    expect(writer.recentKeys(600_000)).toMatchObject([{ batch: 'digest' }, { clientKeyId: expect.stringMatching(/./) }])
    await writer.close()
  })
})

describe('the disk guard', () => {
  it('refuses at the quota, lets notes pass, and takes frames again when consumers have passed', async () => {
    const writer = open({ maxBytes: 5_000 })
    let taken = 0
    await expect(async () => {
      for (;;) {
        await writer.append([entry('x'.repeat(500))])
        taken++
      }
    }).rejects.toMatchObject({ code: 'spool.full' })
    expect(taken).toBeGreaterThan(3)
    await writer.append([
      { kind: 'note', note: { sender: 's', origin: 'real', fate: 'dropped', count: 9, reason: 'r' } }
    ])
    await writer.append([
      { kind: 'note', note: { sender: 's', origin: 'real', fate: 'dropped', count: 9, reason: 'r' } }
    ])
    await expect(writer.append([entry('x'.repeat(500))])).rejects.toMatchObject({ code: 'spool.full' })
    // The one segment holds everything; dropping needs a new one.
    expect(writer.refusal()).toBe('quota')
    await writer.dropBefore(writer.durableEnd())
    expect(writer.refusal()).toBeUndefined()
    const { offset } = await writer.append([entry('after')])
    expect(texts(offset + 1, offset)).toEqual(['after'])
    await writer.close()
  })

  it('refuses while the volume has less than the reserve', async () => {
    let free = 10
    const local = manualClock(0)
    const writer = open({ reserveBytes: 100, clock: local, disk: { ...systemDisk, free: async () => free } })
    await new Promise(setImmediate)
    expect(writer.refusal()).toBe('disk')
    await expect(writer.append([entry('x')])).rejects.toMatchObject({ code: 'spool.full', status: 503 })
    free = 1_000
    local.advance(1_000)
    writer.refusal()
    await new Promise(setImmediate)
    await writer.append([entry('x')])
    await writer.close()
  })

  it('loses nothing acknowledged when the disk is full in the middle of a write, and goes on when there is room', async () => {
    let room = Infinity
    const local = manualClock(0)
    const disk: Disk = {
      free: async () => 10 * MIB,
      async open(path, flags) {
        const file = await systemDisk.open(path, flags)
        return {
          ...file,
          async write(bytes, at) {
            const fits = bytes.subarray(0, Math.max(0, Math.min(bytes.length, room)))
            room -= fits.length
            await file.write(fits, at)
            if (fits.length < bytes.length) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
          }
        }
      }
    }
    const writer = open({ disk, clock: local })
    await writer.append([entry('one')])
    room = 40
    const failing = writer.append([entry('lost one'), entry('lost two')])
    await expect(failing).rejects.toMatchObject({ code: 'spool.full' })
    expect(writer.refusal()).toBe('disk')
    expect(writer.durableEnd()).toBe(1)
    room = Infinity
    local.advance(1_000)
    writer.refusal()
    await new Promise(setImmediate)
    expect(await writer.append([entry('two')])).toEqual({ partition: 0, offset: 1 })
    expect(texts(2)).toEqual(['one', 'two'])
    expect(writer.received()).toMatchObject([{ received: 2 }])
    await writer.close()
    expect(open().durableEnd()).toBe(2)
  })

  it('says failed, and stays up, when the disk reports errors', async () => {
    const disk: Disk = {
      ...systemDisk,
      async open(path, flags) {
        const file = await systemDisk.open(path, flags)
        return { ...file, sync: () => Promise.reject(Object.assign(new Error('input/output error'), { code: 'EIO' })) }
      }
    }
    const writer = open({ disk })
    await expect(writer.append([entry('x')])).rejects.toMatchObject({ code: 'spool.full' })
    expect(writer.refusal()).toBe('failed')
    await writer.close()
    expect(open().durableEnd()).toBe(0)
  })

  it('refuses an envelope text longer than 64 KiB instead of cutting it', async () => {
    const writer = open()
    const long = 'x'.repeat(70_000)
    await expect(writer.append([entry('x', { hint: long })])).rejects.toMatchObject({ code: 'spool.field_too_long' })
    await expect(writer.append([entry('x', { clientKey: long })])).rejects.toMatchObject({
      code: 'spool.field_too_long'
    })
    expect(readFileSync(join(folder, 'spool.id'), 'latin1').trim()).toBe(writer.id)
    await writer.close()
  })
})
