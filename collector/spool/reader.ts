import { SocError } from '#core/errors.ts'
import { createDecoder } from './envelope.ts'
import { quarantine } from './quarantine.ts'
import { crcSeed, findRecord, HEADER_BYTES, listSegments, readIdFile, SegmentWindow, stepAt } from './segment.ts'
import type { SpoolBatch, SpoolReader, SpoolRecord } from './spool.ts'

/**
 * Opens the spool in `folder` for reading; any number of readers, in any thread or process, beside the one writer.
 * Throws `spool.missing` when no writer has ever opened it.
 */
export function openSpoolReader(folder: string): SpoolReader {
  const id = readIdFile(folder)
  if (id === undefined) throw new SocError('spool.missing', `there is no spool in ${folder}`)
  return new LocalReader(folder, id)
}

class LocalReader implements SpoolReader {
  readonly id: string
  readonly #folder: string
  readonly #seed: number
  readonly #decode: ReturnType<typeof createDecoder>
  #window: SegmentWindow | undefined
  /** Where the record `#offset` begins in the window's segment; readers go forward, so one place is remembered. */
  #at = 0
  #offset = -1
  /** The durable end when the window's bytes were read: what lies beyond may have changed since. */
  #trusted = -1

  constructor(folder: string, id: string) {
    this.#folder = folder
    this.id = id
    this.#seed = crcSeed(id)
    this.#decode = createDecoder(id)
  }

  start(): number {
    return listSegments(this.#folder)[0] ?? 0
  }

  read(offset: number, end: number, limits: { maxRecords: number; maxBytes: number }): SpoolBatch {
    const records: SpoolRecord[] = []
    let bytes = 0
    if (offset < end && this.#offset !== offset && !this.#seek(offset)) return batch(offset, offset, records)
    if (offset >= end) return batch(offset, offset, records)
    while (records.length < limits.maxRecords && bytes < limits.maxBytes && this.#offset < end) {
      if (this.#offset >= this.#trusted) {
        this.#window!.invalidate()
        this.#trusted = end
      }
      const step = stepAt(this.#window!, this.#at, this.#seed)
      if (step.kind === 'record' && step.offset >= this.#offset) {
        const decoded = step.offset < end ? this.#decode(step.payload, step.offset) : undefined
        if (step.offset >= end) break
        if (decoded === undefined) this.#report(this.#at, step.next, step.offset, 1)
        else if (step.offset >= offset) {
          records.push(decoded.record)
          bytes += step.payload.length
        }
        this.#at = step.next
        this.#offset = step.offset + 1
      } else if (step.kind === 'end') {
        if (!this.#nextSegment()) break
      } else if (!this.#skipDamage(end)) {
        this.#offset = end
        break
      }
    }
    return batch(offset, Math.max(offset, this.#offset), records)
  }

  close() {
    this.#window?.close()
    this.#window = undefined
    this.#offset = -1
  }

  /** Goes to the segment that holds `offset`, and there record by record; false when there is no segment yet. */
  #seek(offset: number): boolean {
    const segments = listSegments(this.#folder)
    const first = segments.findLast((candidate) => candidate <= offset) ?? segments[0]
    if (first === undefined) return false
    if (!this.#enter(first)) return this.#seek(offset)
    const target = Math.max(offset, first)
    // Damage on the way is left to read(), which knows how far the writer is durable.
    for (;;) {
      const step = stepAt(this.#window!, this.#at, this.#seed)
      if (step.kind !== 'record' || step.offset >= target) break
      this.#at = step.next
      this.#offset = step.offset + 1
    }
    return true
  }

  /** Opens a segment; false when it was dropped in the meantime. */
  #enter(first: number): boolean {
    let next: SegmentWindow
    try {
      next = new SegmentWindow(this.#folder, first)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
    this.#window?.close()
    this.#window = next
    this.#at = HEADER_BYTES
    this.#offset = first
    this.#trusted = -1
    return true
  }

  #nextSegment(): boolean {
    const current = this.#window!.first
    const next = listSegments(this.#folder).find((first) => first > current)
    if (next === undefined) return false
    // A segment that ends before the next one begins has lost its tail without leaving bytes behind.
    if (next > this.#offset) this.#report(this.#at, this.#at, this.#offset, next - this.#offset)
    return this.#enter(next) || this.#nextSegment()
  }

  /** Leaves damaged bytes behind; false when nothing good follows before `end`. */
  #skipDamage(end: number): boolean {
    const window = this.#window!
    window.invalidate()
    // The bytes in memory may be older than the record: what is on the disk decides.
    const again = stepAt(window, this.#at, this.#seed)
    if (again.kind === 'record' && again.offset >= this.#offset) return true
    const found = findRecord(window, this.#at + 1, this.#seed, this.#offset, end - 1)
    if (found !== undefined) {
      this.#report(this.#at, found.at, this.#offset, found.offset - this.#offset)
      this.#at = found.at
      this.#offset = found.offset
      return true
    }
    const next = listSegments(this.#folder).find((first) => first > window.first)
    const gone = (next === undefined ? end : Math.min(next, end)) - this.#offset
    this.#report(this.#at, window.size(), this.#offset, Math.max(0, gone))
    return next !== undefined && this.#enter(next)
  }

  #report(at: number, to: number, offset: number, records: number) {
    if (records > 0 || to > at)
      quarantine(this.#folder, { first: this.#window!.first, at, bytes: to - at, offset, records })
  }
}

const batch = (from: number, next: number, records: SpoolRecord[]): SpoolBatch => ({
  partition: 0,
  from,
  next,
  records
})
