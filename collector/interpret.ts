import type { EcsEvent, JsonObject, Outcome, SocEnvelope } from '#core/event.ts'
import { frameFlag, type SpooledFrame } from '#core/frame.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'
import { messageOf } from '#core/errors.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'
import { MAX_ORIGINAL_BYTES, MAX_STRING_BYTES, cutStrings, cutText } from './bounds.ts'
import { createUnitResolver, type UnitResolver } from './enrich/affected-unit.ts'
import { settleTime, zoneName } from './enrich/event-time.ts'
import { ownSets } from './parsers/formats.ts'
import { parsers } from './parsers/index.ts'
import { isRefusal, type Content, type Draft, type Parser, type Refusal } from './parsers/parser.ts'
import { layEnvelope, readEnvelope, syslog } from './parsers/syslog.ts'
import { fill } from './parsers/vendor.ts'
import { isObject, normalText, readDocument } from './read-document.ts'
import { readText } from './read-text.ts'

/** Frames → ECS events. Depends on nothing but the frame and the snapshot: a replay gives the same event again. */
export type Interpreter = {
  /** One frame in, one event or dead letter out, never an exception. */
  interpret(frame: SpooledFrame): Outcome
  /** Takes effect with the next frame. */
  setSnapshot(snapshot: DataPlaneSnapshot): void
}

/** Times without a zone from an unknown sender are the province's own. */
const DEFAULT_OFFSET_MINUTES = ICT_OFFSET_MS / 60_000
/** A JSON log line may carry a whole log line as its message; nothing is opened deeper than that. */
const MAX_NESTING = 1

/** A hint that names a dataset, as `/v1/events?dataset=app.log` gives it; index and pipeline names look otherwise. */
const datasetName = /^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/

type Known = { senders: ReadonlyMap<string, Sender>; units: UnitResolver }
type Read = { draft: Draft; parser: string }

export function createInterpreter(snapshot: DataPlaneSnapshot): Interpreter {
  let known = prepare(snapshot)
  return {
    interpret(frame) {
      try {
        return interpret(frame, known)
      } catch (error) {
        return { rejected: { code: 'parse.failed', detail: messageOf(error).slice(0, 200) } }
      }
    },
    setSnapshot(next) {
      known = prepare(next)
    }
  }
}

function prepare(snapshot: DataPlaneSnapshot): Known {
  return {
    senders: new Map(snapshot.senders.map((sender) => [sender.id, sender])),
    units: createUnitResolver(snapshot)
  }
}

function interpret(frame: SpooledFrame, known: Known): Outcome {
  const { text, badUtf8, utf16 } = readText(frame.raw)
  if (text === '') return { rejected: { code: 'parse.empty', detail: 'no bytes beyond line ends and NUL' } }
  const sender = known.senders.get(frame.sender)
  const offset = sender?.utcOffsetMinutes ?? DEFAULT_OFFSET_MINUTES
  const read = open(normalText(text), { hint: frame.hint, receivedAt: frame.receivedAt, offset, program: '' }, 0)
  if (isRefusal(read)) return { rejected: { code: read.code, detail: read.detail } }
  return {
    event: finish(
      frame,
      text,
      !utf16 && (badUtf8 || (frame.flags & frameFlag.badUtf8) !== 0),
      read,
      sender,
      offset,
      known.units
    )
  }
}

type Setting = { hint: string; receivedAt: number; offset: number; program: string }

/** Opens envelope and JSON, asks the parsers, lays the envelope under what they found. */
function open(text: string, setting: Setting, nesting: number): Read | Refusal {
  const envelope = startsDocument(text) ? undefined : readEnvelope(text, setting.receivedAt, setting.offset)
  const inner = envelope === undefined ? text : envelope.message
  let document: JsonObject | undefined
  let documentFlags: string[] = []
  if (startsDocument(inner)) {
    const answer = readDocument(inner)
    if ('document' in answer) {
      document = answer.document
      documentFlags = answer.flags
    } else if (envelope === undefined) return answer
  }
  const content: Content = {
    text: inner,
    document,
    envelope,
    program: envelope === undefined || envelope.program === '' ? setting.program : envelope.program.toLowerCase(),
    hint: setting.hint,
    receivedAt: setting.receivedAt,
    utcOffsetMinutes: setting.offset
  }
  const parser = parsers.find((candidate) => candidate.accepts(content))
  if (parser === undefined) {
    return document === undefined
      ? { code: 'parse.no_parser', detail: 'no syslog header and no known form' }
      : { code: 'parse.unknown_document', detail: 'JSON without a time, a message or a known form' }
  }
  const read = ask(parser, content)
  if (isRefusal(read)) return read
  read.draft.flags.push(...documentFlags)
  if (read.parser === 'ecs' && nesting < MAX_NESTING) openMessage(read, setting)
  if (envelope !== undefined) {
    layEnvelope(read.draft.fields, envelope)
    if (Number.isNaN(read.draft.time)) {
      read.draft.time = envelope.time
      read.draft.localTime = envelope.localTime
    }
  }
  return read
}

function startsDocument(text: string): boolean {
  const first = text.charCodeAt(0)
  if (first === 123) return true
  return first <= 32 && text.trimStart().charCodeAt(0) === 123
}

/** A form that turns out broken is a dead letter, unless a syslog envelope makes it an event anyhow. */
function ask(parser: Parser, content: Content): Read | Refusal {
  const answer = attempt(parser, content)
  if (!isRefusal(answer)) return { draft: answer, parser: parser.name }
  if (content.envelope === undefined) return answer
  const plain = syslog.parse(content, ownSets)
  if (isRefusal(plain)) return answer
  plain.fields['error'] = { code: answer.code, message: answer.detail }
  return { draft: plain, parser: syslog.name }
}

function attempt(parser: Parser, content: Content): Draft | Refusal {
  try {
    return parser.parse(content, ownSets)
  } catch (error) {
    return { code: 'parse.failed', detail: `${parser.name}: ${messageOf(error).slice(0, 160)}` }
  }
}

/** Shippers without modules send whole log lines as `message`: the line is read as if it had come alone. */
function openMessage(read: Read, setting: Setting): void {
  const { fields } = read.draft
  const message = fields['message']
  const event = isObject(fields['event']) ? fields['event'] : {}
  if (typeof message !== 'string' || message === '' || event['category'] !== undefined) return
  const process = fields['process']
  const program = isObject(process) && typeof process['name'] === 'string' ? process['name'].toLowerCase() : ''
  const inner = open(message, { ...setting, program }, MAX_NESTING)
  if (isRefusal(inner) || inner.parser === 'ecs') return
  const inside = inner.draft.fields['message']
  fields['message'] = typeof inside === 'string' ? inside : message
  if (inside !== message) fields['event'] = { ...event, original: message }
  fill(fields, inner.draft.fields)
  read.parser = inner.parser
  read.draft.flags.push(...inner.draft.flags)
  read.draft.unitClaims.push(...inner.draft.unitClaims)
  if (!Number.isNaN(inner.draft.time)) {
    read.draft.time = inner.draft.time
    read.draft.localTime = inner.draft.localTime
  }
}

/** Adds what only the frame knows: ids, times, units, origin, damage. */
function finish(
  frame: SpooledFrame,
  text: string,
  badUtf8: boolean,
  read: Read,
  sender: Sender | undefined,
  offset: number,
  units: UnitResolver
): EcsEvent {
  const { draft } = read
  const fields = draft.fields
  const flags = flagsOf(frame, badUtf8, draft)
  const settled = settleTime(draft.time, frame.receivedAt)
  if (settled.replaced) flags.push('time_replaced')
  // Derived strings are never longer than the text they came from: only long texts can hold a long string.
  if (text.length * 3 > MAX_STRING_BYTES && cutStrings(fields).cut) flags.push('cut')

  const event: JsonObject & { id: string; created: string } = {
    ...(fields['event'] as JsonObject | undefined),
    id: frame.id,
    kind: 'event',
    created: new Date(frame.receivedAt).toISOString()
  }
  event['dataset'] ??= datasetName.test(frame.hint) ? frame.hint : 'generic'
  // A JSON document is kept in its fields; its text only when reading it had to change it.
  if (!startsDocument(text) || flags.includes('cut') || flags.includes('unsafe_key')) {
    event['original'] = cutText(text.toWellFormed(), MAX_ORIGINAL_BYTES)
  }
  if (flags.includes('bad_utf8'))
    event['original_base64'] = frame.raw.subarray(0, MAX_ORIGINAL_BYTES).toString('base64')
  if (draft.localTime) event['timezone'] = zoneName(offset)
  if (settled.replaced && Math.abs(draft.time) < 8.64e15) event['reference_time'] = new Date(draft.time).toISOString()

  const unit = units.affected(sender, frame.unit, fields, draft.unitClaims)
  const soc: SocEnvelope = {
    origin: frame.origin,
    sender: frame.sender,
    sender_unit: frame.unit,
    listener: frame.listener,
    peer: frame.peer,
    parser: read.parser
  }
  if (settled.skewMs !== 0) soc.skew_ms = settled.skewMs
  if (flags.length > 0) soc.flags = [...new Set(flags)]
  return Object.assign({ '@timestamp': new Date(settled.time).toISOString() } as EcsEvent, fields as EcsEvent, {
    event,
    organization: { id: unit, name: units.name(unit) },
    soc
  })
}

function flagsOf(frame: SpooledFrame, badUtf8: boolean, draft: Draft): string[] {
  const flags = [...draft.flags]
  if ((frame.flags & frameFlag.truncated) !== 0) flags.push('truncated')
  if ((frame.flags & frameFlag.halfFrame) !== 0) flags.push('half_frame')
  if (badUtf8) flags.push('bad_utf8')
  if (Number.isNaN(draft.time)) flags.push('no_time')
  return flags
}
