import type { JsonObject } from '#core/event.ts'
import type { Logsources } from '#core/logsource.ts'

/** What a syslog header says (RFC 3164 or 5424). Empty text and NaN stand for what it does not say. */
export type SyslogEnvelope = {
  /** facility * 8 + severity; -1 when the line has no `<PRI>`. */
  priority: number
  /** 1 for RFC 5424, 0 for the older form. */
  version: number
  /** Milliseconds since the epoch, NaN when absent or unreadable. */
  time: number
  /** The time carried no zone: the sender's offset was used. */
  localTime: boolean
  /** HOST as written: a claim, never an identity. */
  host: string
  program: string
  pid: string
  messageId: string
  structuredData: JsonObject | undefined
  /** What the header wraps. */
  message: string
}

/** What a parser is asked about: a frame's text, opened as far as its envelope and its JSON allow. */
export type Content = {
  /** The text to read: the whole frame's, or what its syslog envelope carries. NFC, no trailing LF or NUL. */
  text: string
  /** The same as a JSON object, when it is one. */
  document: JsonObject | undefined
  envelope: SyslogEnvelope | undefined
  /** Program that wrote it as the envelope or the document says, lower-case; '' when unknown. */
  program: string
  /** What the protocol says of the content: dataset, index or pipeline. */
  hint: string
  receivedAt: number
  /** Minutes east of UTC for times without a zone. */
  utcOffsetMinutes: number
}

/** What a parser made of a record; the envelope, unit, time rules and ids are added by interpret.ts. */
export type Draft = {
  /** Nested ECS fields. Never holds `@timestamp`, `organization` or `soc`. */
  fields: JsonObject
  /** Event time, milliseconds since the epoch; NaN when the record has none. */
  time: number
  /** The time carried no zone: the sender's offset was used. */
  localTime: boolean
  /** Words about damage done while reading; see SocEnvelope.flags. */
  flags: string[]
  /** Codes of units that the record itself names, the most certain first; only granted senders are believed. */
  unitClaims: string[]
}

/** The record is of this parser's form but breaks it; `detail` says where. */
export type Refusal = { code: string; detail: string }

/** A file below sample-logs/ of which every line is read by one parser, into datasets of this form. */
export type Sample = { file: string; dataset: RegExp }

/** One format. Parsers are asked in table order and the first yes wins. */
export type Parser = {
  name: string
  samples: readonly Sample[]
  /** Top-level field sets of its own, such as `nginx`: any shape is welcome in them. */
  fieldSets: readonly string[]
  /** Where rules look for its datasets, as far as the detector does not know them from other shippers. */
  logsources?: Logsources
  /** Cheap look, no allocation on the common no. */
  accepts(content: Content): boolean
  /** `ownSets` are the field sets of all parsers. */
  parse(content: Content, ownSets: ReadonlySet<string>): Draft | Refusal
}

/** A draft around its fields. */
export function draftOf(fields: JsonObject, time = Number.NaN, localTime = false): Draft {
  return { fields, time, localTime, flags: [], unitClaims: [] }
}

/** True for a refusal. */
export function isRefusal(answer: object): answer is Refusal {
  return 'code' in answer
}
