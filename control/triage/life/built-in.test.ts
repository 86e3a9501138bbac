import { expect, it } from 'vitest'
import { builtInFingerprint, builtInRules, createBuiltIn, LAST_RECEIVED, type OutageNotice } from './built-in.ts'
import { actor, inventory, START, testBench } from '#testing/folds.ts'

const builtIn = createBuiltIn(inventory)
const notice = {
  at: START,
  origin: 'real',
  sender: '',
  peer: '203.0.113.9:514',
  listener: 'syslog-udp',
  count: 3
} as const

const outage: OutageNotice = {
  at: START,
  origin: 'real',
  system: 'hue-s',
  name: 'Hue-S',
  unit: 'H57.hueioc',
  since: START - 60_000,
  level: 'critical',
  down: [22, 23],
  degraded: [],
  attached: [],
  hosts: ['Hue-S.example'],
  lost: null
}

it('every built-in rule speaks both languages and leaves nothing of its template open', () => {
  const bench = testBench()
  const folds = [
    builtIn.unknownSender(notice),
    builtIn.wrongToken({ ...notice, listener: 'http' }),
    builtIn.doorHeld(notice),
    builtIn.refusedWrite({ ...notice, detail: '/api/logs' }),
    builtIn.breakGlass({ at: START, username: 'break-glass', address: '192.0.2.9', reason: 'OIDC hỏng' }),
    builtIn.silentSource({
      at: START,
      sender: 's1',
      name: 'Máy chủ xã Phong Thu',
      unit: '19849',
      origin: 'demonstration',
      lastReceivedAt: START - 600_000
    }),
    builtIn.floodingSender({
      at: START,
      sender: 's1',
      name: 'Máy chủ xã',
      unit: '19849',
      origin: 'real',
      waiting: 90_000
    }),
    builtIn.storeAway({ at: START, since: START - 20_000, reason: 'connection refused' }),
    builtIn.storeLoss({
      ...{ at: START, day: '2026-11-22', origin: 'real', file: 'events-real-2026-11-22.db', kept: '' },
      ...{ stored: 5000, found: null, reason: 'cut short' }
    }),
    builtIn.threadEnded({ at: START, thread: 'pipeline', reason: 'out of memory' }),
    builtIn.matchesHeld({ at: START, reason: 'disk is full' }),
    builtIn.ledgerImbalance({ at: START, detail: 's1: 10 ≠ 9' }),
    builtIn.diskGuard(notice),
    builtIn.outage(outage),
    builtIn.uplinkLost({ at: START, since: START - 30_000, origin: 'real' }),
    builtIn.stoodStill({ at: START, from: START - 5_000, seconds: 5, origin: 'real' }),
    builtIn.integrationFailing({
      at: START,
      origin: 'real',
      system: 'lgsp',
      name: 'LGSP',
      unit: 'H57.stttt',
      since: START - 300_000,
      total: 200,
      failed: 50
    })
  ]
  expect(folds.map((fold) => fold.rule.id)).toEqual(builtInRules.map((rule) => rule.id))
  for (const fold of folds) {
    const { alerts } = bench.alerts.raise(fold)
    const row = alerts.find((alert) => alert.ruleId === fold.rule.id)
    for (const language of ['vi', 'en'] as const) {
      expect(row?.title[language]).not.toBe('')
      expect(row?.sentence[language]).not.toMatch(/\{|không rõ|unknown(?! sender)/)
    }
  }
  expect(bench.alerts.list({ tab: 'all', userId: 'u1', scope: undefined, limit: 10 }).total).toBe(folds.length)
})

it('a silent source says since when, in the time of Huế, and belongs to its unit and origin', () => {
  const fold = builtIn.silentSource({
    at: START,
    sender: 's1',
    name: 'Máy chủ',
    unit: '19849',
    origin: 'demonstration',
    lastReceivedAt: START - 60_000
  })
  expect(fold).toMatchObject({ unit: '19849', origin: 'demonstration', values: { since: '15/10/2023 01:59' } })
})

it('an unknown sender is its address, of either family, and nobody’s unit', () => {
  expect(builtIn.unknownSender(notice)).toMatchObject({ unit: '_unassigned', count: 3, entity: { key: '203.0.113.9' } })
  const addresses = ['[2001:db8::1]:514', '2001:db8::1', '203.0.113.9'].map(
    (peer) => builtIn.unknownSender({ ...notice, peer }).entity.key
  )
  expect(addresses).toEqual(['2001:db8::1', '2001:db8::1', '203.0.113.9'])
})

it('an outage names its system, its models and its hosts, takes its own level, and belongs to its owner or to the SOC', () => {
  expect(builtIn.outage(outage)).toMatchObject({
    unit: 'H57.hueioc',
    rule: { level: 'critical' },
    entity: { fields: { 'service.name': 'hue-s' } },
    firstSeen: START - 60_000,
    values: { 'models.down': '22, 23', 'models.degraded': '–', 'soc.system': 'hue-s', 'soc.hosts': 'hue-s.example' }
  })
  expect(builtIn.outage({ ...outage, unit: '' }).unit).toBe('H57.soc')
  expect(builtIn.outage({ ...outage, lost: { down: 3, all: 13 } }).values.lost).toBe('3/13')
})

it('what is about the platform belongs to the SOC itself', () => {
  expect(builtIn.storeAway({ at: START, since: START, reason: 'x' }).unit).toBe('H57.soc')
})

it('a silence that was told is known after a restart, open or closed, and the next silence is another', () => {
  const silence = (lastReceivedAt: number, sender = 's1') =>
    builtIn.silentSource({ at: START, sender, name: 'Máy chủ', unit: '19849', origin: 'real', lastReceivedAt })
  const bench = testBench()
  const first = silence(START - 60_000)
  const { fingerprint } = first
  expect(fingerprint).toBe(builtInFingerprint('soc.silent_source', 's1', '19849', 'real'))
  expect(silence(START).fingerprint).toBe(fingerprint)
  expect(bench.alerts.hasOpen(fingerprint)).toBe(false)
  expect(bench.alerts.lastValues(fingerprint)).toBeUndefined()

  bench.alerts.raise(first)
  expect(bench.alerts.hasOpen(fingerprint)).toBe(true)
  expect(bench.alerts.hasOpen(silence(START, 's2').fingerprint)).toBe(false)
  expect(bench.alerts.lastValues(fingerprint)?.[LAST_RECEIVED]).toBe(String(START - 60_000))

  bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'archive' } }, actor)
  expect(bench.alerts.hasOpen(fingerprint)).toBe(true)
  bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'benign' } }, actor)
  expect(bench.alerts.hasOpen(fingerprint)).toBe(false)
  expect(bench.alerts.lastValues(fingerprint)).toEqual(first.values)

  // Closed for more than an hour: the next silence has an alert of its own, and its values are the newest.
  bench.clock.advance(3_600_001)
  bench.alerts.raise(silence(START + 5))
  expect(bench.alerts.detail('CB-0002')?.previous).toBe('CB-0001')
  expect(bench.alerts.lastValues(fingerprint)?.[LAST_RECEIVED]).toBe(String(START + 5))
})

it('asking for a fingerprint reads an index, not the table', () => {
  const { control } = testBench()
  const plan = (text: string) =>
    control
      .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, 'x')
      .map((step) => step.detail)
      .join('; ')
  expect(plan(`SELECT 1 FROM alerts WHERE fingerprint = ? AND status <> 'closed'`)).toMatch(/USING .*INDEX alerts_open/)
  expect(plan('SELECT MAX(seq) FROM alerts WHERE fingerprint = ?')).toMatch(/COVERING INDEX alerts_by_fingerprint/)
})
