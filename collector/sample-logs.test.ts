import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeEvent } from './encode.ts'
import { parsers } from './parsers/index.ts'
import { at, eventOf, rejectionOf } from '#testing/frames.ts'

const lines = (file: string) =>
  readFileSync(join(import.meta.dirname, '../sample-logs', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')

describe('sample-logs', () => {
  it.each(parsers.flatMap(({ name, samples }) => samples.map(({ file, dataset }) => [file, name, dataset] as const)))(
    'every line of %s is read by %s',
    (file, parser, dataset) => {
      const samples = lines(file)
      expect(samples.length).toBeGreaterThan(3)
      for (const line of samples) {
        const event = eventOf(line)
        expect(event.soc.parser, line).toBe(parser)
        expect(at(event, 'event.dataset'), line).toMatch(dataset)
        expect(event.soc.flags, line).toBeUndefined()
        expect(encodeEvent(event).text, line).not.toBe('')
      }
    }
  )

  // What these two read is not theirs alone: lines inside documents, and whatever has a syslog header.
  it.each(parsers.filter(({ name }) => name !== 'ecs' && name !== 'syslog'))('$name has samples', ({ samples }) => {
    expect(samples.length).toBeGreaterThan(0)
  })

  it('every line of ecs.ndjson is read, lines inside documents too', () => {
    const datasets = lines('ecs.ndjson').map((line) => at(eventOf(line), 'event.dataset'))
    expect(datasets).toEqual([
      'igate.access',
      'system.auth',
      'system.auth',
      'nginx.access',
      'generic',
      'generic',
      'generic',
      'system.auth'
    ])
  })

  it('every line of unparsable.log is a dead letter with its reason', () => {
    expect(lines('unparsable.log').map((line) => rejectionOf(line))).toEqual([
      'parse.no_parser',
      'parse.bad_json',
      'parse.unknown_document',
      'parse.no_parser',
      'parse.no_parser',
      'parse.exchange_invalid',
      'parse.no_parser',
      'parse.no_parser',
      'parse.no_parser'
    ])
  })
})
