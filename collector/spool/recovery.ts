import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { randomId } from '#core/ids.ts'
import { createDecoder } from './envelope.ts'
import { quarantine } from './quarantine.ts'
import { readCheckpoint, Received, replaceFile, syncFolder } from './received.ts'
import {
  crcSeed,
  findRecord,
  HEADER_BYTES,
  idFile,
  listSegments,
  readHeader,
  readIdFile,
  RECORD_HEAD,
  SegmentWindow,
  segmentName,
  stepAt
} from './segment.ts'

/** What is in the folder after the last run. `active` is written on; undefined: begin a new segment at `end`. */
export type Recovered = {
  spoolId: string
  received: Received
  /** Next offset. Never one that was given before, because ids are made of it. */
  end: number
  /** Bytes of every segment, by first offset, ascending. */
  segments: Map<number, number>
  active: number | undefined
}

/**
 * Brings the folder into a state that can be written on, whatever the last run left: makes the id, cuts a torn tail
 * (an append that is not whole was never acknowledged), copies damage before it to quarantine/, and counts what was
 * received after the last checkpoint. Never refuses because of damage.
 */
export function recover(folder: string): Recovered {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const checkpoint = readCheckpoint(folder)
  const spoolId = readIdFile(folder) ?? checkpoint?.spoolId ?? idFromHeaders(folder) ?? randomId(12)
  if (readIdFile(folder) === undefined) replaceFile(folder, basename(idFile(folder)), `${spoolId}\n`)
  setForeignAside(folder, spoolId)

  const known = checkpoint?.spoolId === spoolId ? checkpoint : undefined
  const received = new Received()
  received.load(known?.rows ?? [])
  const segments = new Map<number, number>()
  const firsts = listSegments(folder)
  let end = known?.offset ?? 0
  let active: number | undefined
  for (const [index, first] of firsts.entries()) {
    const path = join(folder, segmentName(first))
    const size = statSync(path).size
    segments.set(first, size)
    const next = firsts[index + 1]
    if (next !== undefined && known !== undefined && next <= known.offset) continue
    const resumes = known?.first === first && known.at <= size
    const scanned = scan(folder, spoolId, {
      first,
      next,
      at: resumes ? known.at : HEADER_BYTES,
      offset: resumes ? known.offset : first,
      countFrom: known?.offset ?? 0,
      received
    })
    end = Math.max(end, scanned.offset)
    if (next !== undefined) continue
    if (scanned.at <= HEADER_BYTES) {
      unlinkSync(path)
      syncFolder(folder)
      segments.delete(first)
    } else {
      cut(path, scanned.at)
      segments.set(first, scanned.at)
      if (scanned.offset === end) active = first
    }
    // Less was found than the checkpoint stands for: those records are gone, and their offsets are used up.
    if (scanned.offset < end) {
      quarantine(folder, { first, at: scanned.at, bytes: 0, offset: scanned.offset, records: end - scanned.offset })
    }
  }
  return { spoolId, received, end, segments, active }
}

type Scan = {
  first: number
  /** First offset of the following segment; undefined for the last one. */
  next: number | undefined
  at: number
  offset: number
  /** Records before this offset are in the checkpoint already. */
  countFrom: number
  received: Received
}

/** Walks one segment, counting and reporting. Gives the end of the last whole append. */
function scan(folder: string, spoolId: string, scanned: Scan): { at: number; offset: number } {
  const window = new SegmentWindow(folder, scanned.first)
  const seed = crcSeed(spoolId)
  const decode = createDecoder(spoolId)
  const size = window.size()
  let { at, offset } = scanned
  let whole = { at, offset }
  let open = new Received()
  try {
    for (;;) {
      const step = stepAt(window, at, seed)
      if (step.kind === 'end') break
      if (step.kind === 'record' && step.offset >= offset) {
        const decoded = decode(step.payload, step.offset)
        if (decoded === undefined) {
          quarantine(folder, { first: scanned.first, at, bytes: step.next - at, offset: step.offset, records: 1 })
        } else if (step.offset >= scanned.countFrom) open.count(decoded.record)
        at = step.next
        offset = step.offset + 1
        if (decoded?.more) continue
        whole = { at, offset }
        scanned.received.add(open)
        open = new Received()
        continue
      }
      const most = (scanned.next ?? offset + Math.ceil((size - at) / RECORD_HEAD)) - 1
      const found = findRecord(window, at + 1, seed, offset, most)
      if (found === undefined) {
        if (scanned.next !== undefined || !isTorn(window, at, size)) {
          const records = scanned.next === undefined ? 0 : scanned.next - offset
          quarantine(folder, { first: scanned.first, at, bytes: size - at, offset, records })
        }
        break
      }
      const records = found.offset - offset
      quarantine(folder, { first: scanned.first, at, bytes: found.at - at, offset, records })
      at = found.at
      offset = found.offset
    }
  } finally {
    window.close()
  }
  // In a finished segment nothing is cut: what is left of a damaged append counts.
  if (scanned.next !== undefined) scanned.received.add(open)
  return whole
}

/** A write that power loss or kill -9 interrupted: the file ends inside the record, or was lengthened but not filled. */
function isTorn(window: SegmentWindow, at: number, size: number): boolean {
  const head = window.bytes(at, RECORD_HEAD)
  if (head.length < RECORD_HEAD || at + RECORD_HEAD + head.readUInt32LE(0) > size) return true
  for (let from = at; from < size; from += 64 * 1024) {
    if (window.bytes(from, Math.min(64 * 1024, size - from)).some((byte) => byte !== 0)) return false
  }
  return true
}

/** Shortens the file and makes the rest durable: after a kill -9 it may still be only in the page cache. */
function cut(path: string, size: number) {
  const fd = openSync(path, 'r+')
  try {
    ftruncateSync(fd, size)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function headerOf(folder: string, first: number) {
  const window = new SegmentWindow(folder, first)
  try {
    return readHeader(window.bytes(0, HEADER_BYTES))
  } finally {
    window.close()
  }
}

function idFromHeaders(folder: string): string | undefined {
  for (const first of listSegments(folder)) {
    const id = headerOf(folder, first)?.spoolId
    if (id !== undefined) return id
  }
  return undefined
}

/** Segments of another spool, copied here by hand, would repeat offsets: they are kept in quarantine/, not read. */
function setForeignAside(folder: string, spoolId: string) {
  for (const first of listSegments(folder)) {
    const header = headerOf(folder, first)
    if (header === undefined || header.spoolId === spoolId) continue
    mkdirSync(join(folder, 'quarantine'), { recursive: true, mode: 0o700 })
    const name = segmentName(first)
    renameSync(join(folder, name), join(folder, 'quarantine', `${header.spoolId}-${name}`))
    syncFolder(folder)
  }
}
