import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import type { Detection } from '../parse/detection.ts'
import { evaluate } from '../compare/evaluate.ts'
import { FieldValues } from '../events/field-values.ts'
import { compileRules, parseSigma, toSigmaEvent } from '../index.ts'
import { compileMatcher } from '../compare/matcher.ts'
import type { DetectionRule } from '../parse/types.ts'

function rules(...documents: string[]): DetectionRule[] {
  const { rules: parsed, errors } = parseSigma(documents.join('---\n'), 'a.yml')
  expect(errors).toEqual([])
  return parsed as DetectionRule[]
}
const document = (title: string, logsource: string, detection: string) =>
  `title: ${title}\nlogsource: {${logsource}}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`
const simple = (title: string, logsource: string) => document(title, logsource, 'sel:\n  f: 1\ncondition: sel')

describe('a rule set', () => {
  it('applies a rule when every key of its log source is the event’s', () => {
    const set = compileRules(
      rules(
        simple('product', 'product: Windows'),
        simple('category', 'category: process_creation'),
        simple('both', 'product: windows, category: registry_set'),
        simple('service', 'product: windows, service: sysmon'),
        simple('other', 'product: linux')
      )
    )
    const titles = (event: JsonObject) => set.match(toSigmaEvent({ f: 1, ...event })).map((hit) => hit.rule.title)
    expect(titles({ product: 'windows' })).toEqual(['product'])
    expect(titles({ product: 'WINDOWS', category: 'registry_set' })).toEqual(['product', 'both'])
    expect(titles({ product: 'windows', service: 'sysmon', category: 'process_creation' })).toEqual([
      'product',
      'category',
      'service'
    ])
    expect(titles({ product: 'windows', category: ['process_creation', 'registry_set'] })).toEqual([
      'product',
      'category',
      'both'
    ])
    expect(titles({})).toEqual([])
    expect(titles({ product: 'linux', service: 'sysmon' })).toEqual(['other'])
  })

  it('lets auth rules see sshd and syslog rules see both', () => {
    const set = compileRules(
      rules(
        simple('sshd', 'product: linux, service: sshd'),
        simple('auth', 'product: linux, service: auth'),
        simple('syslog', 'product: linux, service: syslog'),
        simple('cron', 'product: linux, service: cron')
      )
    )
    const titles = (service: string) =>
      set.match(toSigmaEvent({ f: 1, product: 'linux', service })).map((hit) => hit.rule.title)
    expect(titles('sshd')).toEqual(['sshd', 'auth', 'syslog'])
    expect(titles('cron')).toEqual(['syslog', 'cron'])
    expect(titles('auth')).toEqual(['auth', 'syslog'])
  })

  it('refuses the second rule with an id and goes on', () => {
    const [first, second] = rules(simple('one', 'product: a'), simple('two', 'product: a'))
    const set = compileRules([first!, { ...second!, id: first!.id }])
    expect(set.rules.map((rule) => rule.title)).toEqual(['one'])
    expect(set.errors).toMatchObject([{ code: 'rule.duplicate_id', file: 'a.yml', line: second!.line, title: 'two' }])
  })

  it('leaves rules off that their authors gave up, and says so', () => {
    const given = rules(
      simple('old', 'product: a').replace('\n', '\nstatus: deprecated\n'),
      simple('new', 'product: a')
    )
    const set = compileRules(given)
    expect(set.rules.map((rule) => rule.title)).toEqual(['new'])
    expect(set.errors).toMatchObject([{ code: 'rule.status', title: 'old' }])
  })

  it('keeps its memory when events claim endless log sources', () => {
    const set = compileRules(rules(simple('one', 'product: a')))
    for (let index = 0; index < 10_000; index++) {
      expect(set.match(toSigmaEvent({ f: 1, product: `p${index}`, category: 'x'.repeat(index % 2_000) }))).toEqual([])
    }
    expect(set.match(toSigmaEvent({ f: 1, product: 'a' }))).toHaveLength(1)
  })
})

/** Detections of every kind, over few words, so that they often match. */
const word = fc.constantFrom(
  'cmd',
  'abc',
  'a',
  '\\cmd.exe',
  'power shell',
  'đường',
  'x*y',
  '*',
  'a?c',
  '7',
  '-enc',
  'ſk'
)
const modifiers = fc.constantFrom(
  ...['', '', '|contains', '|startswith', '|endswith', '|contains|all', '|re', '|contains|windash', '|cased', '|neq'],
  ...['|contains|cased', '|re|i', '|fieldref', '|base64offset|contains', '|all']
)
const field = fc.constantFrom('f', 'g', 'f', 'g.h', '')
const values = fc.array(word, { minLength: 1, maxLength: 3 })
const item = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(field, modifiers, values).map(([name, mods, list]) => ({ [name + mods]: list })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ f: null }, { 'g|exists': true }, { 'f|exists': false }, { 'f|gt': 5 }, { f: 7 })
  },
  { weight: 1, arbitrary: fc.constantFrom({ f: true }, { 'f|cidr': '192.0.2.0/24' }, { g: '' }) }
)
const selection = fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 2 }), values)
const condition = fc.constantFrom(
  ...[
    's1',
    's1 and s2',
    's1 or s2',
    's1 and not s2',
    'not s1',
    '1 of s*',
    'all of s*',
    'not (s1 and s2)',
    's3 or (s1 and s2)'
  ]
)
const eventValue: fc.Arbitrary<unknown> = fc.oneof(
  fc
    .array(fc.oneof(word, fc.constantFrom('ABC', ' /enc', 'K', 'Ș', 'YWJj')), { maxLength: 3 })
    .map((all) => all.join('')),
  fc.constantFrom(null, 7, 6.5, true, false, '192.0.2.7', [], ['abc', 7, null], { h: 'abc' }, [['cmd']])
)
const event = fc.record({ f: eventValue, g: eventValue, other: eventValue }, { requiredKeys: [] })

describe('the index', () => {
  it('never keeps an event from a rule that is true for it', () => {
    let matched = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(selection, selection, selection, condition), { minLength: 1, maxLength: 8 }),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (detections, events) => {
          const documents = detections.map(([s1, s2, s3, text], index) =>
            JSON.stringify({
              title: `r${index}`,
              logsource: { product: 'p' },
              detection: { s1, s2, s3, condition: text }
            })
          )
          // Some combinations are no rules (a placeholder, a bad expression); those are refused, the others remain.
          const parsed = documents.flatMap((text) => parseSigma(text, text).rules as DetectionRule[])
          const set = compileRules(parsed)
          const plain = new FieldValues()
          const matchers = parsed.map((rule) => compileMatcher(rule.detection as Detection, plain))
          for (const fields of events) {
            const sigma = toSigmaEvent({ product: 'p', ...fields } as JsonObject)
            plain.open(sigma)
            const wanted = parsed.filter((_, index) => evaluate(matchers[index]!, plain)).map((rule) => rule.title)
            const hits = set.match(sigma)
            expect(hits.map((hit) => hit.rule.title)).toEqual(wanted)
            matched += hits.length
            for (const hit of hits)
              for (const reason of hit.explain()) expect(reason.value.length).toBeLessThanOrEqual(256)
          }
        }
      ),
      { numRuns: 250 }
    )
    expect(matched).toBeGreaterThan(200)
  })
})

describe('an explanation', () => {
  const explain = (detection: string, fields: JsonObject) => {
    const set = compileRules(rules(document('r', 'product: p', detection)))
    const [hit] = set.match(toSigmaEvent({ product: 'p', ...fields }))
    return hit?.explain()
  }

  it('names selection, field as the rule writes it and value, in the order of the rule', () => {
    const detection =
      'img:\n  Image|endswith: \\cmd.exe\n  CommandLine|re: w.+i\nid:\n  EventID: 1\nno:\n  User: x\ncondition: img and id and not no'
    expect(explain(detection, { EventID: 1, Image: 'C:\\cmd.exe', CommandLine: 'whoami', User: 'y' })).toEqual([
      { selection: 'img', field: 'Image', value: 'C:\\cmd.exe' },
      { selection: 'img', field: 'CommandLine', value: 'whoami' },
      { selection: 'id', field: 'EventID', value: '1' }
    ])
  })

  it('tells of alternatives only the true ones', () => {
    const detection = 'a:\n  f: 1\nb:\n  g: 1\ncondition: 1 of them'
    expect(explain(detection, { f: 2, g: 1 })).toEqual([{ selection: 'b', field: 'g', value: '1' }])
  })

  it('shows of long values the part that was looked for', () => {
    const [reason] = explain('a:\n  f|contains: needle\ncondition: a', {
      f: `${'x'.repeat(1_000)}needle${'y'.repeat(1_000)}`
    })!
    expect(reason!.value).toHaveLength(256)
    expect(reason!.value).toContain('needle')
    expect(explain('a:\n  f|startswith: x\ncondition: a', { f: 'x'.repeat(1_000) })![0]!.value).toHaveLength(256)
  })

  it('shows the text in which a keyword was found, and lists as one text', () => {
    expect(explain('w:\n  - needle\ncondition: w', { f: 'hay', g: ['a needle'] })).toEqual([
      { selection: 'w', field: '', value: 'a needle' }
    ])
    expect(explain('a:\n  f: b\ncondition: a', { f: ['a', 'b'] })).toEqual([
      { selection: 'a', field: 'f', value: 'a, b' }
    ])
  })

  it('still tells the truth after other events were matched', () => {
    const set = compileRules(rules(document('r', 'product: p', 'a:\n  f|contains: x\ncondition: a')))
    const [first] = set.match(toSigmaEvent({ product: 'p', f: 'x1' }))
    set.match(toSigmaEvent({ product: 'p', f: 'x2' }))
    expect(first!.explain()).toEqual([{ selection: 'a', field: 'f', value: 'x1' }])
  })
})
