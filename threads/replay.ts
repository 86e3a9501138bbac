import { UNASSIGNED } from '#core/frame.ts'
import type { ReplayAnswer } from '#core/api/sources.ts'
import type { StoreReader } from '#core/event-search.ts'
import type { DataPlane, ReplayFrame } from '#core/data-plane.ts'
import { createInterpreter } from '#collector/interpret.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'

/** A letter on its way through the spool is not sent again: the detector would judge it twice. It arrives well within this. */
const ON_ITS_WAY_MS = 60_000
/** Puts these letters back; see {@link createReplay}. */
export type Replay = (ids: string[]) => Promise<ReplayAnswer>

/**
 * Puts dead letters back into the spool. A letter that the parsers still refuse is left where it is and counted as
 * rejected; one that is gone (retention, replayed by someone else) is counted as gone.
 */
export function createReplay(parts: {
  reader: Pick<StoreReader, 'deadLetter'>
  dataPlane: Pick<DataPlane, 'replay'>
  /** Senders and units as of now: they may have been assigned since the letter came. */
  snapshot(): DataPlaneSnapshot
}): Replay {
  /** Letter → when it was put back; forgotten after {@link ON_ITS_WAY_MS}, so no longer than a minute of replays. */
  const onTheirWay = new Map<string, number>()

  return async (ids) => {
    const now = Date.now()
    for (const [id, at] of onTheirWay) if (now - at > ON_ITS_WAY_MS) onTheirWay.delete(id)
    const snapshot = parts.snapshot()
    const interpreter = createInterpreter(snapshot)
    const frames: ReplayFrame[] = []
    const answer: ReplayAnswer = { replayed: 0, rejected: 0, gone: 0 }
    for (const id of new Set(ids)) {
      if (onTheirWay.has(id)) {
        answer.gone++
        continue
      }
      const letter = await parts.reader.deadLetter(id)
      if (letter === undefined) {
        answer.gone++
        continue
      }
      // The sender may have been assigned since: its unit of today counts.
      const sender = snapshot.senders.find((candidate) => candidate.id === letter.sender)
      const raw = Buffer.from(letter.raw, 'base64')
      const frame = {
        sender: letter.sender,
        unit: sender?.unit ?? letter.unit ?? UNASSIGNED,
        origin: letter.origin,
        receivedAt: letter.receivedAt,
        listener: letter.listener,
        peer: letter.peer,
        hint: letter.hint,
        flags: letter.flags,
        clientKey: letter.clientKey
      }
      const outcome = interpreter.interpret({ ...frame, raw, partition: 0, offset: letter.offset, id })
      if ('rejected' in outcome) answer.rejected++
      else {
        onTheirWay.set(id, now)
        frames.push({ ...frame, letterId: id, raw })
        answer.replayed++
      }
    }
    if (frames.length > 0) await parts.dataPlane.replay(frames)
    return answer
  }
}
