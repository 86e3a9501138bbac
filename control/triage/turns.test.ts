import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { Announcement } from '#core/notification.ts'
import { createAlerts } from './alerts.ts'
import { actor, inventory, sampleFold, START, closing } from '#testing/folds.ts'
import { openControl } from '#control/database/control.ts'
import { announceTurn, tellAnswer } from './turns.ts'

function bench() {
  const control = openControl(':memory:')
  control
    .sql(`INSERT INTO users (id, username, name, role, password, created_at) VALUES ('u1', 'u1', ?, 'analyst', '', 0)`)
    .run(actor.name)
  const announced: Announcement[] = []
  const acknowledged: string[] = []
  let failing = false
  const notifier = {
    announce(announcement: Announcement) {
      if (failing) throw new Error('outbox is full')
      announced.push(announcement)
    },
    acknowledge: (subject: string) => acknowledged.push(subject),
    forget: () => undefined
  }
  const alerts = createAlerts({
    control,
    inventory,
    clock: manualClock(START),
    onTurn: (turn) => announceTurn(notifier, turn)
  })
  return { alerts, announced, acknowledged, fail: () => (failing = true) }
}

it('a critical incident wakes the roster once, without a word that must not leave the house', () => {
  const { alerts, announced } = bench()
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.77' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.77' }))
  expect(announced).toMatchObject([
    { priority: 1, escalates: true, code: 'VL-0001', subject: 'incident:VL-0001', to: [{ kind: 'duty' }] }
  ])
  expect(JSON.stringify(announced)).not.toMatch(/203\.0\.113|rule-a/)
  expect(announced[0]!.title.vi).toBe('Sự cố mới mức nghiêm trọng: Xã Phong Thu (Phong Điền)')
})

it('taking it up, by the incident or by its alert, stops the waking; closing it is told to those who heard of it', () => {
  const { alerts, announced, acknowledged } = bench()
  alerts.raise(sampleFold({ level: 'critical' }))
  alerts.act({ ids: ['CB-0001'], act: { kind: 'acknowledge' } }, actor)
  expect(acknowledged).toEqual(['incident:VL-0001'])
  alerts.actOnIncident('VL-0001', { kind: 'assign', userId: 'u1' }, actor)
  expect(acknowledged).toEqual(['incident:VL-0001', 'incident:VL-0001'])
  alerts.actOnIncident('VL-0001', closing, actor)
  expect(announced.at(-1)).toMatchObject({ resolves: { as: 'over' }, escalates: false, priority: 3 })
})

it('merging is told to those who were told, and wakes nobody any more; unmerging begins anew', () => {
  const { alerts, announced, acknowledged } = bench()
  alerts.raise(sampleFold({ level: 'critical' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.8', unit: '19852' }))
  expect(announced.map(({ code }) => code)).toEqual(['VL-0001', 'VL-0002'])
  alerts.actOnIncident('VL-0001', { kind: 'merge', from: 'VL-0002' }, actor)
  expect(acknowledged).toEqual([])
  expect(announced.at(-1)).toMatchObject({
    subject: 'incident:VL-0001',
    to: [],
    resolves: { as: 'merged', subject: 'incident:VL-0002' }
  })
  expect(alerts.incident('VL-0002')?.clocks).toEqual([])
  expect(alerts.incident('VL-0001')?.clocks).not.toEqual([])
  alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0002' }, actor)
  expect(announced).toHaveLength(4)
  expect(announced.at(-1)).toMatchObject({ subject: 'incident:VL-0002', escalates: true })
  expect(alerts.incident('VL-0002')?.incident.status).toBe('new')
  expect(alerts.incident('VL-0002')?.clocks).not.toEqual([])
  alerts.actOnIncident('VL-0002', closing, actor)
  expect(announced.at(-1)).toMatchObject({ code: 'VL-0002', resolves: { as: 'over' } })
})

it('what cannot be announced does not happen: outbox and incident are one transaction', () => {
  const { alerts, fail } = bench()
  fail()
  expect(() => alerts.raise(sampleFold({ level: 'critical' }))).toThrow('outbox is full')
  expect(alerts.incidents({ scope: undefined, limit: 10 }).total).toBe(0)
})

it('an answer in a chat stands in the story of the incident; one about nothing known is passed over', () => {
  const { alerts } = bench()
  alerts.raise(sampleFold({ level: 'critical' }))
  tellAnswer(alerts, 'incident:VL-0001', 'Người trực 2')
  tellAnswer(alerts, 'incident:VL-9999', 'Người trực 2')
  tellAnswer(alerts, 'task:NV-0001', 'Người trực 2')
  expect(alerts.incident('VL-0001')!.timeline.at(-1)).toMatchObject({
    act: 'incident.heard',
    params: { by: 'Người trực 2' }
  })
})
