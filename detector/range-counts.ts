import type { EcsEvent, Json, JsonObject } from '#core/event.ts'
import {
  businessAnswers,
  latencyBounds,
  type ActivityFold,
  type BusinessAnswer,
  type ExchangeFold,
  type SentFold
} from '#core/exchange.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ICT_OFFSET_MS, ictDay, MINUTE_MS } from '#core/time.ts'

/** Different hops × services × minutes of one report; what is beyond is counted under `other`, never left out. */
const MAX_EXCHANGE_FOLDS = 2_000
/** Different units × days of one report; beyond it the fold is counted under the province's own name. */
const MAX_ACTIVITY_FOLDS = 4_000
const OTHER = 'other'
/** Different senders × days of one report; a province has hundreds. Beyond it the fold is counted under no sender. */
const MAX_SENT_FOLDS = 4_000
/** Exchanges whose own clock is further off than this are counted at the minute they were received. */
const MAX_SKEW_MS = DAY_MS

/**
 * Counts what a range of the spool says beside matches: integration exchanges per minute, hop and service, and events per
 * affected unit, and per sender, and Vietnamese day. Plain sums, so the folds of any two ranges merge.
 */
export class RangeCounts {
  #exchanges = new Map<string, ExchangeFold>()
  #activity = new Map<string, ActivityFold>()
  #sent = new Map<string, SentFold>()
  /** Folds of the event before: events of one sender come in runs, and this runs for every event. */
  #lastActivity: ActivityFold | undefined
  #lastSent: SentFold | undefined
  #day = { number: NaN, text: '' }

  add(event: EcsEvent, receivedAt: number): void {
    this.#addActivity(event, receivedAt)
    this.#addSent(event, receivedAt)
    const record = objectAt(event, 'vong_lau', 'exchange')
    if (record !== undefined) this.#addExchange(event, record, receivedAt)
  }

  /** The folds since the last call. */
  take(): { exchanges: ExchangeFold[]; activity: ActivityFold[]; sent: SentFold[] } {
    const taken = {
      exchanges: [...this.#exchanges.values()],
      activity: [...this.#activity.values()],
      sent: [...this.#sent.values()]
    }
    this.#exchanges = new Map()
    this.#activity = new Map()
    this.#sent = new Map()
    this.#lastActivity = undefined
    this.#lastSent = undefined
    return taken
  }

  #addActivity(event: EcsEvent, receivedAt: number) {
    const day = this.#dayOf(receivedAt)
    const origin = event.soc.origin as Origin
    let unit = event.organization.id
    const last = this.#lastActivity
    if (last !== undefined && last.unit === unit && last.day === day && last.origin === origin) {
      return tally(last, receivedAt)
    }
    let key = `${day}\0${unit}\0${origin}`
    if (!this.#activity.has(key) && this.#activity.size >= MAX_ACTIVITY_FOLDS) {
      unit = OTHER
      key = `${day}\0${unit}\0${origin}`
    }
    const fold = this.#activity.get(key) ?? { day, unit, origin, ...nothing(receivedAt) }
    this.#activity.set(key, fold)
    this.#lastActivity = fold
    tally(fold, receivedAt)
  }

  #addSent(event: EcsEvent, receivedAt: number) {
    const day = this.#dayOf(receivedAt)
    const origin = event.soc.origin as Origin
    let [sender, unit] = [event.soc.sender, event.soc.sender_unit]
    const last = this.#lastSent
    if (last?.sender === sender && last.unit === unit && last.day === day && last.origin === origin) {
      return tally(last, receivedAt)
    }
    let key = `${day}\0${sender}\0${unit}\0${origin}`
    if (!this.#sent.has(key) && this.#sent.size >= MAX_SENT_FOLDS) {
      ;[sender, unit] = [OTHER, OTHER]
      key = `${day}\0${sender}\0${unit}\0${origin}`
    }
    const fold = this.#sent.get(key) ?? { day, sender, unit, origin, ...nothing(receivedAt) }
    this.#sent.set(key, fold)
    this.#lastSent = fold
    tally(fold, receivedAt)
  }

  /** The Vietnamese day, written anew only when it changes: this runs for every event. */
  #dayOf(ms: number): string {
    const number = Math.floor((ms + ICT_OFFSET_MS) / DAY_MS)
    if (number !== this.#day.number) this.#day = { number, text: ictDay(ms) }
    return this.#day.text
  }

  #addExchange(event: EcsEvent, record: JsonObject, receivedAt: number) {
    const asked = Date.parse(text(objectAt(record, 'times')?.['request_in']))
    const at = Number.isNaN(asked) || Math.abs(asked - receivedAt) > MAX_SKEW_MS ? receivedAt : asked
    const fold = this.#exchangeFold(
      Math.floor(at / MINUTE_MS) * MINUTE_MS,
      event.soc.origin as Origin,
      text(record['consumer']).toLowerCase(),
      text(record['provider']).toLowerCase(),
      text(record['service']).toLowerCase(),
      text(record['hop']).toLowerCase()
    )
    const outcome = text(objectAt(record, 'technical')?.['outcome'])
    if (outcome === 'success') fold.succeeded++
    else if (outcome === 'timeout') fold.timedOut++
    else if (outcome === 'refused') fold.refused++
    else fold.failed++
    if (outcome === 'success') fold.lastSuccessAt = Math.max(fold.lastSuccessAt, at)
    else fold.lastFailureAt = Math.max(fold.lastFailureAt, at)
    const answer = text(objectAt(record, 'business')?.['outcome'])
    const known = businessAnswers.find((one) => one === answer)
    if (known !== undefined) fold.business[known]++
    const nanoseconds = event.event['duration']
    if (typeof nanoseconds !== 'number') return
    const step = latencyBounds.findIndex((bound) => nanoseconds / 1_000_000 <= bound)
    const place = step === -1 ? latencyBounds.length : step
    fold.latency[place] = (fold.latency[place] ?? 0) + 1
  }

  #exchangeFold(
    minute: number,
    origin: Origin,
    consumer: string,
    provider: string,
    service: string,
    hop: string
  ): ExchangeFold {
    const keyOf = (...names: string[]) => [minute, origin, ...names].join('\0')
    let key = keyOf(consumer, provider, service, hop)
    const known = this.#exchanges.get(key)
    if (known !== undefined) return known
    if (this.#exchanges.size >= MAX_EXCHANGE_FOLDS) {
      ;[consumer, provider, service, hop] = [OTHER, OTHER, OTHER, OTHER]
      key = keyOf(consumer, provider, service, hop)
    }
    const fold = this.#exchanges.get(key) ?? {
      minute,
      origin,
      consumer,
      provider,
      service,
      hop,
      succeeded: 0,
      failed: 0,
      timedOut: 0,
      refused: 0,
      business: Object.fromEntries(businessAnswers.map((answer) => [answer, 0])) as Record<BusinessAnswer, number>,
      latency: new Array<number>(latencyBounds.length + 1).fill(0),
      lastSuccessAt: 0,
      lastFailureAt: 0
    }
    this.#exchanges.set(key, fold)
    return fold
  }
}

function objectAt(from: JsonObject, ...path: string[]): JsonObject | undefined {
  let value: Json | undefined = from
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = value[name]
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

type Tally = { events: number; firstAt: number; lastAt: number }

const nothing = (receivedAt: number): Tally => ({ events: 0, firstAt: receivedAt, lastAt: receivedAt })

function tally(fold: Tally, receivedAt: number) {
  fold.events++
  if (receivedAt < fold.firstAt) fold.firstAt = receivedAt
  if (receivedAt > fold.lastAt) fold.lastAt = receivedAt
}
