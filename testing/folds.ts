import { manualClock } from '#core/clock.ts'
import type { EcsEvent, JsonObject } from '#core/event.ts'
import { stableHash } from '#core/ids.ts'
import type { Evidence, Level, MatchBatch, MatchFold } from '#core/match.ts'
import { loadInventory } from '#province/load.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { readsOver } from '#control/database/reads.ts'
import { createAlerts, type Changed } from '#control/triage/alerts.ts'

/** What the tests of this folder stand on: an empty control database, a clock of their own, and made-up matches. */

export const inventory = loadInventory('2023-11-30')
/** 15/10/2023 02:00 in Huế. */
export const START = Date.UTC(2023, 9, 14, 19, 0, 0)
export const SPOOL = 'spool-of-tests'

/** The same database, with the text of every statement that was asked for since. */
export function countingControl(control: Control): { control: Control; asked: string[] } {
  const asked: string[] = []
  const sql: Control['sql'] = (text) => {
    asked.push(text)
    return control.sql(text)
  }
  return { control: { ...control, ...readsOver(sql) }, asked }
}

export function testBench(path = ':memory:', control = openControl(path)) {
  const clock = manualClock(START)
  const pushed: Changed[] = []
  for (const [id, name] of [
    ['u1', 'Người trực 1'],
    ['u2', 'Người trực 2']
  ] as const) {
    control
      .sql(
        `INSERT OR IGNORE INTO users (id, username, name, role, password, created_at) VALUES (?, ?, ?, 'analyst', '', 0)`
      )
      .run(id, id, name)
  }
  const alerts = createAlerts({ control, inventory, clock, onChange: (changed) => pushed.push(changed) })
  return { control, clock, alerts, pushed }
}
export type Bench = ReturnType<typeof testBench>
export const actor = { id: 'u1', name: 'Người trực 1' }
/** Closes an incident, with all that it takes. */
export const closing = {
  kind: 'status',
  status: 'closed',
  verdict: 'true_positive',
  conclusion: 'Đã cô lập máy chủ và thay mật khẩu.'
} as const
export const colleague = { id: 'u2', name: 'Người trực 2' }

export type FoldOptions = Partial<{
  rule: string
  level: Level
  entity: string
  unit: string
  origin: MatchFold['origin']
  count: number
  correlated: boolean
  fresh: number
  firstSeen: number
  lastSeen: number
  receivedAt: number
  events: string[]
  values: Record<string, string>
  version: string
}>

/** A fold as the detector makes them: by default one match of a medium rule on one address at one commune, now. */
export function sampleFold(options: FoldOptions = {}, at = START): MatchFold {
  const rule = options.rule ?? 'rule-a'
  const entity = options.entity ?? '203.0.113.7'
  const unit = options.unit ?? '19849'
  const origin = options.origin ?? 'real'
  const lastSeen = options.lastSeen ?? at
  return {
    fingerprint: stableHash([rule, entity, unit, origin]),
    rule: {
      id: rule,
      version: options.version ?? 'v1',
      title: { vi: `Luật ${rule}`, en: `Rule ${rule}` },
      level: options.level ?? 'medium',
      tags: ['attack.t1110.001'],
      sentence: {
        vi: '{count} lần đăng nhập sai vào {host.name} từ {source.ip}',
        en: '{count} failed log-ins on {host.name} from {source.ip}'
      },
      falsePositives: []
    },
    origin,
    unit,
    senders: ['sender-1'],
    entity: { key: entity, fields: { 'source.ip': entity } },
    count: options.count ?? 1,
    correlated: options.correlated ?? false,
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    firstSeen: options.firstSeen ?? lastSeen,
    lastSeen,
    receivedAt: options.receivedAt ?? at,
    matchedAt: at,
    evidence: (options.events ?? []).map((id) => sampleEvidence(sampleEvent(id, lastSeen, unit))),
    values: options.values ?? { 'source.ip': entity, 'host.name': 'cong-thong-tin' }
  }
}

/** An event as evidence: encoded, with one field that matched. */
export function sampleEvidence(event: EcsEvent): Evidence {
  return {
    eventId: event.event.id,
    time: Date.parse(event['@timestamp']),
    createdAt: Date.parse(event.event.created),
    json: JSON.stringify(event),
    matched: [{ selection: 'selection', field: 'event.outcome', value: 'failure' }]
  }
}

/** Adds fields to the events that a fold shows. */
export function addToEvidence(fold: MatchFold, fields: JsonObject): void {
  for (const evidence of fold.evidence)
    evidence.json = JSON.stringify({ ...(JSON.parse(evidence.json) as EcsEvent), ...fields })
}

export function sampleEvent(id: string, at: number, unit = '19849'): EcsEvent {
  return {
    '@timestamp': new Date(at).toISOString(),
    event: { id, created: new Date(at + 5).toISOString(), kind: 'event', original: `dòng nhật ký ${id}` },
    organization: { id: unit, name: 'Xã Phong Thu' },
    soc: {
      origin: 'real',
      sender: 'sender-1',
      sender_unit: unit,
      listener: 'syslog-tcp',
      peer: '192.0.2.1:514',
      parser: 'linux-auth'
    }
  }
}

export function sampleBatch(from: number, to: number, folds: MatchFold[], checkpoint?: Uint8Array): MatchBatch {
  return {
    partition: 0,
    from,
    to,
    folds,
    exchanges: [],
    activity: [],
    sent: [],
    ...(checkpoint === undefined ? {} : { checkpoint })
  }
}
