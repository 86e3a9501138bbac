import type { ListenerOrder, NoticeKind } from '#core/data-plane.ts'
import { isUtf8 } from 'node:buffer'
import type { Clock } from '#core/clock.ts'
import { frameFlag, type Frame } from '#core/frame.ts'
import type { DoorLimits } from '#core/door.ts'
import type { BudgetOptions } from './http-body.ts'
import type { Origin } from '#core/origin.ts'
import type { Heartbeat, HeartbeatVerdict } from './heartbeat.ts'

/** Whose bytes these are, as far as the intake knows: by pin, token or source network, never by what they say. */
export type Identity = { sender: string; unit: string }

/**
 * What the intake gives a listener: who somebody is, and where frames go. A listener knows nothing of spool, senders or
 * other listeners; it turns bytes into frames and slows its sender down when the intake says so.
 */
export type ListenerContext = {
  readonly listener: string
  readonly origin: Origin
  readonly clock: Clock
  /** Whoever is at this address: the pinned sender, else the one of the longest network, else `_unassigned`. */
  identify(address: string): Identity
  /** The sender of a token; undefined when the token is wrong. A pinned listener asks nobody for a token. */
  identifyToken(token: string): Identity | undefined
  readonly pinned: boolean
  /**
   * Resolves when all frames are durable (or known duplicates). `batch` is the digest of the whole request they came
   * in. Rejects with `spool.full` when nothing is taken now.
   */
  take(frames: Frame[], batch?: string): Promise<void>
  /** Why nothing is taken now; undefined when frames are welcome. */
  refusal(): string | undefined
  /** Frames that the protocol cannot hold back: counted into the ledger as dropped, with this reason. */
  drop(identity: Identity, count: number, reason: string): void
  /** Counts what the listener turned away. `reason` is one of a fixed list of words, never text from outside. */
  refused(reason: string, count?: number): void
  notice(kind: NoticeKind, identity: Identity, peer: string, more?: { count?: number; detail?: string }): void
  /** A signed heartbeat: never a frame. Resolves when it is durable or refused. */
  heartbeat(heartbeat: Omit<Heartbeat, 'origin'>): Promise<HeartbeatVerdict>
}

/** A listener that is open. */
export type Listener = {
  address: string
  port: number
  /** Numbers that only the listener knows, beside what the intake counted. */
  refusals?(): Record<string, number>
  /** Stops accepting, takes in what has already arrived, and closes. */
  close(): Promise<void>
}

/** How long a sender waits for its answer, and what it then gets: a status, or a broken connection. */
export type Hold = { holdMs: number; then: 429 | 503 | 'reset' }
export type Patience = { events: Hold; bulk: Hold; syslogNg: Hold; rsyslog: Hold }

/** What some protocols need beside their order. */
export type SourceOptions = {
  /** PEM texts; with them HTTP is HTTPS. */
  tls?: { cert: string; key: string } | undefined
  patience?: Patience
  maxBodyBytes?: number
  /** Places of the door and memory of bodies; without them as many as the process may open files for. */
  door?: DoorLimits | undefined
  bodies?: BudgetOptions | undefined
}

/** One protocol: what is known of it everywhere, and how a listener of it is opened. */
export type Source = {
  /** Its name in an order, which is also the id of its listener for real logs. */
  protocol: string
  /** The setting of its port, the port without one, and what it is for. */
  setting: `SOC_${string}_PORT`
  port: number
  about: string
  transport: 'tcp' | 'udp'
  /** True when the sender hears yes after its events are durable. */
  acknowledges: boolean
  /** Names beside its own under which the sample of a rule may say that it was heard. */
  alsoHeardAs?: readonly string[]
  /** Opens a listener. Rejects with the system's error, e.g. EADDRINUSE. */
  open(order: ListenerOrder, context: ListenerContext, options: SourceOptions): Promise<Listener>
}

/** `192.0.2.1:514`, `[2001:db8::1]:514`. */
export const peerName = (address: string, port: number) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** A frame as this listener hears it now. */
export function frameAt(
  context: ListenerContext,
  identity: Identity,
  peer: string,
  raw: Buffer,
  { flags = isUtf8(raw) ? 0 : frameFlag.badUtf8, hint = '', clientKey = '' } = {}
): Frame {
  return {
    receivedAt: context.clock.now(),
    listener: context.listener,
    origin: context.origin,
    peer,
    sender: identity.sender,
    unit: identity.unit,
    hint,
    flags,
    clientKey,
    raw
  }
}
