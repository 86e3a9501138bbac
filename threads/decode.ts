import type { SpoolRecord } from '#collector/spool/spool.ts'
import { encodeEvent } from '#collector/encode.ts'
import type { EcsEvent, Outcome } from '#core/event.ts'
import { frameFlag, type SpooledFrame } from '#core/frame.ts'
import type { DeadLetterInput, StoreEntry } from '#core/store-entry.ts'
import type { ReplayedLetter } from './messages.ts'

/** What one spool record means for the store and, when it is an event, for the detector: the event and its JSON. */
export type Decoded = { entry?: StoreEntry; event?: EcsEvent; json?: string; replayed?: ReplayedLetter }

/**
 * One spool record → its fate. The same function serves the pipeline and a store writer that has fallen behind,
 * so both come to the same fates and ids. A record that changes no fate (a replayed frame) counts 0.
 */
export function decodeRecord(
  record: SpoolRecord,
  interpret: (frame: SpooledFrame) => Outcome,
  /** False leaves the entry of an event out: nobody will take the range over, so encoding it would be work for nothing. */
  encode = true
): Decoded {
  if (record.kind === 'note') {
    const { sender, origin, fate, count } = record.note
    return { entry: { offset: record.offset, sender, origin, receivedAt: 0, fate, count } }
  }
  const { frame } = record
  const place = { offset: frame.offset, sender: frame.sender, origin: frame.origin, receivedAt: frame.receivedAt }
  const outcome = interpret(frame)
  if ((frame.flags & frameFlag.replay) !== 0) {
    const entry: StoreEntry = { ...place, fate: 'joined', count: 0 }
    if ('rejected' in outcome) return { entry }
    if (!encode) return { entry, event: outcome.event }
    const { sender, origin, receivedAt } = frame
    const event = encodeEvent(outcome.event)
    const replayed = { letterId: frame.id, frame: { sender, origin, receivedAt }, event }
    return { entry, event: outcome.event, json: event.json, replayed }
  }
  if ('rejected' in outcome) {
    return { entry: { ...place, fate: 'dead_lettered', letter: letterOf(frame, outcome.rejected) } }
  }
  if (!encode) return { event: outcome.event }
  const event = encodeEvent(outcome.event)
  return { entry: { ...place, fate: 'stored', event }, event: outcome.event, json: event.json }
}

function letterOf(frame: SpooledFrame, rejected: { code: string; detail: string }): DeadLetterInput {
  return {
    id: frame.id,
    code: rejected.code,
    detail: rejected.detail,
    listener: frame.listener,
    peer: frame.peer,
    unit: frame.unit,
    hint: frame.hint,
    flags: frame.flags,
    clientKey: frame.clientKey,
    raw: frame.raw.toString('base64')
  }
}
