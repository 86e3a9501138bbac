import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { Announcement } from '#core/notification.ts'
import { createAlerts } from './alerts.ts'
import { actor, inventory, sampleFold, START } from '#testing/folds.ts'
import { openControl } from '#control/database/control.ts'
import { handOver } from './handover.ts'
import { createNotifiedOf } from './notified.ts'
import { outageSystemsOf } from './outage-systems.ts'

function bench() {
  const control = openControl(':memory:')
  control
    .sql(`INSERT INTO users (id, username, name, role, password, created_at) VALUES ('u1', 'u1', ?, 'analyst', '', 0)`)
    .run(actor.name)
  const alerts = createAlerts({ control, inventory, clock: manualClock(START) })
  const said: Announcement[] = []
  const begin = () =>
    handOver(
      { alerts, notifier: { announce: (announcement) => said.push(announcement) } },
      { key: '2026-11-23:late', name: 'Ca B', users: ['b1', 'b2'] }
    )
  return { control, alerts, said, begin }
}

it('a shift that begins is told what is open in one message for each origin, the gravest first, and no address', () => {
  const { alerts, said, begin } = bench()
  begin()
  expect(said).toEqual([])
  alerts.raise(sampleFold({ level: 'high', entity: '203.0.113.9' }))
  alerts.raise(sampleFold({ level: 'high', entity: '203.0.113.9', rule: 'rule-b' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.77', unit: '19852' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.5', origin: 'demonstration' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.6', unit: '19918' }))
  alerts.actOnIncident('VL-0004', { kind: 'assign', userId: 'u1' }, actor)
  begin()
  expect(said.map(({ origin, to }) => [origin, to.length])).toEqual([
    ['real', 2],
    ['demonstration', 2]
  ])
  const [real, shown] = said
  expect(real!.title.vi).toBe('Nhận ca Ca B: 3 sự cố đang mở')
  const lines = real!.body.vi.split('\n')
  expect(lines.map((line) => /P\d VL-\d+/.exec(line)?.[0].slice(0, 2))).toEqual(['P1', 'P1', 'P2'])
  expect(real!.body.vi).toContain(`(${actor.name})`)
  expect(real!.body.vi).toContain('(chưa ai nhận)')
  expect(JSON.stringify(said)).not.toMatch(/203\.0\.113/)
  expect(shown!.body.vi.split('\n')).toHaveLength(1)
})

it('planned work rests what is only about its systems, and silences nothing else', () => {
  const { control, alerts } = bench()
  const outage = sampleFold({ level: 'critical', rule: 'soc.outage', entity: 'ndxp' })
  alerts.raise({ ...outage, values: { ...outage.values, 'soc.system': 'ndxp' } })
  expect(outageSystemsOf(control, 'incident:VL-0001')).toEqual(['ndxp'])
  expect(outageSystemsOf(control, 'task:NV-0001')).toEqual([])
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.7' }))
  expect(alerts.incident('VL-0001')!.alerts).toHaveLength(2)
  expect(outageSystemsOf(control, 'incident:VL-0001')).toEqual([])
})

it('only people count as told; a program that has it is named as one, and its closing is nobody’s answer', () => {
  const { control } = bench()
  const notifiedOf = createNotifiedOf(control, inventory)
  control
    .sql(
      `INSERT INTO announcements (id, key, at, topic, priority, origin, subject, unit, code, title, body, link, audience, ended_at, ended_code)
       VALUES (1, 'k', 1, 'incident', 1, 'real', 'incident:VL-0001', '', '', '{}', '{}', '', '[]', 9, 'over')`
    )
    .run()
  const row = (name: string, recipient: string, channel: string, sent: number) =>
    control
      .sql(
        `INSERT INTO notifications (message_id, announcement_id, step, recipient, name, channel, address, composed_as, status,
           due_at, expires_at, queued_at, changed_at, sent_at) VALUES (?, 1, 0, ?, ?, ?, '', ?, 'delivered', 0, 0, 0, 0, ?)`
      )
      .run(name, recipient, name, channel, channel, sent)
  expect(notifiedOf('VL-0001')).toBe(null)
  row('Webhook', 'webhook', 'webhook', 5)
  expect(notifiedOf('VL-0001')).toEqual({ to: 'Webhook', at: 5, acknowledgedAt: null, machine: true })
  row('Người trực', 'user:u1', 'sms', 7)
  expect(notifiedOf('VL-0001')).toEqual({ to: 'Người trực', at: 7, acknowledgedAt: null })
  control.sql('UPDATE announcements SET acknowledged_at = 8').run()
  expect(notifiedOf('VL-0001')?.acknowledgedAt).toBe(8)
})
