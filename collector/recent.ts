import { idOfClientKey } from './spool/envelope.ts'
import type { Frame } from '#core/frame.ts'
import type { RecentKeys } from './spool/spool.ts'

/** What a client was never answered comes again within this time. */
export const RECENT_MS = 600_000
/**
 * Keys remembered, of frames and of whole requests. At the ceiling the older half is forgotten: a request that comes again
 * that late is taken twice here, and events with a client key still meet their own id in the store.
 */
const MAX_KEYS = 262_144
const MAX_BATCHES = 32_768

/** `pending` is there while the first copy is not durable yet. */
type Known = { at: number; pending: Promise<unknown> | undefined }

/** Remembers what was taken lately, so that what is sent again is taken once. Time is the collector's own clock. */
export class RecentRequests {
  readonly #keys = new Generations<Known>(MAX_KEYS)
  readonly #batches = new Generations<Known>(MAX_BATCHES)

  /** Loads what the spool's end says; ages count from its newest frame, as nobody was answered while we were down. */
  load(keys: readonly RecentKeys[], now: number) {
    const newest = keys.reduce((most, key) => Math.max(most, key.receivedAt), 0)
    for (const key of keys) {
      const known = { at: now - (newest - key.receivedAt), pending: undefined }
      if (key.clientKeyId !== '') this.#keys.set(key.clientKeyId, known)
      if (key.batch !== '') this.#batches.set(`${key.origin} ${key.sender} ${key.batch}`, known)
    }
  }

  /** The copy of this whole request that was taken before. */
  batch(first: Frame, batch: string, now: number): Known | undefined {
    return fresh(this.#batches.get(batchKey(first, batch)), now)
  }

  /** The frame with this frame's client key that was taken before. */
  frame(frame: Frame, now: number): Known | undefined {
    return frame.clientKey === '' ? undefined : fresh(this.#keys.get(keyOf(frame)), now)
  }

  /** Remembers frames that are being taken; forgets them again when that fails. */
  taking(frames: readonly Frame[], batch: string | undefined, taken: Promise<unknown>, now: number) {
    const known: Known = { at: now, pending: taken }
    const keys = frames.filter((frame) => frame.clientKey !== '').map(keyOf)
    const request = batch === undefined || frames.length === 0 ? undefined : batchKey(frames[0]!, batch)
    for (const key of keys) this.#keys.set(key, known)
    if (request !== undefined) this.#batches.set(request, known)
    taken.then(
      () => (known.pending = undefined),
      () => {
        for (const key of keys) if (this.#keys.get(key) === known) this.#keys.delete(key)
        if (request !== undefined && this.#batches.get(request) === known) this.#batches.delete(request)
      }
    )
  }

  get size(): number {
    return this.#keys.size + this.#batches.size
  }
}

const keyOf = (frame: Frame) => idOfClientKey(frame, frame.clientKey)
const batchKey = (frame: Frame, batch: string) => `${frame.origin} ${frame.sender} ${batch}`
const fresh = (known: Known | undefined, now: number) =>
  known !== undefined && (known.pending !== undefined || now - known.at < RECENT_MS) ? known : undefined

/**
 * A map of at most `max` entries that forgets the older half at once: taking the first key out of one Map again and
 * again would walk over all the places that were deleted before.
 */
class Generations<T> {
  readonly #half: number
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  constructor(max: number) {
    this.#half = max / 2
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: string): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: string, value: T) {
    this.#young.set(key, value)
    if (this.#young.size < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
  }

  delete(key: string) {
    this.#young.delete(key)
    this.#old.delete(key)
  }
}
