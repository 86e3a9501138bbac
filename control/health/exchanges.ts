import type { Sli } from '#core/api/health.ts'
import { businessAnswers, latencyBounds, type ExchangeFold } from '#core/exchange.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ICT_OFFSET_MS, MINUTE_MS, HOUR_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { ExchangeHops, type Hop } from './exchange-hops.ts'

export type { Hop } from './exchange-hops.ts'

/** Length and retention of the three kinds of sums: minutes 7 days, hours 100 days, Vietnamese days five years. */
const spans = [
  { span: 0, keepMs: 7 * DAY_MS },
  { span: 1, keepMs: 100 * DAY_MS },
  { span: 2, keepMs: 5 * 366 * DAY_MS }
] as const
/** Below so many exchanges a share says nothing. */
const MIN_EXCHANGES = 20

export type ExchangeSums = {
  succeeded: number
  failed: number
  timedOut: number
  refused: number
  business: number[]
  latency: number[]
  lastSuccessAt: number
  lastFailureAt: number
}

const zeros = (length: number) => new Array<number>(length).fill(0)
export const noExchanges = (): ExchangeSums => ({
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  refused: 0,
  business: zeros(businessAnswers.length),
  latency: zeros(latencyBounds.length + 1),
  lastSuccessAt: 0,
  lastFailureAt: 0
})

/** Adds `more` to `sums`. */
export function addExchanges(sums: ExchangeSums, more: ExchangeSums): ExchangeSums {
  sums.succeeded += more.succeeded
  sums.failed += more.failed
  sums.timedOut += more.timedOut
  sums.refused += more.refused
  sums.business = sums.business.map((count, place) => count + (more.business[place] ?? 0))
  sums.latency = sums.latency.map((count, place) => count + (more.latency[place] ?? 0))
  sums.lastSuccessAt = Math.max(sums.lastSuccessAt, more.lastSuccessAt)
  sums.lastFailureAt = Math.max(sums.lastFailureAt, more.lastFailureAt)
  return sums
}

const sumsOf = (fold: ExchangeFold): ExchangeSums => ({
  ...noExchanges(),
  succeeded: fold.succeeded,
  failed: fold.failed,
  timedOut: fold.timedOut,
  refused: fold.refused,
  business: businessAnswers.map((answer) => fold.business[answer] ?? 0),
  latency: [...fold.latency, ...zeros(latencyBounds.length + 1)].slice(0, latencyBounds.length + 1),
  lastSuccessAt: fold.lastSuccessAt,
  lastFailureAt: fold.lastFailureAt
})

/** The SLI over sums: technical success apart from business answers. Refused by the provider's rules is no success either. */
export function sliOf(sums: ExchangeSums): Sli {
  const total = sums.succeeded + sums.failed + sums.timedOut + sums.refused
  const measured = sums.latency.reduce((sum, count) => sum + count, 0)
  const quantile = (share: number) => {
    let seen = 0
    for (const [place, count] of sums.latency.entries()) {
      seen += count
      // The last step has no bound: twice the bound before it is said, and never less than it.
      if (seen >= share * measured) return latencyBounds[place] ?? 2 * (latencyBounds.at(-1) ?? 0)
    }
    return null
  }
  const at = (share: number) => (measured === 0 ? null : quantile(share))
  return {
    total,
    succeeded: sums.succeeded,
    failed: sums.failed,
    timedOut: sums.timedOut,
    refused: sums.refused,
    success: total < MIN_EXCHANGES ? null : sums.succeeded / total,
    business: Object.fromEntries(
      businessAnswers.map((answer, place) => [answer, sums.business[place] ?? 0])
    ) as Sli['business'],
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    lastSuccessAt: sums.lastSuccessAt === 0 ? null : sums.lastSuccessAt,
    lastFailureAt: sums.lastFailureAt === 0 ? null : sums.lastFailureAt
  }
}

const startOf = (span: 0 | 1 | 2, at: number) => {
  if (span === 2) return Math.floor((at + ICT_OFFSET_MS) / DAY_MS) * DAY_MS - ICT_OFFSET_MS
  const length = span === 0 ? MINUTE_MS : HOUR_MS
  return Math.floor(at / length) * length
}

type SumRow = {
  hop_id: number
  succeeded: number
  failed: number
  timed_out: number
  refused: number
  business: string
  latency: string
  last_success_at: number
  last_failure_at: number
}
const ofRow = (row: SumRow): ExchangeSums => ({
  succeeded: row.succeeded,
  failed: row.failed,
  timedOut: row.timed_out,
  refused: row.refused,
  business: JSON.parse(row.business) as number[],
  latency: JSON.parse(row.latency) as number[],
  lastSuccessAt: row.last_success_at,
  lastFailureAt: row.last_failure_at
})

/** Sums of exchanges of one origin. */
export type Exchanges = ReturnType<typeof openExchanges>

export function openExchanges(control: Control, origin: Origin) {
  const hops = new ExchangeHops(control, origin)

  function add(span: 0 | 1 | 2, hop: number, at: number, sums: ExchangeSums) {
    const before = control.get<SumRow>(
      'SELECT * FROM exchange_sums WHERE span = ? AND hop_id = ? AND at = ?',
      span,
      hop,
      at
    )
    const total = before === undefined ? sums : addExchanges(ofRow(before), sums)
    control
      .sql(
        `INSERT OR REPLACE INTO exchange_sums (span, hop_id, at, succeeded, failed, timed_out, refused, business, latency, last_success_at,
         last_failure_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      )
      .run(
        span,
        hop,
        at,
        total.succeeded,
        total.failed,
        total.timedOut,
        total.refused,
        JSON.stringify(total.business),
        JSON.stringify(total.latency),
        total.lastSuccessAt,
        total.lastFailureAt
      )
  }

  /** Adds what lies in [from, to) of one kind of sums to `into`, per way. */
  function read(span: 0 | 1 | 2, ids: string, from: number, to: number, into: Map<number, ExchangeSums>) {
    if (to <= from) return
    const rows = control.all<SumRow>(
      `SELECT exchange_sums.* FROM json_each(?) AS wanted JOIN exchange_sums
         ON span = ? AND hop_id = wanted.value AND at >= ? AND at < ?`,
      ids,
      span,
      from,
      to
    )
    for (const row of rows) {
      const sums = into.get(row.hop_id)
      if (sums === undefined) into.set(row.hop_id, ofRow(row))
      else addExchanges(sums, ofRow(row))
    }
  }

  /** [from, to) in the coarsest sums that fit: days inside, hours and minutes at the edges. */
  function split(span: 0 | 1 | 2, ids: string, from: number, to: number, into: Map<number, ExchangeSums>) {
    if (to <= from) return
    if (span === 0) return read(0, ids, from, to, into)
    const finer = (span - 1) as 0 | 1
    const length = span === 1 ? HOUR_MS : DAY_MS
    const first = startOf(span, from + length - 1)
    const last = startOf(span, to)
    if (first >= last) return split(finer, ids, from, to, into)
    split(finer, ids, from, first, into)
    read(span, ids, first, last, into)
    split(finer, ids, last, to, into)
  }

  return {
    load: () => hops.load(),
    /** Joins the transaction of the batch. */
    count(fold: ExchangeFold) {
      const hop = hops.of(fold)
      const sums = sumsOf(fold)
      for (const { span } of spans) add(span, hop.id, startOf(span, fold.minute), sums)
    },
    hops: (): readonly Hop[] => hops.all(),
    /**
     * Sums per way over the whole minutes of [from, to), the minute of `to` included. An edge older than the minutes or hours that
     * are kept is widened to the hour or day it lies in.
     */
    sums(wanted: readonly Hop[], from: number, to: number, now: number): Map<number, ExchangeSums> {
      const into = new Map<number, ExchangeSums>()
      let begin = startOf(0, from)
      if (now - begin > spans[0].keepMs) begin = startOf(1, begin)
      if (now - begin > spans[1].keepMs) begin = startOf(2, begin)
      let end = startOf(0, to + MINUTE_MS - 1)
      if (now - end > spans[0].keepMs) end = startOf(1, end + HOUR_MS - 1)
      if (now - end > spans[1].keepMs) end = startOf(2, end + DAY_MS - 1)
      split(2, JSON.stringify(wanted.map(({ id }) => id)), begin, Math.max(end, begin), into)
      return into
    },
    /** Minutes since `from` of every way, for the watch over providers. */
    minutes(from: number): (SumRow & { at: number })[] {
      return control.all<SumRow & { at: number }>(
        `SELECT exchange_sums.* FROM exchange_sums JOIN exchange_hops ON id = hop_id
           WHERE span = 0 AND at >= ? AND origin = ?`,
        from,
        origin
      )
    },
    forgetOld(now: number) {
      for (const { span, keepMs } of spans) {
        control.sql('DELETE FROM exchange_sums WHERE span = ? AND at < ?').run(span, now - keepMs)
      }
    },
    forgetAll: () => hops.forgetAll()
  }
}
