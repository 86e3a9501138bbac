import { SocError } from '#core/errors.ts'
import type { Frame } from '#core/frame.ts'
import { stableHash } from '#core/ids.ts'
import type { Origin } from '#core/origin.ts'
import type { LedgerNote, SpoolEntry, SpoolRecord } from './spool.ts'

/**
 * The payload of one spool record, binary, little-endian:
 *
 *     format u8 | kind u8 | bits u8 | flags u8 | receivedAt u48 |
 *     static u16 | origin u8, listener, peer, sender, unit, hint |
 *     clientKey? | id? | batch? | raw                                (frame)
 *     format u8 | kind u8 | bits u8 | origin u8 | fate u8 | count u48 | sender | reason   (note)
 *
 * Texts are `length u16 | UTF-8`. The static part is equal for most frames of one connection, so both ends remember
 * the last one and copy it whole.
 */
const FORMAT = 1
const KIND = { frame: 1, note: 2 } as const
const BIT = { more: 1, clientKey: 2, id: 4, batch: 8 } as const
const FRAME_HEAD = 12
const NOTE_HEAD = 11

/** Numbers on disk: never reorder, only add. */
const originNumber = { real: 0, demonstration: 1, canary: 2 } satisfies Record<Origin, number>
const originOf: Record<number, Origin> = { 0: 'real', 1: 'demonstration', 2: 'canary' }
const fateNumber = { duplicate: 0, dropped: 1 } satisfies Record<LedgerNote['fate'], number>
const fateOf: Record<number, LedgerNote['fate']> = { 0: 'duplicate', 1: 'dropped' }

/** What a record needs to be found in memory again, without its bytes. */
export type Decoded = { record: SpoolRecord; more: boolean; batch: string }

/** Turns entries into payloads. Keeps the static part of the last frame; one encoder per writer. */
export function createEncoder() {
  let last: Frame | undefined
  let block: Buffer = Buffer.alloc(0)

  const staticBlock = (frame: Frame): Buffer => {
    if (
      last === undefined ||
      last.listener !== frame.listener ||
      last.peer !== frame.peer ||
      last.sender !== frame.sender ||
      last.unit !== frame.unit ||
      last.hint !== frame.hint ||
      last.origin !== frame.origin
    ) {
      const texts = [frame.listener, frame.peer, frame.sender, frame.unit, frame.hint]
      const size = texts.reduce((sum, text) => sum + sizeOfText(text), 1)
      if (size > 0xffff) throw new SocError('spool.field_too_long', 'the envelope of a frame is longer than 64 KiB')
      block = Buffer.allocUnsafe(size)
      let at = block.writeUInt8(originNumber[frame.origin], 0)
      for (const text of texts) at = writeText(block, at, text)
      last = frame
    }
    return block
  }

  return {
    /** Bytes that {@link write} will need. Throws `spool.field_too_long`. */
    size(entry: SpoolEntry): number {
      if (entry.kind === 'note') return NOTE_HEAD + sizeOfText(entry.note.sender) + sizeOfText(entry.note.reason)
      const { frame, batch } = entry
      return (
        FRAME_HEAD +
        staticBlock(frame).length +
        sizeOfOptional(frame.clientKey) +
        sizeOfOptional(frame.id) +
        sizeOfOptional(batch) +
        frame.raw.length
      )
    },
    /** Writes the payload at `at`; `more` says that the append goes on with the next record. Returns the end. */
    write(entry: SpoolEntry, more: boolean, target: Buffer, at: number): number {
      target[at] = FORMAT
      if (entry.kind === 'note') {
        const { note } = entry
        target[at + 1] = KIND.note
        target[at + 2] = more ? BIT.more : 0
        target[at + 3] = originNumber[note.origin]
        target[at + 4] = fateNumber[note.fate]
        target.writeUIntLE(clampU48(note.count), at + 5, 6)
        return writeText(target, writeText(target, at + NOTE_HEAD, note.sender), note.reason)
      }
      const { frame, batch } = entry
      const fixed = staticBlock(frame)
      target[at + 1] = KIND.frame
      target[at + 2] =
        (more ? BIT.more : 0) |
        (frame.clientKey === '' ? 0 : BIT.clientKey) |
        (frame.id ? BIT.id : 0) |
        (batch ? BIT.batch : 0)
      target[at + 3] = frame.flags
      target.writeUIntLE(clampU48(frame.receivedAt), at + 4, 6)
      target.writeUInt16LE(fixed.length, at + 10)
      let end = at + FRAME_HEAD
      end += fixed.copy(target, end)
      if (frame.clientKey !== '') end = writeText(target, end, frame.clientKey)
      if (frame.id) end = writeText(target, end, frame.id)
      if (batch) end = writeText(target, end, batch)
      target.set(frame.raw, end)
      return end + frame.raw.length
    }
  }
}

type Static = Pick<Frame, 'origin' | 'listener' | 'peer' | 'sender' | 'unit' | 'hint'>

/** Turns payloads back into records; undefined for what this version does not understand. One decoder per reader. */
export function createDecoder(spoolId: string) {
  let lastBytes: Buffer = Buffer.alloc(0)
  let last: Static | undefined

  const readStatic = (bytes: Buffer): Static | undefined => {
    if (last !== undefined && lastBytes.equals(bytes)) return last
    const origin = originOf[bytes[0] ?? -1]
    const texts: string[] = []
    let at = 1
    for (let index = 0; index < 5; index++) {
      const text = readText(bytes, at)
      if (text === undefined) return undefined
      texts.push(text.value)
      at = text.end
    }
    if (origin === undefined || at !== bytes.length) return undefined
    const [listener, peer, sender, unit, hint] = texts as [string, string, string, string, string]
    lastBytes = bytes
    last = { origin, listener, peer, sender, unit, hint }
    return last
  }

  const readNote = (payload: Buffer, offset: number): SpoolRecord | undefined => {
    if (payload.length < NOTE_HEAD) return undefined
    const origin = originOf[payload[3]!]
    const fate = fateOf[payload[4]!]
    const sender = readText(payload, NOTE_HEAD)
    const reason = sender && readText(payload, sender.end)
    if (origin === undefined || fate === undefined || !sender || !reason) return undefined
    const note = { sender: sender.value, origin, fate, count: payload.readUIntLE(5, 6), reason: reason.value }
    return { kind: 'note', note, partition: 0, offset }
  }

  return (payload: Buffer, offset: number): Decoded | undefined => {
    if (payload.length < 3 || payload[0] !== FORMAT) return undefined
    const bits = payload[2]!
    const more = (bits & BIT.more) !== 0
    if (payload[1] === KIND.note) {
      const record = readNote(payload, offset)
      return record && { record, more, batch: '' }
    }
    if (payload[1] !== KIND.frame || payload.length < FRAME_HEAD) return undefined
    let at = FRAME_HEAD + payload.readUInt16LE(10)
    if (at > payload.length) return undefined
    const fixed = readStatic(payload.subarray(FRAME_HEAD, at))
    if (fixed === undefined) return undefined
    const optional = { clientKey: '', id: '', batch: '' }
    for (const name of ['clientKey', 'id', 'batch'] as const) {
      if (!(bits & BIT[name])) continue
      const text = readText(payload, at)
      if (text === undefined) return undefined
      optional[name] = text.value
      at = text.end
    }
    const { clientKey, batch } = optional
    const frame = {
      receivedAt: payload.readUIntLE(4, 6),
      listener: fixed.listener,
      origin: fixed.origin,
      peer: fixed.peer,
      sender: fixed.sender,
      unit: fixed.unit,
      hint: fixed.hint,
      flags: payload[3]!,
      clientKey,
      raw: payload.subarray(at),
      partition: 0,
      offset,
      id: optional.id || (clientKey === '' ? `${spoolId}-${offset.toString(36)}` : idOfClientKey(fixed, clientKey))
    }
    return { record: { kind: 'frame', frame }, more, batch }
  }
}

/** When a frame was received and whether it carries a key or digest, without decoding it; undefined for what is no frame. */
export function peekFrame(payload: Buffer): { receivedAt: number; keyed: boolean } | undefined {
  if (payload.length < FRAME_HEAD || payload[0] !== FORMAT || payload[1] !== KIND.frame) return undefined
  return { receivedAt: payload.readUIntLE(4, 6), keyed: (payload[2]! & (BIT.clientKey | BIT.batch)) !== 0 }
}

/**
 * The event id that a client's own key stands for. The sender is part of it: one sender cannot make another's event
 * disappear by using its key.
 */
export function idOfClientKey(frame: Pick<Frame, 'origin' | 'sender' | 'unit'>, clientKey: string): string {
  return stableHash([frame.origin, frame.sender, frame.unit, clientKey])
}

const clampU48 = (value: number) => Math.min(0xffff_ffff_ffff, Math.max(0, Math.trunc(value) || 0))

function sizeOfText(text: string): number {
  const size = Buffer.byteLength(text)
  if (size > 0xffff)
    throw new SocError('spool.field_too_long', 'a text in the envelope of a frame is longer than 64 KiB')
  return size + 2
}
const sizeOfOptional = (text: string | undefined) => (text ? sizeOfText(text) : 0)

function writeText(target: Buffer, at: number, text: string): number {
  const size = target.write(text, at + 2)
  target.writeUInt16LE(size, at)
  return at + 2 + size
}

function readText(bytes: Buffer, at: number): { value: string; end: number } | undefined {
  if (at + 2 > bytes.length) return undefined
  const end = at + 2 + bytes.readUInt16LE(at)
  return end > bytes.length ? undefined : { value: bytes.toString('utf8', at + 2, end), end }
}
