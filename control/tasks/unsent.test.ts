import { HOUR_MS } from '#core/time.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TaskDetail, TaskList } from '#core/api/tasks.ts'
import { tasksAt, isOverdue } from '#control/figures/task-facts.ts'
import { OWN } from '#testing/console.ts'
import { taskTest, type TaskTest } from '#testing/tasks.ts'

let t: TaskTest
beforeEach(() => {
  t = taskTest()
})
afterEach(() => t.close())

const list = async (view: string) =>
  (await t.app.inject({ url: `/api/tasks?view=${view}`, headers: t.analyst.headers })).json<TaskList>()
const detail = async () =>
  (await t.app.inject({ url: '/api/tasks/NV-0001', headers: t.analyst.headers })).json<TaskDetail>()

it('a task to a unit without a contact is not sent, and nobody is late with it on any screen or in any figure', async () => {
  t.parts.control.sql('DELETE FROM contacts').run()
  const { task } = await t.ask({ contact: null, told: false })
  expect(task.unsent).toBe('contacts')
  t.parts.clock.advance(5 * HOUR_MS)
  t.parts.tasks.tick()
  expect((await detail()).entries.map(({ kind }) => kind)).toEqual(['sent'])
  expect((await list('overdue')).items).toEqual([])
  expect((await list('open')).counts).toEqual({ open: 1, overdue: 0 })
  const now = t.parts.clock.now()
  expect(tasksAt(t.parts.control, task.origin, now).filter((fact) => isOverdue(fact, now))).toEqual([])
})

it('the clock runs from when somebody was told, with the time that was meant', async () => {
  t.parts.control.sql('DELETE FROM contacts').run()
  const { task } = await t.ask({ contact: null, told: false })
  t.parts.clock.advance(3 * HOUR_MS)
  t.parts.control.sql(`INSERT INTO contacts (id, unit, role, name) VALUES ('c9', ?, 'CNTT', 'Mới')`).run(OWN)
  const shown = await t.app.inject({
    method: 'POST',
    url: '/api/tasks/NV-0001/acts',
    headers: t.analyst.headers,
    payload: { kind: 'link', show: true }
  })
  expect(shown.statusCode).toBe(200)
  const told = (await detail()).task
  expect(told.unsent).toBe('')
  expect(told.deadline).toBe(task.deadline + 3 * HOUR_MS)
  expect((await list('open')).counts.overdue).toBe(0)
  t.parts.clock.advance(2 * HOUR_MS)
  expect((await list('open')).counts.overdue).toBe(1)
})

it('a message that has reached a person starts the clock', async () => {
  await t.ask({ told: false })
  expect((await detail()).task.unsent).not.toBe('')
  const { control, tasks } = t.parts
  tasks.heard({ subject: 'task:NV-0001', status: 'accepted' })
  expect((await detail()).task.unsent).not.toBe('')
  control
    .sql(
      `INSERT INTO notifications (message_id, announcement_id, step, recipient, name, channel, address, composed_as, status,
         due_at, expires_at, queued_at, changed_at)
       SELECT 'x1', id, 9, 'contact:1', 'A', 'sms', '1', 'sms', 'accepted', 0, 0, 0, 0 FROM announcements WHERE subject = 'task:NV-0001' LIMIT 1`
    )
    .run()
  tasks.heard({ subject: 'task:NV-0001', status: 'accepted' })
  expect((await detail()).task.unsent).toBe('')
})
