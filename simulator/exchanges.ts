import { DAY_MS, MINUTE_MS } from '#core/time.ts'
import type { BusinessAnswer } from '#core/exchange.ts'
import type { Inventory } from '#province/inventory.ts'
import type { FaultKind } from './faults.ts'
import { poisson, randomFor } from './random.ts'
import { intensity } from './rhythm.ts'
import type { ServiceFlow } from './services.ts'

/** Longest range asked at once: a caller that was away longer asks in pieces. */
export const RANGE_MAX_MS = DAY_MS
/** Share of exchanges that fail by chance while nothing is broken. */
const CHANCE_FAILURE = 0.002
/** A consumer gives up after this long. Milliseconds. */
const GIVES_UP_MS = 30_000

type Technical = { outcome: 'success' | 'failure' | 'timeout' | 'refused'; code: string; detail?: string }

/** One exchange record, as collector/parsers/exchange.schema.json has it. */
export type ExchangeRecord = {
  schema: 'vong_lau.exchange/1'
  id: string
  service: string
  operation: string
  consumer: string
  consumer_unit?: string
  provider: string
  hop: string
  subject_hash?: string
  technical: Technical
  business: { outcome: BusinessAnswer }
  times: { request_in: string; response_out: string }
}

/** What shapes the records besides the seed. */
export type Traffic = {
  seed: number
  inventory: Inventory
  flows: readonly ServiceFlow[]
  /** Multiplies every rate. */
  rate: number
  /** The rhythm never falls below this share, so that a demonstration at night shows something too. */
  leastIntensity: number
  faultAt(system: string, moment: number): FaultKind | undefined
}

/**
 * Records of every exchange that begins in `[from, to)`, by time. Pure: the same traffic and range give the same records,
 * and ranges that follow each other give what the whole gives. A platform in the middle that is broken shows on its own
 * hop and, as what it passes back, on the hops before; the hops behind it never hear of the request.
 */
export function recordsBetween(traffic: Traffic, from: number, to: number): ExchangeRecord[] {
  if (to - from > RANGE_MAX_MS) throw new RangeError('a range of records is at most a day')
  const made: { at: number; records: ExchangeRecord[] }[] = []
  for (let minute = Math.floor(from / MINUTE_MS) * MINUTE_MS; minute < to; minute += MINUTE_MS) {
    for (const flow of traffic.flows) {
      const share = Math.max(traffic.leastIntensity, intensity(flow.rhythm, minute))
      const random = randomFor(traffic.seed, flow.key, minute)
      const mean = Math.min(500, (flow.perHour / 60) * share * traffic.rate)
      const count = poisson(mean, random)
      for (let index = 0; index < count; index++) {
        // Always the same number of draws for each exchange, so that a fault changes its outcome and nothing else.
        const draws = Array.from({ length: 6 }, random)
        const at = minute + Math.floor(draws[0]! * MINUTE_MS)
        if (at < from || at >= to) continue
        made.push({ at, records: exchangeOf(traffic, flow, `${flow.key}-${minute}-${index}`, at, draws) })
      }
    }
  }
  return made.sort((one, other) => one.at - other.at).flatMap(({ records }) => records)
}

function exchangeOf(traffic: Traffic, flow: ServiceFlow, name: string, at: number, draws: number[]): ExchangeRecord[] {
  const consumerFault = traffic.faultAt(flow.consumer, at)
  // Who is down or silent asks nobody.
  if (consumerFault === 'down' || consumerFault === 'silence') return []
  const [, chance, answer, pace, unit, person] = draws as [number, number, number, number, number, number]
  const id = `sim-${traffic.seed}-${hex(traffic.seed, name)}`
  const faults = flow.legs.map(({ answeredBy }) => traffic.faultAt(answeredBy, at))
  const stops = faults.findIndex((fault) => fault !== undefined && stopsExchange(fault, chance))
  const byChance = stops === -1 && chance < CHANCE_FAILURE ? flow.legs.length - 1 : -1
  const broken = stops === -1 ? byChance : stops
  const slow = faults.includes('slow') ? 8_000 + Math.floor(pace * 6_000) : 0
  // Around the median, with a tail to about eight times of it.
  const whole = slow + Math.max(2, Math.round(flow.medianMs * (0.5 + pace) * (pace > 0.97 ? 5 : 1)))
  const technical = broken === -1 ? undefined : failureOf(faults[broken])
  const took = technical?.outcome === 'timeout' ? GIVES_UP_MS : whole
  const rejects = faults.at(-1) === 'business_rejections' && chance < 0.95
  const business = rejects ? flow.rejection : pickAnswer(flow.answers, answer)
  const consumerUnit = unitOf(traffic.inventory, flow, unit)
  const reached = broken === -1 ? flow.legs : flow.legs.slice(0, broken + 1)
  return reached.map(({ hop }, index) => {
    // Each hop starts a little later and ends a little earlier than the one before it.
    const inside = index * 3
    return {
      schema: 'vong_lau.exchange/1',
      id,
      service: flow.service,
      operation: flow.operation,
      consumer: flow.consumer,
      ...(consumerUnit === '' ? {} : { consumer_unit: consumerUnit }),
      provider: flow.provider,
      hop,
      ...(flow.aboutPerson ? { subject_hash: `h${hex(traffic.seed, name, person)}` } : {}),
      technical:
        technical === undefined ? { outcome: 'success', code: '200' } : index === broken ? technical : passedBack,
      business: { outcome: technical === undefined ? business : 'none' },
      times: {
        request_in: new Date(at + inside).toISOString(),
        response_out: new Date(at + Math.max(inside + 1, took - inside)).toISOString()
      }
    }
  })
}

const passedBack: Technical = { outcome: 'failure', code: '502', detail: 'the system behind did not answer' }

/** Whether a fault ends this exchange: a system with errors still answers three of ten. */
const stopsExchange = (fault: FaultKind, chance: number) =>
  fault === 'errors' ? chance < 0.7 : fault !== 'slow' && fault !== 'business_rejections'

function failureOf(fault: FaultKind | undefined): Technical {
  if (fault === 'down') return { outcome: 'failure', code: 'tcp.refused', detail: 'connection refused' }
  if (fault === 'silence') return { outcome: 'timeout', code: '504', detail: 'no answer within 30 s' }
  if (fault === 'wrong_certificate')
    return { outcome: 'refused', code: 'tls.certificate', detail: 'certificate is of another name' }
  return { outcome: 'failure', code: '500', detail: 'internal error' }
}

function pickAnswer(answers: ServiceFlow['answers'], draw: number): BusinessAnswer {
  let below = 0
  let picked: BusinessAnswer = 'none'
  for (const [answer, share] of Object.entries(answers) as [BusinessAnswer, number][]) {
    picked = answer
    below += share
    if (draw < below) break
  }
  return picked
}

/** Communes of each inventory, listed once. */
const communes = new WeakMap<Inventory, readonly string[]>()

function unitOf(inventory: Inventory, flow: ServiceFlow, draw: number): string {
  if (!flow.byCommunes) return inventory.system(flow.consumer)?.owner ?? ''
  let codes = communes.get(inventory)
  if (codes === undefined) {
    codes = inventory.units('commune').map((unit) => unit.code)
    communes.set(inventory, codes)
  }
  return codes[Math.floor(draw * codes.length)] ?? ''
}

const hex = (seed: number, ...names: (string | number)[]) => {
  const random = randomFor(seed, ...names)
  const word = () =>
    Math.floor(random() * 4_294_967_296)
      .toString(16)
      .padStart(8, '0')
  return `${word()}${word()}`
}
