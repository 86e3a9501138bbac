import type { Json, JsonObject } from '#core/event.ts'
import { readDocumentTime } from '../enrich/event-time.ts'
import { isObject } from '../read-document.ts'
import { endpoint } from './addresses.ts'
import { draftOf, type Content, type Draft, type Parser, type Refusal } from './parser.ts'

/** Value of `schema` in a record; exchange.schema.json says the same. */
export const EXCHANGE_SCHEMA = 'vong_lau.exchange/1'

/** Did the exchange work, as technique: the integration SLI counts these and nothing else. */
export const technicalOutcomes = ['success', 'failure', 'timeout', 'refused'] as const
/** What the provider answered, as business; "not_found" is an answer, not a fault. */
export const businessOutcomes = ['found', 'not_found', 'accepted', 'rejected', 'partial', 'none'] as const

/** The four moments of one hop: request in, request out, response in, response out. */
const moments = ['request_in', 'request_out', 'response_in', 'response_out'] as const

/** Text fields of a record and their greatest length, as in the schema. */
const texts: Record<string, number> = {
  id: 128,
  service: 128,
  operation: 128,
  consumer: 128,
  consumer_unit: 32,
  provider: 128,
  provider_unit: 32,
  hop: 64,
  actor: 128,
  subject_hash: 128
}
const required = ['service', 'consumer', 'provider', 'technical', 'times'] as const

type Checked = { record: JsonObject; times: Map<string, number> } | Refusal

const broken = (detail: string): Refusal => ({ code: 'parse.exchange_invalid', detail })

/** Checks a record against exchange.schema.json, by hand: the first fault is named. */
function check(document: JsonObject): Checked {
  for (const name of required) if (document[name] === undefined) return broken(`${name} is missing`)
  for (const [name, longest] of Object.entries(texts)) {
    const value = document[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || value === '' || value.length > longest) {
      return broken(`${name} must be text of 1 to ${longest} characters`)
    }
  }
  const address = document['consumer_address']
  if (address !== undefined && (typeof address !== 'string' || address.length > 253)) {
    return broken('consumer_address must be text of at most 253 characters')
  }
  const technical = document['technical']
  if (!isObject(technical)) return broken('technical must be an object')
  const fault = checkResult('technical', technical, technicalOutcomes)
  if (fault !== undefined) return fault
  const business = document['business']
  if (business !== undefined) {
    if (!isObject(business)) return broken('business must be an object')
    const businessFault = checkResult('business', business, businessOutcomes)
    if (businessFault !== undefined) return businessFault
  }
  const written = document['times']
  if (!isObject(written)) return broken('times must be an object')
  const times = new Map<string, number>()
  for (const name of moments) {
    if (written[name] === undefined) continue
    const time = typeof written[name] === 'string' ? readDocumentTime(written[name], Number.NaN) : Number.NaN
    if (Number.isNaN(time)) return broken(`times.${name} must be a time with a zone (RFC 3339)`)
    times.set(name, time)
  }
  if (!times.has('request_in')) return broken('times.request_in is missing')
  return { record: document, times }
}

function checkResult(name: string, result: JsonObject, outcomes: readonly string[]): Refusal | undefined {
  const outcome = result['outcome']
  if (typeof outcome !== 'string' || !outcomes.includes(outcome)) {
    return broken(`${name}.outcome must be one of ${outcomes.join(', ')}`)
  }
  for (const key of ['code', 'detail']) {
    const value = result[key]
    if (value !== undefined && (typeof value !== 'string' || value.length > 512)) {
      return broken(`${name}.${key} must be text of at most 512 characters`)
    }
  }
  return undefined
}

/** Our own record of one integration exchange: who asked whom, for which service, when, and how it ended twice over. */
export const exchange: Parser = {
  name: 'exchange',
  samples: [{ file: 'exchange.ndjson', dataset: /^vong_lau\.exchange$/ }],
  fieldSets: ['vong_lau'],
  logsources: { 'vong_lau.exchange': { product: 'vong_lau', service: 'exchange' } },
  accepts: (content) => content.document?.['schema'] === EXCHANGE_SCHEMA,
  parse(content: Content): Draft | Refusal {
    const checked = check(content.document!)
    if ('code' in checked) return checked
    const { record, times } = checked
    const technical = record['technical'] as JsonObject
    const business = record['business'] as JsonObject | undefined
    const start = times.get('request_in')!
    const end = times.get('response_out') ?? times.get('response_in')
    const worked = technical['outcome'] === 'success'
    const kept: JsonObject = {}
    for (const name of Object.keys(texts)) if (record[name] !== undefined) kept[name] = record[name]
    kept['technical'] = pick(technical)
    if (business !== undefined) kept['business'] = pick(business)
    const iso: JsonObject = {}
    for (const [name, time] of times) iso[name] = new Date(time).toISOString()
    kept['times'] = iso
    const event: JsonObject = {
      dataset: 'vong_lau.exchange',
      module: 'vong_lau',
      category: ['api'],
      type: worked ? ['access'] : ['access', 'error'],
      action: 'exchange',
      outcome: worked ? 'success' : 'failure',
      start: new Date(start).toISOString()
    }
    if (end !== undefined) {
      event['end'] = new Date(end).toISOString()
      // Clocks of two machines may disagree: a negative duration says nothing.
      if (end >= start) event['duration'] = (end - start) * 1_000_000
    }
    const fields: JsonObject = {
      event,
      service: { name: record['service']!, type: 'exchange' },
      message: sentence(record, technical, business),
      vong_lau: { exchange: kept }
    }
    const related: JsonObject = {}
    if (typeof record['actor'] === 'string') {
      fields['user'] = { name: record['actor'] }
      related['user'] = [record['actor']]
    }
    const address = record['consumer_address']
    if (typeof address === 'string' && address !== '') {
      const source = endpoint(address)
      fields['source'] = source
      if (source['ip'] !== undefined) related['ip'] = [source['ip']]
    }
    fields['related'] = related
    const rest = others(record)
    if (rest !== undefined) fields['vendor'] = rest
    const draft = draftOf(fields, start)
    if (typeof record['consumer_unit'] === 'string') draft.unitClaims.push(record['consumer_unit'])
    return draft
  }
}

function pick(result: JsonObject): JsonObject {
  const kept: JsonObject = { outcome: result['outcome']! }
  if (result['code'] !== undefined) kept['code'] = result['code']
  if (result['detail'] !== undefined) kept['detail'] = result['detail']
  return kept
}

/** What the schema does not name is kept, unread. */
function others(record: JsonObject): JsonObject | undefined {
  const known = new Set([...Object.keys(texts), 'schema', 'technical', 'business', 'times', 'consumer_address'])
  const rest: [string, Json][] = Object.entries(record).filter(([name]) => !known.has(name))
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}

function sentence(record: JsonObject, technical: JsonObject, business: JsonObject | undefined): string {
  const operation = record['operation'] === undefined ? '' : ` ${String(record['operation'])}`
  const answer = business === undefined ? '' : ` / ${String(business['outcome'])}`
  const way = `${String(record['consumer'])} → ${String(record['provider'])}`
  return `${way}: ${String(record['service'])}${operation}: ${String(technical['outcome'])}${answer}`
}
