import type { Origin } from './origin.ts'

/** One frame's fate, as the pipeline hands it to the store. Exactly one per spool offset. */
export type StoreEntry = {
  offset: number
  sender: string
  origin: Origin
  /** Milliseconds; decides the day file. */
  receivedAt: number
} & (
  | { fate: 'stored'; event: EncodedEvent }
  | { fate: 'dead_lettered'; letter: DeadLetterInput }
  /** `count` frames of this fate: ledger notes and joined frames. */
  | { fate: 'duplicate' | 'dropped' | 'joined'; count: number }
)

/** An ECS event ready to be written: the document as compact JSON and the columns the store indexes. */
export type EncodedEvent = {
  id: string
  /** `@timestamp`, milliseconds. */
  time: number
  /** The ECS document, compact JSON. */
  json: string
  /** Code of the affected unit. */
  unit: string
  /** Code of the sender's unit (`soc.sender_unit`): both may see the event. */
  senderUnit: string
  columns: EventColumns
  /** Words people search for: message, command line, URL… joined by spaces; at most 8 KiB. */
  text: string
}

/** Fields with an index of their own; '' when absent, several values joined by a newline (one inside a value becomes a space). */
export type EventColumns = {
  'host.name': string
  'user.name': string
  'source.ip': string
  'destination.ip': string
  'event.code': string
  'event.action': string
  'event.outcome': string
  'event.dataset': string
  'process.name': string
  'url.path': string
  'rule.name': string
}

/** A frame that no parser took, whole, with its envelope. `raw` is base64. */
export type DeadLetterInput = {
  id: string
  code: string
  detail: string
  listener: string
  peer: string
  unit: string
  hint: string
  flags: number
  clientKey: string
  raw: string
}
export type DeadLetter = DeadLetterInput & { sender: string; origin: Origin; receivedAt: number; offset: number }
