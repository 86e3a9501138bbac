import type { Origin } from './origin.ts'

/** Sender and unit code of a frame whose sender is unknown. */
export const UNASSIGNED = '_unassigned'

/** Bits of {@link Frame.flags}. */
export const frameFlag = {
  /** Cut at the listener's size limit. */
  truncated: 1,
  /** The bytes are not valid UTF-8. */
  badUtf8: 2,
  /** The sender went away in the middle of this frame. */
  halfFrame: 4,
  /** Put back from the dead letters; already counted as received. */
  replay: 8
} as const

/** Bytes of one event as heard: what, when, where, by which listener, and whose. Nothing is interpreted yet. */
export type Frame = {
  /** Milliseconds since the epoch, by the collector's clock. */
  receivedAt: number
  /** Id of the listener, e.g. `syslog-tcp`, `http`, `bulk`. */
  listener: string
  origin: Origin
  /** `address:port` of the other end. */
  peer: string
  /** Id of the sender, known by token or source network; {@link UNASSIGNED} otherwise. */
  sender: string
  /** Code of the sender's unit. */
  unit: string
  /** What the protocol says of the content: dataset, `_bulk` index or pipeline; empty when nothing. */
  hint: string
  /** Bits of {@link frameFlag}. */
  flags: number
  /** The sender's own id of this event (`_bulk` `_index/_id`, request key); empty when none. */
  clientKey: string
  /** Only on a dead letter put back ({@link frameFlag.replay}): the id it keeps. Otherwise the spool makes the id. */
  id?: string
  raw: Buffer
}

/** Where a record lies: offset counts records, so the next one is always offset + 1. */
export type Position = { partition: number; offset: number }

/** A frame with its place in the spool. Its id is deterministic: made from the spool's own id and the place, or from the client's key. */
export type SpooledFrame = Frame & Position & { id: string }
