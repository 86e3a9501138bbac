import fc from 'fast-check'
import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { MatchFold } from '#core/match.ts'
import { defaultCeilings, LATENESS_MS } from './correlation/ceilings.ts'
import { createDetector, type DetectorOptions, type JudgedEvent } from './detector.ts'
import { actionEngine, actionRule, correlationRule, heard } from '#testing/events.ts'
import type { SigmaRule } from './sigma/parse/types.ts'

const make = (rules: SigmaRule[], options: Partial<DetectorOptions> = {}) =>
  createDetector({ ...actionEngine, rules, clock: manualClock(5_000), ...options })
const judge = (detector: ReturnType<typeof make>, events: JudgedEvent[]) =>
  detector.judge(events, 0, events.length).folds

it('matches of one rule, entity, unit and origin are one fold with their number, the first and the newest events', () => {
  const detector = make([actionRule('login', { entity: ['user.name'] })])
  const events = [5, 1, 2, 3, 4, 9].map((at) => heard({ at, action: 'login' }, { user: { name: 'Trực ban' } }))
  const [fold, ...others] = judge(detector, events)
  expect(others).toEqual([])
  expect(fold).toMatchObject({
    count: 6,
    correlated: false,
    firstSeen: 1_000,
    lastSeen: 9_000,
    receivedAt: 9_000,
    matchedAt: 5_000,
    unit: '19849',
    origin: 'real',
    senders: ['sender-1'],
    entity: { key: 'trực ban', fields: { 'user.name': 'Trực ban' } }
  })
  expect(fold!.evidence.map((one) => one.eventId[0])).toEqual(['5', '3', '4', '9'])
  expect(fold!.evidence[0]!.matched).toEqual([{ selection: 'selection', field: 'event.action', value: 'login' }])
})

it('evidence is the text that the store was given; where there was none it is the event, encoded for all folds once', () => {
  const detector = make([actionRule('login'), { ...actionRule('login'), id: 'second' }])
  const event = heard({ at: 1, action: 'login' })
  const given = judge(detector, [{ ...event, json: '{"as":"stored"}' }])
  expect(given.map((fold) => fold.evidence[0]!.json)).toEqual(['{"as":"stored"}', '{"as":"stored"}'])
  const made = judge(detector, [event])
  expect(made.map((fold) => JSON.parse(fold.evidence[0]!.json) as unknown)).toEqual([event.event, event.event])
  expect(made[0]!.evidence[0]).toMatchObject({ time: 1_000, createdAt: 1_000, eventId: event.event.event.id })
  expect(event.json).toBe(made[1]!.evidence[0]!.json)
})

it('origin, unit, entity and rule each make a fingerprint of their own, and the same ones the same', () => {
  const detector = make([
    actionRule('login', { entity: ['user.name'] }),
    actionRule('other', { entity: ['user.name'] })
  ])
  const user = (name: string) => ({ user: { name } })
  const events = [
    heard({ at: 1, action: 'login' }, user('a')),
    heard({ at: 2, action: 'login' }, user('b')),
    heard({ at: 3, action: 'login', unit: '19837' }, user('a')),
    heard({ at: 4, action: 'login', origin: 'demonstration' }, user('a')),
    heard({ at: 5, action: 'other' }, user('a')),
    heard({ at: 6, action: 'login' }, user('A'))
  ]
  const folds = judge(detector, events)
  expect(new Set(folds.map((fold) => fold.fingerprint)).size).toBe(5)
  expect(folds[0]!.count).toBe(2)
  expect(judge(detector, events).map((fold) => fold.fingerprint)).toEqual(folds.map((fold) => fold.fingerprint))
})

it('without soc.entity the category of the event says who a match is about', () => {
  const detector = make([actionRule('seen')])
  const who = (fields: object) => judge(detector, [heard({ at: 1, action: 'seen' }, fields as never)])[0]!.entity.fields
  const event = (category: string[]) => ({ event: { id: 'x', created: '', action: 'seen', category } })
  const host = { host: { name: 'may-01' } }
  expect(who({ ...event(['authentication']), ...host, user: { name: 'a' } })).toEqual({
    'user.name': 'a',
    'source.ip': '192.0.2.7'
  })
  expect(who({ ...event(['web']), ...host, url: { domain: 'xa.example' } })).toEqual({
    'source.ip': '192.0.2.7',
    'url.domain': 'xa.example'
  })
  expect(who({ ...event(['network']), ...host })).toEqual({ 'source.ip': '192.0.2.7' })
  expect(who({ ...event(['process']), ...host })).toEqual({ 'host.name': 'may-01' })
  expect(who({ ...event(['authentication']), ...host, source: {} })).toEqual({ 'host.name': 'may-01' })
  expect(who(event(['process']))).toEqual({ 'organization.id': '19849' })
})

it('sentences are filled from the event; a rule without one says where it matched', () => {
  const own = actionRule('own', {
    sentence_vi: '{user.name} từ {source.ip}: {Sigma} {count} {gone}',
    sentence_en: '{user.name}'
  })
  const plain = { ...actionRule('plain'), title: 'Braces {here}' }
  const folds = judge(make([own, plain]), [
    heard({ at: 1, action: 'own' }, { user: { name: 'a' } }),
    heard({ at: 2, action: 'plain' }),
    heard({ at: 3, action: 'plain', unit: '1' }, { host: { name: 'may-01' } })
  ])
  expect(folds[0]!.values).toEqual({ 'user.name': 'a', 'source.ip': '192.0.2.7', Sigma: 'seen' })
  expect(folds[1]!.rule.sentence).toEqual({
    vi: 'Luật “Braces (here)” khớp trên {host.name}',
    en: 'Rule “Braces (here)” matched on {host.name}'
  })
  expect(folds[1]!.values).toEqual({ 'host.name': 'Unit 19849' })
  expect(folds[2]!.values).toEqual({ 'host.name': 'may-01' })
})

it('a correlation is silent until its condition is true and then keeps its count, with the newest events as evidence', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst' })])
  expect(judge(detector, [heard({ at: 1 }), heard({ at: 2 })])).toEqual([])
  const [fold] = judge(detector, [heard({ at: 3 })])
  expect(fold).toMatchObject({
    rule: { id: 'burst' },
    count: 3,
    correlated: true,
    firstSeen: 1_000,
    lastSeen: 3_000,
    entity: { key: '192.0.2.7', fields: { 'source.ip': '192.0.2.7' } }
  })
  expect(fold!.evidence.map((one) => one.eventId[0])).toEqual(['1', '2', '3'])
  expect(fold!.evidence.every((one) => one.matched.length === 1)).toBe(true)
  const [more] = judge(detector, [heard({ at: 4 }), heard({ at: 5 })])
  expect(more).toMatchObject({ fingerprint: fold!.fingerprint, count: 5, lastSeen: 5_000 })
  // Quiet for longer than the span: what comes then is a new beginning.
  expect(judge(detector, [heard({ at: 100 }), heard({ at: 101 })])).toEqual([])
  expect(judge(detector, [heard({ at: 102 })])[0]).toMatchObject({ count: 3, firstSeen: 100_000 })
})

it('two windows within one batch are two folds of one fingerprint, each with its own number', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'many' })])
  const at = (second: number) => heard({ at: second, action: 'fail' })
  const folds = judge(detector, [1, 2, 3, 4, 5, 200, 201, 202].map(at))
  expect(folds.map((fold) => [fold.count, fold.firstSeen, fold.lastSeen])).toEqual([
    [5, 1_000, 5_000],
    [3, 200_000, 202_000]
  ])
  expect(new Set(folds.map((fold) => fold.fingerprint)).size).toBe(1)
})

it('events that come late or out of order complete a window of the past', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst' })])
  expect(judge(detector, [heard({ at: 100 }), heard({ at: 500 }), heard({ at: 110 })])).toEqual([])
  expect(judge(detector, [heard({ at: 90, late: 420 })])[0]).toMatchObject({
    count: 3,
    firstSeen: 90_000,
    lastSeen: 110_000
  })
})

it('a backlog sent after hours without a line is counted by event time', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst' })])
  judge(detector, [heard({ at: 50_000, action: 'other' })])
  expect(judge(detector, [heard({ at: 100, late: 50_000 }), heard({ at: 900, late: 49_300 })])).toEqual([])
  expect(judge(detector, [heard({ at: 910, late: 49_300 }), heard({ at: 920, late: 49_300 })])[0]).toMatchObject({
    count: 3
  })
})

it('the receive time closes a window: what comes after the lateness allowed begins anew', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst' })])
  judge(detector, [heard({ at: 1 }), heard({ at: 2 })])
  const late = 60 + LATENESS_MS / 1_000
  judge(detector, [heard({ at: late + 10, action: 'other' })])
  expect(judge(detector, [heard({ at: 3, late: late + 10 })])).toEqual([])
  expect(detector.limits().entries).toBe(1)
})

it('origins never mix, and units only for a rule that counts across the province', () => {
  const rules = [actionRule('fail'), correlationRule({ id: 'burst' })]
  const events = [heard({ at: 1 }), heard({ at: 2, unit: '19837' }), heard({ at: 3, origin: 'demonstration' })]
  expect(judge(make(rules), events)).toEqual([])
  const across = [rules[0]!, correlationRule({ id: 'campaign' }, { scope: 'province' })]
  expect(judge(make(across), events)).toEqual([])
  expect(judge(make(across), [...events, heard({ at: 4 })])[0]).toMatchObject({ unit: '46', count: 3, origin: 'real' })
})

it('value_count counts distinct values, whatever their case, and not events without the field', () => {
  const rule = correlationRule({ id: 'paths', type: 'value_count', fields: ['url.path'] })
  const detector = make([actionRule('fail'), rule])
  const ask = (at: number, path?: string) => heard({ at }, path === undefined ? {} : { url: { path } })
  expect(judge(detector, [ask(1, '/a'), ask(2, '/A'), ask(3, '/a'), ask(4), ask(5, '/b'), ask(6, '')])).toEqual([])
  expect(judge(detector, [ask(7, '/c')])[0]).toMatchObject({ count: 3, correlated: true })
})

it('an event without a group-by field is not counted, and values are no part of each other', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst', groupBy: ['user.name', 'host.name'] })])
  const event = (at: number, user: string, host: string) =>
    heard({ at }, { user: { name: user }, host: { name: host } })
  expect(judge(detector, [heard({ at: 1 }), heard({ at: 2 }), heard({ at: 3 })])).toEqual([])
  expect(
    judge(detector, [event(4, 'ab', 'c'), event(5, 'a', 'bc'), event(6, 'a|b', 'c'), event(7, 'a', 'b|c')])
  ).toEqual([])
  expect(detector.limits().groups).toBe(4)
})

it('an alias reads another field in each rule it counts', () => {
  const rule = correlationRule({
    id: 'aliased',
    rules: ['fail', 'rule-deny'],
    groupBy: ['address'],
    aliases: { address: { fail: 'source.ip', 'rule-deny': 'destination.ip' } }
  })
  const denied = heard({ at: 3, action: 'deny' }, { source: {}, destination: { ip: '192.0.2.7' } })
  const folds = judge(make([actionRule('fail'), actionRule('deny'), rule]), [
    heard({ at: 1 }),
    heard({ at: 2 }),
    denied
  ])
  expect(folds[0]).toMatchObject({ count: 3, entity: { key: '192.0.2.7', fields: { address: '192.0.2.7' } } })
})

it('a rule that is counted stays silent unless the correlation says generate', () => {
  const events = [heard({ at: 1 })]
  expect(judge(make([actionRule('fail'), correlationRule({ id: 'burst' })]), events)).toEqual([])
  const loud = [actionRule('fail'), correlationRule({ id: 'burst' }), correlationRule({ id: 'loud', generate: true })]
  expect(judge(make(loud), events).map((fold) => fold.rule.id)).toEqual(['rule-fail'])
})

it('a rule that comes after a correlation is true only for its group, from then on and for its time', () => {
  const detector = make([
    actionRule('fail'),
    correlationRule({ id: 'burst' }),
    actionRule('success', {
      after: { rule: 'burst', within: '5m' },
      sentence_vi: '{after.count}',
      entity: ['source.ip']
    })
  ])
  const success = (at: number, fields = {}) => judge(detector, [heard({ at, action: 'success' }, fields)])
  expect(success(1)).toEqual([])
  judge(detector, [heard({ at: 10 }), heard({ at: 11 }), heard({ at: 12 }), heard({ at: 13 })])
  expect(success(11)).toEqual([])
  expect(success(20, { source: { ip: '192.0.2.8' } })).toEqual([])
  expect(success(20)[0]).toMatchObject({ rule: { id: 'rule-success' }, count: 1, values: { 'after.count': '4' } })
  // One more failure after a pause ends the burst, not what may follow it.
  judge(detector, [heard({ at: 100 })])
  expect(success(313)).toHaveLength(1)
  expect(success(314)).toEqual([])
})

it('a rule that comes after a single event wants the same values in both and shows both', () => {
  const detector = make([
    actionRule('upload'),
    actionRule('call', { after: { rule: 'upload', within: '1h', by: ['source.ip', 'url.domain'] } })
  ])
  const at = (at: number, action: string, domain: string) => heard({ at, action }, { url: { domain } })
  expect(
    judge(detector, [at(1, 'call', 'a.example'), at(2, 'upload', 'a.example'), at(3, 'call', 'b.example')])
  ).toEqual([])
  const [fold] = judge(detector, [at(4, 'call', 'a.example')])
  expect(fold).toMatchObject({ rule: { id: 'rule-call' }, count: 1, correlated: false })
  expect(fold!.evidence.map((one) => [one.eventId[0], one.matched[0]!.value])).toEqual([
    ['2', 'upload'],
    ['4', 'call']
  ])
  expect(judge(detector, [at(3_610, 'call', 'a.example')])).toEqual([])
})

it('a condition with two bounds is true only between them', () => {
  const rule = correlationRule({
    id: 'range',
    condition: [
      { op: 'gt', value: 1 },
      { op: 'lte', value: 3 }
    ]
  })
  const detector = make([actionRule('fail'), rule])
  const counts = [1, 2, 3, 4].map((at) => judge(detector, [heard({ at })])[0]?.count)
  expect(counts).toEqual([undefined, 2, 3, undefined])
})

it('rules that cannot run are named with file and line, and the others go on', () => {
  const rules = [
    actionRule('fail'),
    { ...actionRule('fail'), title: 'Twice', line: 40 },
    { ...actionRule('bad'), detection: 'refused' },
    correlationRule({ id: 'unknown', rules: ['nothing'] }),
    correlationRule({ id: 'of-refused', rules: ['bad'] }),
    correlationRule({ id: 'chained', rules: ['burst'] }),
    correlationRule({ id: 'alias', groupBy: ['x'], aliases: { x: { other: 'y' } } }),
    correlationRule({ id: 'burst' }),
    actionRule('typo', { sentance_vi: 'x' }),
    actionRule('advice', { advice: ['call_soc', { vi: 'x' }] }),
    actionRule('type', { entity: 'user.name' }),
    actionRule('lost', { after: { rule: 'nowhere', within: '5m' } }),
    actionRule('alone', { after: { rule: 'typo', within: '5m', by: ['source.ip'] } }),
    actionRule('by-what', { after: { rule: 'fail', within: '5m' } }),
    actionRule('by-twice', { after: { rule: 'burst', within: '5m', by: ['source.ip'] } }),
    actionRule('self', { after: { rule: 'self', within: '5m', by: ['source.ip'] } }),
    actionRule('time', { after: { rule: 'burst', within: 'soon' } })
  ]
  const detector = make(rules)
  const errors = detector.ruleErrors().map((error) => `${error.ruleId ?? error.line}: ${error.code}`)
  expect(errors.sort()).toEqual([
    '40: rule.duplicate_id',
    'alias: correlation.alias',
    'chained: correlation.chained',
    'of-refused: correlation.unknown_rule',
    'rule-advice: rule.soc_value',
    'rule-alone: rule.after',
    'rule-bad: test',
    'rule-by-twice: rule.after',
    'rule-by-what: rule.after',
    'rule-lost: rule.after',
    'rule-self: rule.after',
    'rule-time: rule.soc_value',
    'rule-type: rule.soc_value',
    'rule-typo: rule.soc_key',
    'unknown: correlation.unknown_rule'
  ])
  expect(
    judge(
      detector,
      [1, 2, 3].map((at) => heard({ at }))
    ).map((fold) => fold.rule.id)
  ).toEqual(['burst'])
  expect(judge(detector, [heard({ at: 4, action: 'lost' })])).toEqual([])
})

it('an event on which the engine fails is counted and the rest of the batch is judged', () => {
  const detector = make([actionRule('login')])
  const folds = judge(detector, [heard({ at: 1, action: 'throw', id: 'bad one' }), heard({ at: 2, action: 'login' })])
  expect(folds).toHaveLength(1)
  expect(detector.limits()).toMatchObject({ faults: 1, lastFault: 'event bad one: the engine has a fault' })
})

it('a reload keeps the windows of what counts the same and forgets those of what changed', () => {
  const rules = [actionRule('fail'), correlationRule({ id: 'burst' }), correlationRule({ id: 'changed', text: 'one' })]
  const detector = make(rules)
  judge(detector, [heard({ at: 1 }), heard({ at: 2 })])
  detector.replaceRules([rules[0]!, rules[1]!, correlationRule({ id: 'changed', text: 'two' }), actionRule('new')])
  expect(judge(detector, [heard({ at: 3 })]).map((fold) => fold.rule.id)).toEqual(['burst'])
  // The rule that is counted says something else now: what it counted before may not be so any more.
  detector.replaceRules([{ ...actionRule('fail'), text: 'other' }, rules[1]!])
  expect(judge(detector, [heard({ at: 4 })])).toEqual([])
  expect(detector.limits().entries).toBe(1)
})

it('at each ceiling something is forgotten, counted and shown, and counting goes on', () => {
  const rules = [actionRule('fail'), correlationRule({ id: 'burst' })]
  const from = (at: number, ip: string) => heard({ at }, { source: { ip } })
  const few = make(rules, { ceilings: { groups: 2 } })
  judge(
    few,
    ['a', 'a', 'b', 'c', 'b', 'b'].map((ip, at) => from(at, ip))
  )
  expect(few.limits()).toMatchObject({ groups: 2, evictedGroups: 1, entries: 4 })
  const short = make(rules, { ceilings: { entriesPerGroup: 4 } })
  expect(
    judge(
      short,
      [1, 2, 3, 4, 5, 6].map((at) => from(at, 'a'))
    )[0]!.count
  ).toBe(4)
  expect(short.limits()).toMatchObject({ entries: 4, evictedEntries: 2 })
  const small = make(rules, { ceilings: { entries: 4 } })
  judge(
    small,
    ['a', 'a', 'b', 'b', 'b', 'b', 'b'].map((ip, at) => from(at, ip))
  )
  expect(small.limits()).toMatchObject({ entries: 4, groups: 1, evictedGroups: 1, evictedEntries: 1 })
  const blind = make(rules, { ceilings: { evidence: 2 } })
  expect(
    judge(
      blind,
      ['a', 'b', 'a', 'b', 'a'].map((ip, at) => from(at, ip))
    )[0]!.evidence
  ).toHaveLength(1)
  expect(blind.limits()).toMatchObject({ evidence: 2, evictedEvidence: 3 })
})

it('a checkpoint that is none is refused and changes nothing', () => {
  const detector = make([actionRule('fail'), correlationRule({ id: 'burst' })])
  judge(detector, [heard({ at: 1 }), heard({ at: 2 })])
  const good = detector.checkpoint()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (noise, at, flip) => {
      expect(() => detector.restore(noise)).toThrow('the correlation checkpoint cannot be used')
      const torn = Uint8Array.from(good)
      torn[at % torn.length]! ^= flip
      try {
        detector.restore(torn)
      } catch (error) {
        expect(error).toMatchObject({ code: 'detector.checkpoint' })
      }
      detector.restore(good)
    })
  )
  expect(judge(detector, [heard({ at: 3 })])[0]).toMatchObject({ count: 3 })
})

const story = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 400 }),
    late: fc.integer({ min: 0, max: 3_000 }),
    action: fc.constantFrom('fail', 'fail', 'fail', 'success', 'login', 'paired'),
    unit: fc.constantFrom('1', '2'),
    ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'),
    path: fc.constantFrom('/a', '/b', '/c')
  }),
  { maxLength: 80 }
)
const allRules: SigmaRule[] = [
  actionRule('fail'),
  actionRule('login', { entity: ['source.ip'] }),
  actionRule('success', { after: { rule: 'burst', within: '2m' } }),
  actionRule('paired', { after: { rule: 'login', within: '1m', by: ['source.ip'] } }),
  correlationRule({ id: 'burst' }),
  correlationRule({ id: 'paths', type: 'value_count', fields: ['url.path'], condition: [{ op: 'gt', value: 1 }] }),
  correlationRule(
    { id: 'campaign', type: 'value_count', groupBy: [], fields: ['organization.id', 'source.ip'] },
    { scope: 'province' }
  )
]
const tiny = { groups: 4, entriesPerGroup: 6, entries: 16, evidence: 5 }

it.each([defaultCeilings, tiny])(
  'a replay cut anywhere, also by a restart from a checkpoint, repeats exactly',
  (ceilings) => {
    fc.assert(
      fc.property(story, fc.array(fc.nat(80), { maxLength: 6 }), (told, cuts) => {
        const events = told.map(({ ip, path, ...one }, index) =>
          heard({ ...one, id: String(index) }, { source: { ip }, url: { path } })
        )
        const whole = make(allRules, { ceilings })
        const each = events.map((event) => judge(whole, [event]))
        // Cut into batches: the same totals.
        const places = [0, ...cuts.map((cut) => Math.min(cut, events.length)).sort((a, b) => a - b), events.length]
        let cut = make(allRules, { ceilings })
        const batches: MatchFold[][] = []
        for (let index = 1; index < places.length; index++) {
          batches.push(judge(cut, events.slice(places[index - 1], places[index])))
          const restarted = make(allRules, { ceilings })
          restarted.restore(cut.checkpoint())
          cut = restarted
        }
        expect(totals(batches)).toEqual(totals(each))
        // Restarted before every event: the same to the last detail, evidence and values included.
        let again = make(allRules, { ceilings })
        events.forEach((event, index) => {
          const restarted = make(allRules, { ceilings })
          restarted.restore(again.checkpoint())
          again = restarted
          expect(judge(again, [event])).toEqual(each[index])
        })
      }),
      { numRuns: 60 }
    )
  }
)

/** What alerts would show: sums for events, the last word of a correlation. */
function totals(batches: MatchFold[][]) {
  const alerts = new Map<string, object>()
  for (const { fingerprint, count, correlated, firstSeen, lastSeen } of batches.flat()) {
    const before = alerts.get(fingerprint) as { count: number; firstSeen: number; lastSeen: number } | undefined
    if (correlated || !before) alerts.set(fingerprint, { count, firstSeen, lastSeen })
    else {
      alerts.set(fingerprint, {
        count: before.count + count,
        firstSeen: Math.min(before.firstSeen, firstSeen),
        lastSeen: Math.max(before.lastSeen, lastSeen)
      })
    }
  }
  return new Map([...alerts].sort())
}
