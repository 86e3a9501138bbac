import fc from 'fast-check'
import Schema from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '#core/event.ts'
import { at, eventOf, pick, rejectionOf } from '#testing/frames.ts'
import { businessOutcomes, technicalOutcomes } from './exchange.ts'
import schema from './exchange.schema.json' with { type: 'json' }

const record: JsonObject = {
  schema: 'vong_lau.exchange/1',
  id: 'ex-1',
  service: 'tra-cuu-cu-tru',
  operation: 'lookup',
  consumer: 'HTTT TTHC',
  consumer_unit: '19792',
  provider: 'CSDLQG về dân cư',
  hop: 'consumer-lgsp',
  actor: 'cb-0171',
  subject_hash: 'h01',
  technical: { outcome: 'success', code: '200' },
  business: { outcome: 'not_found' },
  times: {
    request_in: '2026-11-23T07:30:00.000+07:00',
    request_out: '2026-11-23T07:30:00.012+07:00',
    response_in: '2026-11-23T07:30:00.180+07:00',
    response_out: '2026-11-23T07:30:00.190+07:00'
  }
}
const event = (over: JsonObject = {}) => eventOf(JSON.stringify({ ...record, ...over }))
const validator = Schema.Compile(schema as unknown as Parameters<typeof Schema.Compile>[0])

describe('an integration exchange', () => {
  it('says who asked whom, when, and how it ended twice over', () => {
    const answer = event()
    expect(answer['@timestamp']).toBe('2026-11-23T00:30:00.000Z')
    expect(
      pick(answer, 'event.dataset', 'event.category', 'event.outcome', 'event.duration', 'user.name', 'service.name')
    ).toEqual({
      'event.dataset': 'vong_lau.exchange',
      'event.category': ['api'],
      'event.outcome': 'success',
      'event.duration': 190_000_000,
      'user.name': 'cb-0171',
      'service.name': 'tra-cuu-cu-tru'
    })
    expect(at(answer, 'vong_lau.exchange')).toMatchObject({
      consumer: 'HTTT TTHC',
      provider: 'CSDLQG về dân cư',
      subject_hash: 'h01',
      technical: { outcome: 'success', code: '200' },
      business: { outcome: 'not_found' },
      times: { request_in: '2026-11-23T00:30:00.000Z', response_out: '2026-11-23T00:30:00.190Z' }
    })
  })

  it('that found nobody still worked; one that timed out did not', () => {
    expect(at(event({ business: { outcome: 'not_found' } }), 'event.outcome')).toBe('success')
    expect(pick(event({ technical: { outcome: 'timeout' } }), 'event.outcome', 'event.type')).toEqual({
      'event.outcome': 'failure',
      'event.type': ['access', 'error']
    })
  })

  it('has no duration when two clocks disagree', () => {
    const times = { request_in: '2026-11-23T00:30:01Z', response_out: '2026-11-23T00:30:00Z' }
    expect(at(event({ times }), 'event.duration')).toBeUndefined()
  })

  it('keeps what the schema does not name', () => {
    expect(at(event({ ma_phien: 'p-7' }), 'vendor')).toEqual({ ma_phien: 'p-7' })
  })

  it('that breaks the schema is a dead letter naming the fault', () => {
    for (const fault of [
      { service: undefined },
      { provider: '' },
      { technical: { outcome: 'maybe' } },
      { technical: undefined },
      { business: 'found' },
      { times: { request_in: '2026-11-23T07:30:00' } },
      { times: {} },
      { actor: 7 }
    ]) {
      const text = JSON.stringify({ ...record, ...fault })
      expect(rejectionOf(text), text).toBe('parse.exchange_invalid')
    }
  })

  it('is judged by the parser as by its JSON Schema', () => {
    const values: fc.Arbitrary<Json | undefined> = fc.oneof(
      fc.constant(undefined),
      fc.string({ maxLength: 200 }),
      fc.integer(),
      fc.constantFrom<Json>(
        ...technicalOutcomes,
        ...businessOutcomes,
        '2026-11-23T00:30:00Z',
        '2026-11-23 07:30:00+0700'
      ),
      fc.constantFrom<Json>({ outcome: 'success' }, { outcome: 'found' }, { outcome: 'none', code: 7 }, {}, []),
      fc.constantFrom<Json>(
        { request_in: '2026-11-23T00:30:00Z' },
        { request_in: 'now' },
        { request_out: '2026-11-23T00:30:00Z' }
      )
    )
    const names = Object.keys(schema.properties).filter((name) => name !== 'schema')
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3 }), (over) => {
        const text = JSON.stringify({ ...record, ...over })
        const valid = validator.Check(JSON.parse(text))
        expect(rejectionOf(text), text).toBe(valid ? '' : 'parse.exchange_invalid')
      }),
      { numRuns: 500 }
    )
  })
})
