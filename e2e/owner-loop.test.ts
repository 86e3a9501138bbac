import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTasks, type Tasks } from '#control/tasks/tasks.ts'
import { createNotifiedOf } from '#control/triage/notified.ts'
import { readConfig } from '#core/config.ts'
import type { Announcement } from '#core/notification.ts'
import { actor, inventory, sampleBatch, sampleFold, SPOOL, testBench, type Bench } from '#testing/folds.ts'

/** The owner's loop with the real alerts and incidents: what waits, what comes back, and what their stories tell. */
const UNIT = '19849'
let bench: Bench
let tasks: Tasks
let sent: Announcement[]

beforeEach(() => {
  bench = testBench()
  sent = []
  tasks = createTasks({
    ...bench,
    inventory,
    config: readConfig({}),
    notifier: { announce: (one) => void sent.push(one), acknowledge: () => 0, forget: () => undefined },
    changed: () => undefined
  })
  bench.alerts.commit(sampleBatch(0, 0, [sampleFold({ level: 'critical', events: ['e1'] })]), SPOOL)
})
afterEach(() => bench.control.close())

const ask = () => {
  const { draft } = tasks.suggest({ alerts: ['CB-0001'], incident: null })
  return tasks.send(draft, actor).task
}
const alert = () => bench.alerts.detail('CB-0001')!
const incident = () => bench.alerts.incident('VL-0001')!
const taskActs = (entries: { act: string }[]) => entries.map(({ act }) => act).filter((act) => act.startsWith('task.'))

it('an alert and its incident wait for the unit and come back with its answer, told in both stories', () => {
  const task = ask()
  expect(task).toMatchObject({ id: 'NV-0001', unit: { code: UNIT }, incident: 'VL-0001', level: 'critical' })
  expect([alert().alert.status, incident().incident.status]).toEqual(['waiting', 'waiting'])
  const token = sent.at(-1)!.link.slice(3)
  const opened = tasks.desk.open(token, () => undefined)!
  const jar = () => opened.secret
  const doing = tasks.desk.answer(token, jar, { nonce: opened.task.nonce!, kind: 'doing' })!
  expect(alert().alert.status).toBe('waiting')
  tasks.desk.answer(token, jar, { nonce: doing.nonce!, kind: 'done', text: 'Đã đổi mật khẩu' })
  expect(alert().alert).toMatchObject({ status: 'acknowledged', escalated: true, assignee: { id: actor.id } })
  expect(incident().incident.status).toBe('in_progress')
  expect(taskActs(alert().timeline)).toEqual(['task.sent', 'task.doing', 'task.done'])
  expect(taskActs(incident().timeline)).toEqual(['task.sent', 'task.doing', 'task.done'])
  expect(incident().timeline.find(({ act }) => act === 'task.done')).toMatchObject({
    text: 'Đã đổi mật khẩu',
    unit: UNIT
  })
  const escalated = bench.alerts.list({ tab: 'escalated', userId: 'u1', scope: undefined, limit: 10 })
  expect(escalated.items.map(({ id }) => id)).toEqual(['CB-0001'])
})

it('what two open tasks ask about waits until both have answered', () => {
  ask()
  bench.clock.advance(60_000)
  ask()
  tasks.answer('NV-0001', { kind: 'not_ours' }, actor)
  expect([alert().alert.status, incident().incident.status]).toEqual(['waiting', 'waiting'])
  tasks.answer('NV-0002', { kind: 'done' }, actor)
  expect([alert().alert.status, incident().incident.status]).toEqual(['acknowledged', 'in_progress'])
})

it('what an analyst has closed meanwhile stays closed', () => {
  ask()
  bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'true_positive' } }, actor)
  tasks.answer('NV-0001', { kind: 'done' }, actor)
  expect(alert().alert.status).toBe('closed')
})

it('a demonstration that ends with open tasks leaves nothing that trips over the missing alerts', async () => {
  bench.alerts.commit(
    sampleBatch(1, 1, [sampleFold({ origin: 'demonstration', level: 'critical', entity: '198.51.100.9' })]),
    SPOOL
  )
  const { draft } = tasks.suggest({ alerts: ['CB-0002'], incident: null })
  tasks.send(draft, actor)
  bench.control.sql('UPDATE tasks SET told_at = created_at').run()
  bench.alerts.endDemonstration()
  bench.clock.advance(3_600_000)
  expect(tasks.tick()).toBe(1)
  expect(await tasks.forget('demonstration')).toBe(1)
})

it('the wall names the unit that was asked about an outage, and when it took it up', () => {
  const toldOf = createNotifiedOf(bench.control, inventory)
  expect(toldOf('VL-0001')).toBeNull()
  ask()
  const at = bench.clock.now()
  expect(toldOf('VL-0001')).toEqual({ to: 'Xã Phong Thu (Phong Điền)', at, acknowledgedAt: null })
  const token = sent.at(-1)!.link.slice(3)
  const opened = tasks.desk.open(token, () => undefined)!
  bench.clock.advance(60_000)
  tasks.desk.answer(token, () => opened.secret, { nonce: opened.task.nonce!, kind: 'doing' })
  expect(toldOf('VL-0001')).toMatchObject({ at, acknowledgedAt: at + 60_000 })
  // Of what began later nobody was told yet.
  expect(toldOf('VL-0001', at + 1)).toBeNull()
})
