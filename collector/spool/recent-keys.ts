import { createDecoder, idOfClientKey, peekFrame } from './envelope.ts'
import { crcSeed, HEADER_BYTES, listSegments, SegmentWindow, stepAt } from './segment.ts'
import type { RecentKeys } from './spool.ts'

/** Not further back than this many segments: 256 MiB are read in about a second. */
const MAX_SEGMENTS = 4

/**
 * Client keys and request digests near the end of the spool, oldest first. Age counts back from the newest record, not
 * from now: while the collector was down nobody could be answered, so that time does not make a request older.
 */
export function readRecentKeys(folder: string, spoolId: string, end: number, maxAgeMs: number): RecentKeys[] {
  const decode = createDecoder(spoolId)
  const seed = crcSeed(spoolId)
  const keys: RecentKeys[] = []
  let newest = 0
  for (const first of listSegments(folder).slice(-MAX_SEGMENTS)) {
    const window = new SegmentWindow(folder, first)
    try {
      for (let at = HEADER_BYTES; ;) {
        const step = stepAt(window, at, seed)
        // Behind damage nothing is looked up: a request that came again is then taken twice rather than lost.
        if (step.kind !== 'record' || step.offset >= end) break
        at = step.next
        const peeked = peekFrame(step.payload)
        if (peeked === undefined) continue
        newest = Math.max(newest, peeked.receivedAt)
        const decoded = peeked.keyed ? decode(step.payload, step.offset) : undefined
        if (decoded?.record.kind !== 'frame') continue
        const { frame } = decoded.record
        keys.push({
          receivedAt: frame.receivedAt,
          origin: frame.origin,
          sender: frame.sender,
          clientKeyId: frame.clientKey === '' ? '' : idOfClientKey(frame, frame.clientKey),
          batch: decoded.batch
        })
      }
    } finally {
      window.close()
    }
  }
  return keys.filter((key) => key.receivedAt >= newest - maxAgeMs)
}
