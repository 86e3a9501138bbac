import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { SocError } from '#core/errors.ts'
import { crc32c } from './crc32c.ts'

/**
 * A segment is one file of the spool, named by the offset of its first record:
 *
 *     magic 8 | version u16 | id length u16 | spool id | first offset u64 | crc32c u32     (header)
 *     len u32 | crc32c u32 | offset u64 | payload                                          (record)
 *
 * Little-endian. A record's CRC goes over offset and payload and starts from the CRC of the spool's id: a payload is
 * somebody else's text, and whoever does not know the id cannot put bytes into it that pass for a record when damage
 * makes us look for the next one.
 */
const MAGIC = Buffer.from('VLSPOOL\n', 'latin1')
const VERSION = 1
export const RECORD_HEAD = 16
/** No record is longer; the HTTP listener cuts events at 8 MiB. A length beyond it is damage. */
export const MAX_PAYLOAD = 16 * 1024 * 1024
/** Bytes of CRC work that one search for the next good record may cost; forged headers could make it quadratic. */
const RESYNC_BUDGET = 512 * 1024 * 1024

const EXTENSION = '.spool'
const NAME = /^\d{16}\.spool$/
const ID_FILE = 'spool.id'

/** The file name of the segment that begins with this offset. */
export const segmentName = (first: number) => String(first).padStart(16, '0') + EXTENSION

/** First offsets of the segments in `folder`, ascending. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => Number(name.slice(0, 16)))
    .sort((a, b) => a - b)
}

/** The id kept beside the segments; undefined when the file is missing or damaged. */
export function readIdFile(folder: string): string | undefined {
  try {
    const id = readFileSync(join(folder, ID_FILE), 'latin1').trim()
    return isSpoolId(id) ? id : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
export const idFile = (folder: string) => join(folder, ID_FILE)
export const isSpoolId = (id: string) => /^[\w-]{16}$/.test(id)

/** CRC that every record of this spool starts from. */
export const crcSeed = (spoolId: string) => crc32c(Buffer.from(spoolId, 'latin1'))

export function segmentHeader(spoolId: string, first: number): Buffer {
  const id = Buffer.from(spoolId, 'latin1')
  const header = Buffer.alloc(MAGIC.length + 4 + id.length + 12)
  MAGIC.copy(header)
  let at = header.writeUInt16LE(VERSION, MAGIC.length)
  at = header.writeUInt16LE(id.length, at)
  at += id.copy(header, at)
  at = header.writeBigUInt64LE(BigInt(first), at)
  header.writeUInt32LE(crc32c(header, 0, at), at)
  return header
}

export const HEADER_BYTES = segmentHeader('0123456789abcdef', 0).length

/** What a segment's header says; undefined when it is damaged. Throws `spool.newer` for a later format. */
export function readHeader(bytes: Buffer): { spoolId: string; first: number } | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  const end = HEADER_BYTES - 4
  if (crc32c(bytes, 0, end) !== bytes.readUInt32LE(end)) return undefined
  const version = bytes.readUInt16LE(MAGIC.length)
  if (version !== VERSION) throw new SocError('spool.newer', `the spool has format ${version}, this version knows 1`)
  return { spoolId: bytes.toString('latin1', MAGIC.length + 4, end - 8), first: Number(bytes.readBigUInt64LE(end - 8)) }
}

/** Fills in the head of a record whose payload already lies at `at + RECORD_HEAD`. */
export function sealRecord(target: Buffer, at: number, payloadBytes: number, offset: number, seed: number) {
  target.writeUInt32LE(payloadBytes, at)
  target.writeUInt32LE(offset % 0x1_0000_0000, at + 8)
  target.writeUInt32LE(Math.floor(offset / 0x1_0000_0000), at + 12)
  target.writeUInt32LE(crc32c(target, at + 8, at + RECORD_HEAD + payloadBytes, seed), at + 4)
}

/** A part of one segment in memory, moved along as it is read. Buffers handed out stay valid: none is reused. */
export class SegmentWindow {
  readonly first: number
  readonly path: string
  readonly #fd: number
  readonly #chunk: number
  #buffer: Buffer = Buffer.alloc(0)
  #base = 0

  constructor(folder: string, first: number, chunk = 1024 * 1024) {
    this.first = first
    this.path = join(folder, segmentName(first))
    this.#fd = openSync(this.path, 'r')
    this.#chunk = chunk
  }

  size(): number {
    return fstatSync(this.#fd).size
  }

  /** Up to `bytes` bytes at `at`; fewer only where the file ends. */
  bytes(at: number, bytes: number): Buffer {
    const from = at - this.#base
    if (from < 0 || from + bytes > this.#buffer.length) this.#load(at, bytes)
    return this.#buffer.subarray(at - this.#base, at - this.#base + bytes)
  }

  /** Forgets what was read: the writer may have changed what lies beyond its durable end. */
  invalidate() {
    this.#buffer = Buffer.alloc(0)
  }

  close() {
    closeSync(this.#fd)
  }

  #load(at: number, bytes: number) {
    const wanted = Math.max(0, Math.min(Math.max(bytes, this.#chunk), this.size() - at))
    const buffer = Buffer.allocUnsafe(wanted)
    let filled = 0
    while (filled < wanted) {
      const count = readSync(this.#fd, buffer, filled, wanted - filled, at + filled)
      if (count === 0) break
      filled += count
    }
    this.#buffer = buffer.subarray(0, filled)
    this.#base = at
  }
}

/** What lies at one place of a segment. `end`: nothing more; `bad`: bytes that are no whole, unharmed record. */
export type Step = { kind: 'record'; offset: number; payload: Buffer; next: number } | { kind: 'end' } | { kind: 'bad' }

/** Reads the record at byte `at`. */
export function stepAt(window: SegmentWindow, at: number, seed: number): Step {
  const head = window.bytes(at, RECORD_HEAD)
  if (head.length === 0) return { kind: 'end' }
  if (head.length < RECORD_HEAD) return { kind: 'bad' }
  const length = head.readUInt32LE(0)
  if (length === 0 || length > MAX_PAYLOAD) return { kind: 'bad' }
  const whole = window.bytes(at, RECORD_HEAD + length)
  if (whole.length < RECORD_HEAD + length) return { kind: 'bad' }
  if (crc32c(whole, 8, whole.length, seed) !== whole.readUInt32LE(4)) return { kind: 'bad' }
  const offset = whole.readUInt32LE(8) + whole.readUInt32LE(12) * 0x1_0000_0000
  return { kind: 'record', offset, payload: whole.subarray(RECORD_HEAD), next: at + RECORD_HEAD + length }
}

/** The first good record at or after byte `from` with an offset in `[least, most]`; undefined when there is none. */
export function findRecord(
  window: SegmentWindow,
  from: number,
  seed: number,
  least: number,
  most: number
): { at: number; offset: number } | undefined {
  const size = window.size()
  let budget = RESYNC_BUDGET
  for (let at = from; at + RECORD_HEAD < size;) {
    const view = window.bytes(at, Math.min(64 * 1024, size - at))
    const candidates = view.length - RECORD_HEAD
    if (candidates < 0) return undefined
    for (let index = 0; index <= candidates; index++) {
      const length = view.readUInt32LE(index)
      if (length === 0 || length > MAX_PAYLOAD || at + index + RECORD_HEAD + length > size) continue
      const offset = view.readUInt32LE(index + 8) + view.readUInt32LE(index + 12) * 0x1_0000_0000
      if (offset < least || offset > most) continue
      budget -= length
      if (budget < 0) return undefined
      if (stepAt(window, at + index, seed).kind === 'record') return { at: at + index, offset }
    }
    at += candidates + 1
  }
  return undefined
}
