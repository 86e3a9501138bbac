import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Position } from '#core/frame.ts'
import { DiskGuard, type Refusal } from './disk-guard.ts'
import { systemDisk, type Disk, type DiskFile } from './disk.ts'
import { createEncoder } from './envelope.ts'
import { listDamage } from './quarantine.ts'
import { Received, syncFolder, writeCheckpoint, type ReceivedRow } from './received.ts'
import { readRecentKeys } from './recent-keys.ts'
import { recover } from './recovery.ts'
import { crcSeed, MAX_PAYLOAD, RECORD_HEAD, sealRecord, segmentHeader, segmentName } from './segment.ts'
import type { RecentKeys, SpoolDamage, SpoolEntry, SpoolWriter } from './spool.ts'

export type SpoolOptions = {
  /** The spool refuses beyond this many bytes. */
  maxBytes: number
  /** Free bytes of the volume that are never touched. */
  reserveBytes: number
  clock?: Clock
  segmentBytes?: number
  disk?: Disk
}

const SEGMENT_BYTES = 64 * 1024 * 1024
/** Group commit: under load a write waits for this much or this long since the one before; an idle spool writes at once. */
const COMMIT_BYTES = 256 * 1024
const COMMIT_MS = 5
/** Entries encoded but not yet durable. Beyond it appends are refused: the disk does not keep up. */
const MAX_BACKLOG = 256 * 1024 * 1024
const CHECKPOINT_EVERY_BYTES = 16 * 1024 * 1024

/**
 * Opens the spool in `folder`, making or repairing it (see recovery.ts), for its one writer. The data folder's lock is
 * the caller's business. Throws only when the folder cannot be read or written at all.
 */
export function openSpoolWriter(folder: string, options: SpoolOptions): SpoolWriter {
  return new LocalWriter(folder, options)
}

/** Appends of one group commit: their bytes, who waits for them, and what they count. */
type Group = {
  buffer: Buffer
  length: number
  records: number
  received: Received
  waiters: { position: Position; resolve(position: Position): void; reject(error: Error): void }[]
}
const newGroup = (buffer: Buffer): Group => ({ buffer, length: 0, records: 0, received: new Received(), waiters: [] })

class LocalWriter implements SpoolWriter {
  readonly id: string
  readonly #folder: string
  readonly #segmentBytes: number
  readonly #disk: Disk
  readonly #guard: DiskGuard
  readonly #encoder = createEncoder()
  readonly #seed: number
  readonly #received: Received
  readonly #segments: Map<number, number>
  readonly #listeners: ((end: number) => void)[] = []
  #active: number | undefined
  #file: DiskFile | undefined
  #durableEnd: number
  #nextOffset: number
  #group = newGroup(Buffer.allocUnsafe(COMMIT_BYTES))
  #spare: Buffer = Buffer.allocUnsafe(COMMIT_BYTES)
  #flushing: Promise<void> | undefined
  #flushingBytes = 0
  #lastFlushAt = 0
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #checkpoint: Promise<void> = Promise.resolve()
  #sinceCheckpoint = 0
  #closed = false
  #damage: SpoolDamage[] = []

  constructor(folder: string, options: SpoolOptions) {
    this.#folder = folder
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES
    this.#disk = options.disk ?? systemDisk
    const recovered = recover(folder)
    this.id = recovered.spoolId
    this.#seed = crcSeed(this.id)
    this.#received = recovered.received
    this.#segments = recovered.segments
    this.#active = recovered.active
    this.#durableEnd = recovered.end
    this.#nextOffset = recovered.end
    this.#guard = new DiskGuard(folder, this.#disk, options.clock ?? systemClock, options)
    this.#guard.check()
  }

  append(entries: SpoolEntry[]): Promise<Position> {
    if (this.#closed) return Promise.reject(new SocError('spool.closed', 'the spool is closed'))
    if (entries.length === 0) return Promise.resolve({ partition: 0, offset: this.#nextOffset })
    let bytes = 0
    try {
      for (const entry of entries) bytes += this.#sizeOf(entry)
    } catch (error) {
      return Promise.reject(error as Error)
    }
    // The quota is looked at before, not with, these bytes: `refusal()` and `append` must agree, or holders wait forever.
    const held = this.refusal()
    const refusal = held === 'quota' && entries.every((entry) => entry.kind === 'note') ? undefined : held
    if (refusal !== undefined) {
      return Promise.reject(new SocError('spool.full', `the spool takes nothing now: ${refusal}`, { status: 503 }))
    }
    const group = this.#reserve(bytes)
    const position = { partition: 0, offset: this.#nextOffset }
    const last = entries.length - 1
    for (const [index, entry] of entries.entries()) {
      const payload = group.length + RECORD_HEAD
      const end = this.#encoder.write(entry, index < last, group.buffer, payload)
      sealRecord(group.buffer, group.length, end - payload, this.#nextOffset++, this.#seed)
      group.length = end
      group.received.count(entry)
    }
    group.records += entries.length
    const durable = new Promise<Position>((resolve, reject) => group.waiters.push({ position, resolve, reject }))
    this.#schedule()
    return durable
  }

  durableEnd(): number {
    return this.#durableEnd
  }

  onDurable(listener: (end: number) => void): void {
    this.#listeners.push(listener)
  }

  refusal(): Refusal | undefined {
    if (this.#group.length + this.#flushingBytes > MAX_BACKLOG) return 'backlog'
    return this.#guard.refusal(this.bytes(), this.#group.length + this.#flushingBytes)
  }

  async dropBefore(offset: number): Promise<void> {
    // Everything is passed and the quota is full of it: only a new segment lets the old one go.
    if (offset >= this.#durableEnd && this.#guard.refusal(this.bytes()) === 'quota') await this.#roll()
    const firsts = [...this.#segments.keys()]
    const passed = firsts.filter((_, index) => index < firsts.length - 1 && firsts[index + 1]! <= offset)
    if (passed.length === 0) return
    // The counts of what goes must be on disk first: they cannot be counted again.
    await this.#writeCheckpoint()
    for (const first of passed) {
      unlinkSync(join(this.#folder, segmentName(first)))
      this.#segments.delete(first)
    }
    syncFolder(this.#folder)
    this.#guard.check()
  }

  received(): ReceivedRow[] {
    return this.#received.rows()
  }

  recentKeys(maxAgeMs: number): RecentKeys[] {
    return readRecentKeys(this.#folder, this.id, this.#durableEnd, maxAgeMs)
  }

  damage(): SpoolDamage[] {
    try {
      this.#damage = listDamage(this.#folder)
    } catch {
      // No descriptor or a disk that does not answer: what was seen last still holds.
    }
    return this.#damage
  }

  bytes(): number {
    let sum = this.#group.length + this.#flushingBytes
    for (const size of this.#segments.values()) sum += size
    return sum
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#flushing !== undefined || this.#group.length > 0) await (this.#flushing ?? this.#flush())
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    await this.#writeCheckpoint()
    await this.#file?.close()
    this.#file = undefined
  }

  #sizeOf(entry: SpoolEntry): number {
    const payload = this.#encoder.size(entry)
    if (payload > MAX_PAYLOAD) throw new SocError('spool.too_large', `a record of ${payload} bytes is over the limit`)
    return RECORD_HEAD + payload
  }

  #reserve(bytes: number): Group {
    const group = this.#group
    if (group.length + bytes > group.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(group.buffer.length * 2, group.length + bytes))
      group.buffer.copy(larger, 0, 0, group.length)
      group.buffer = larger
    }
    return group
  }

  #schedule() {
    if (this.#flushing !== undefined || this.#soon !== undefined) return
    const wait = this.#lastFlushAt + COMMIT_MS - performance.now()
    if (this.#group.length >= COMMIT_BYTES || wait <= 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      // Not at once: what else this turn of the loop brings goes into the same commit.
      this.#soon = setImmediate(() => {
        this.#soon = undefined
        if (this.#flushing === undefined && this.#group.length > 0) void this.#flush()
      })
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        if (this.#flushing === undefined && this.#group.length > 0) void this.#flush()
      }, wait)
    }
  }

  #flush(): Promise<void> {
    const group = this.#group
    this.#group = newGroup(this.#spare)
    this.#flushingBytes = group.length
    this.#lastFlushAt = performance.now()
    this.#flushing = this.#commit(group).finally(() => {
      // A buffer that one large append needed is not kept.
      this.#spare = group.buffer.length <= 4 * COMMIT_BYTES ? group.buffer : Buffer.allocUnsafe(COMMIT_BYTES)
      this.#flushing = undefined
      this.#flushingBytes = 0
      if (this.#group.length > 0) this.#schedule()
    })
    return this.#flushing
  }

  /** Writes one group and makes it durable, or fails everybody who waits. Never rejects. */
  async #commit(group: Group): Promise<void> {
    try {
      const full = (this.#segments.get(this.#active ?? -1) ?? 0) + group.length > this.#segmentBytes
      if (full && this.#active !== this.#durableEnd) await this.#closeSegment()
      const file = await this.#openSegment()
      const first = this.#active!
      const at = this.#segments.get(first)!
      await file.write(group.length === group.buffer.length ? group.buffer : group.buffer.subarray(0, group.length), at)
      await file.sync()
      this.#segments.set(first, at + group.length)
      this.#flushingBytes = 0
    } catch (error) {
      await this.#failed(group, error)
      return
    }
    this.#durableEnd += group.records
    this.#received.add(group.received)
    this.#sinceCheckpoint += group.length
    this.#guard.wrote(group.length)
    for (const { position, resolve } of group.waiters) resolve(position)
    for (const listener of this.#listeners) listener(this.#durableEnd)
    if (this.#sinceCheckpoint >= CHECKPOINT_EVERY_BYTES) {
      this.#writeCheckpoint().catch((error: unknown) => this.#guard.failed(error))
    }
  }

  /**
   * The disk did not take a group. What of it reached the file is cut off again, because its offsets will be given
   * anew; what was appended meanwhile carries later offsets and fails with it.
   */
  async #failed(group: Group, error: unknown) {
    const rejected = [...group.waiters, ...this.#group.waiters]
    this.#group = newGroup(this.#group.buffer)
    this.#nextOffset = this.#durableEnd
    this.#guard.failed(error)
    try {
      // A new handle: after a failed fdatasync the old one must not be trusted with the answer again.
      await this.#file?.close()
      this.#file = undefined
      if (this.#active !== undefined) {
        const file = await this.#disk.open(join(this.#folder, segmentName(this.#active)), 'r+')
        this.#file = file
        await file.truncate(this.#segments.get(this.#active)!)
        await file.sync()
      }
    } catch (cause) {
      this.#guard.broken(cause)
    }
    const reason = new SocError('spool.full', 'the disk did not take the frames', { cause: error, status: 503 })
    for (const { reject } of rejected) reject(reason)
  }

  async #openSegment(): Promise<DiskFile> {
    if (this.#file !== undefined) return this.#file
    if (this.#active !== undefined) {
      this.#file = await this.#disk.open(join(this.#folder, segmentName(this.#active)), 'r+')
      return this.#file
    }
    const first = this.#durableEnd
    const header = segmentHeader(this.id, first)
    const file = await this.#disk.open(join(this.#folder, segmentName(first)), 'w')
    try {
      await file.write(header, 0)
      await file.sync()
      syncFolder(this.#folder)
    } catch (error) {
      await file.close()
      throw error
    }
    this.#file = file
    this.#active = first
    this.#segments.set(first, header.length)
    return file
  }

  async #closeSegment() {
    await this.#file?.close()
    this.#file = undefined
    this.#active = undefined
  }

  /** Ends the active segment between two commits. */
  async #roll() {
    while (this.#flushing !== undefined) await this.#flushing
    this.#flushing = (async () => {
      if (this.#active === this.#durableEnd) return
      await this.#closeSegment()
      await this.#openSegment()
    })()
      .catch((error: unknown) => this.#guard.failed(error))
      .finally(() => {
        this.#flushing = undefined
        if (this.#group.length > 0) this.#schedule()
      })
    await this.#flushing
  }

  /** One at a time; each stands for the durable end at its own beginning. */
  #writeCheckpoint(): Promise<void> {
    this.#sinceCheckpoint = 0
    const next = this.#checkpoint.then(async () => {
      if (this.#active === undefined) return
      const at = this.#segments.get(this.#active)!
      const rows = this.#received.rows()
      await writeCheckpoint(this.#folder, { spoolId: this.id, offset: this.#durableEnd, first: this.#active, at, rows })
    })
    this.#checkpoint = next.catch(() => undefined)
    return next
  }
}
