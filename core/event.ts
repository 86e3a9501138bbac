/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/**
 * One ECS document, nested (`{ host: { name } }`), ready to be stored.
 * Always present: `@timestamp` (ISO, UTC), `event.id`, `event.created` (received, ISO), `event.kind` = 'event',
 * `organization.id` and `organization.name` (the affected unit), `soc` (our envelope).
 */
export type EcsEvent = JsonObject & {
  '@timestamp': string
  event: JsonObject & { id: string; created: string }
  organization: { id: string; name: string }
  soc: SocEnvelope
}

/** Our own namespace inside the document: what the wire said, never what the log says. */
export type SocEnvelope = {
  origin: string
  sender: string
  /** Unit of the sender; `organization.id` is the affected unit. */
  sender_unit: string
  listener: string
  peer: string
  /** Name of the parser that took the frame. */
  parser: string
  /** Absent when 0: event time minus receive time, milliseconds, when more than 5 minutes apart. */
  skew_ms?: number
  /** Words for damaged frames: truncated, half_frame, bad_utf8, cut, unsafe_key, no_time, time_replaced. */
  flags?: string[]
}

/** Why a frame became a dead letter. Codes are dotted: `parse.no_parser`, `parse.bad_json`. */
export type Rejection = { code: string; detail: string }

/** What interpretation makes of a frame: an event or a dead letter, never an exception. */
export type Outcome = { event: EcsEvent } | { rejected: Rejection }
