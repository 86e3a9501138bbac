import { HOUR_MS } from '#core/time.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TaskDetail, TaskList, TaskSuggestion } from '#core/api/tasks.ts'
import { CITIZEN, FOREIGN, OWN, START, type Person } from '#testing/console.ts'
import { taskTest, type TaskTest } from '#testing/tasks.ts'
import { hostileFold } from '#testing/triage.ts'

let t: TaskTest
beforeEach(() => {
  t = taskTest()
})
afterEach(() => t.close())

const get = (url: string, person: Person) => t.app.inject({ url, headers: person.headers })
const post = (url: string, person: Person, payload: object) =>
  t.app.inject({ method: 'POST', url, headers: person.headers, payload })
const alert = () => t.parts.alerts.detail(t.world.ids.own)!
const acts = () => alert().timeline.map(({ act }) => act)
const stories = () => acts().filter((act) => act.startsWith('task.'))
const rungs = () => t.announced.map(({ key }) => key.replace('task:NV-0001:', ''))

describe('a request', () => {
  it('is suggested from its alert: words, steps a clerk can follow, a deadline, the first contact', async () => {
    const answer = await get(`/api/task-suggestion?alerts=${t.world.ids.own}`, t.analyst)
    expect(answer.statusCode).toBe(200)
    const { draft, contacts, message } = answer.json<TaskSuggestion>()
    expect(draft).toMatchObject({ unit: OWN, alerts: [t.world.ids.own], contact: 'c1' })
    expect(draft.deadline).toBe(t.parts.clock.now() + 4 * HOUR_MS)
    expect(draft.steps.length).toBeGreaterThan(2)
    expect(contacts.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3'])
    expect(message.body.vi).toContain('không cần tài khoản')
    expect(answer.body).not.toContain(CITIZEN)
  })

  it('is sent once, lets its alert wait, and is told in the story', async () => {
    const { task, entries } = await t.ask()
    expect(task).toMatchObject({
      id: 'NV-0001',
      state: 'sent',
      alerts: [t.world.ids.own],
      contact: { name: 'Đầu mối một' }
    })
    expect(entries.map(({ kind }) => kind)).toEqual(['sent'])
    expect(alert().alert.status).toBe('waiting')
    expect(alert().timeline).toContainEqual(expect.objectContaining({ act: 'task.sent', unit: OWN }))
    const [message] = t.announced
    expect(message).toMatchObject({
      key: 'task:NV-0001:sent:1',
      subject: 'task:NV-0001',
      code: 'NV-0001',
      to: [{ kind: 'unit', unit: OWN, contact: 'c1' }]
    })
    expect(message!.link).toMatch(/^\/t\/[\w-]{43}$/)
  })

  it('pressed twice is one task and one message; a minute later it is another', async () => {
    const what = { vi: 'Có người dò được mật khẩu.', en: '' }
    const first = await t.ask({ what })
    expect((await t.ask({ what })).task.id).toBe(first.task.id)
    expect(t.announced).toHaveLength(1)
    t.parts.clock.advance(60_000)
    expect((await t.ask({ what })).task.id).toBe('NV-0002')
  })

  it('leaves the house without what happened, names or addresses', async () => {
    await t.ask({ what: { vi: 'Tài khoản quantri từ 203.0.113.9', en: '' } })
    const { link: _link, ...message } = t.announced[0]!
    expect(JSON.stringify(message)).not.toMatch(/quantri|203\.0|Cổng thông tin/)
  })

  it('stands or falls as one: a message that cannot be written leaves no task', async () => {
    t.parts.notifications.announce = () => {
      throw new Error('the outbox is full')
    }
    await expect(t.ask()).rejects.toThrow()
    expect(t.parts.control.sql('SELECT count(*) AS n FROM tasks').get()).toEqual({ n: 0 })
    expect(t.parts.control.sql('SELECT count(*) AS n FROM task_links').get()).toEqual({ n: 0 })
  })

  it.each([
    ['a deadline in the past', { deadline: 1 }, 422],
    ['a deadline in a year', { deadline: Date.UTC(2025, 1, 1) }, 422],
    ['a contact of another unit', { contact: 'nobody' }, 422],
    ['no alert and no incident', { alerts: [] }, 422],
    ['an alert that does not exist', { alerts: ['none'] }, 404],
    ['six steps', { steps: Array.from({ length: 6 }, () => ({ vi: 'x', en: '' })) }, 400],
    ['an empty sentence', { what: { vi: '', en: '' } }, 400],
    ['a unit that does not exist', { unit: '99999' }, 422]
  ])('with %s is refused', async (_what, more, status) => {
    await expect(t.ask(more)).rejects.toThrow()
    const answer = await post('/api/tasks', t.analyst, {
      unit: OWN,
      alerts: [t.world.ids.own],
      incident: null,
      title: { vi: 'x', en: '' },
      what: { vi: 'x', en: '' },
      steps: [{ vi: 'x', en: '' }],
      deadline: t.parts.clock.now() + HOUR_MS,
      contact: null,
      ...more
    })
    expect(answer.statusCode).toBe(status)
  })
})

describe('rights', () => {
  it('an owner sees and answers the tasks of its own units only, and never the links', async () => {
    await t.ask()
    await t.ask({ unit: FOREIGN, alerts: [t.world.ids.foreign], contact: null })
    const owner = t.person('owner', [OWN])
    const { items, counts } = (await get('/api/tasks', owner)).json<TaskList>()
    expect([items.map(({ id }) => id), counts]).toEqual([['NV-0001'], { open: 1, overdue: 0 }])
    expect((await get('/api/tasks/NV-0001', owner)).json<TaskDetail>().links).toEqual([])
    expect((await get('/api/tasks/NV-0001', t.analyst)).json<TaskDetail>().links).toHaveLength(1)
    expect((await get('/api/tasks/NV-0002', owner)).statusCode).toBe(404)
    expect((await post('/api/tasks/NV-0002/answers', owner, { kind: 'done' })).statusCode).toBe(404)
    expect((await post('/api/tasks/NV-0001/answers', owner, { kind: 'doing' })).json()).toMatchObject({
      task: { state: 'doing' },
      links: []
    })
    expect((await post('/api/tasks/NV-0001/acts', owner, { kind: 'withdraw' })).statusCode).toBe(403)
    expect((await post('/api/tasks', owner, {})).statusCode).toBe(403)
  })

  it('an auditor reads, a leader sees nothing, and an analyst of one unit asks nobody else', async () => {
    await t.ask()
    expect((await get('/api/tasks', t.person('auditor'))).statusCode).toBe(200)
    expect((await post('/api/tasks/NV-0001/answers', t.person('auditor'), { kind: 'done' })).statusCode).toBe(403)
    expect((await get('/api/tasks', t.person('leader'))).statusCode).toBe(403)
    const own = t.person('analyst', [OWN])
    expect((await get(`/api/task-suggestion?alerts=${t.world.ids.foreign}`, own)).statusCode).toBe(404)
    const draft = {
      unit: FOREIGN,
      alerts: [t.world.ids.own],
      incident: null,
      title: { vi: 'x', en: '' },
      what: { vi: 'x', en: '' },
      steps: [{ vi: 'x', en: '' }],
      deadline: t.parts.clock.now() + HOUR_MS,
      contact: null
    }
    expect((await post('/api/tasks', own, draft)).statusCode).toBe(404)
  })
})

describe('the life of a task', () => {
  it.each(['done', 'not_ours'] as const)('%s ends it, stops the messages and gives the alert back', async (kind) => {
    await t.ask()
    const owner = t.person('owner', [OWN])
    await post('/api/tasks/NV-0001/answers', owner, { kind: 'doing' })
    const { task } = (await post('/api/tasks/NV-0001/answers', owner, { kind, text: 'rồi' })).json<TaskDetail>()
    expect(task).toMatchObject({ state: kind, endedAt: t.parts.clock.now() })
    expect(alert().alert).toMatchObject({ status: 'acknowledged', escalated: true, assignee: { id: t.analyst.id } })
    expect(alert().timeline).toContainEqual(
      expect.objectContaining({ act: 'alert.given_back', params: { task: 'NV-0001', state: kind } })
    )
    expect(stories()).toEqual(expect.arrayContaining(['task.sent', 'task.doing', `task.${kind}`]))
    expect(t.acknowledged).toContain('task:NV-0001')
    expect(t.announced.at(-1)).toMatchObject({ subject: 'task:NV-0001:soc', link: '/tasks/NV-0001' })
    expect((await post('/api/tasks/NV-0001/answers', owner, { kind: 'doing' })).statusCode).toBe(409)
    t.parts.clock.advance(10 * HOUR_MS)
    expect(t.parts.tasks.tick()).toBe(0)
  })

  it('saying the same twice leaves one entry, and work begun is not taken back by a late “received”', async () => {
    await t.ask()
    const owner = t.person('owner', [OWN])
    for (const kind of ['doing', 'doing', 'received']) await post('/api/tasks/NV-0001/answers', owner, { kind })
    const { task, entries } = (await get('/api/tasks/NV-0001', owner)).json<TaskDetail>()
    expect([task.state, entries.map(({ kind }) => kind)]).toEqual(['doing', ['sent', 'doing']])
  })

  it('a question goes to the desk, its answer goes back with a link', async () => {
    await t.ask()
    await post('/api/tasks/NV-0001/answers', t.person('owner', [OWN]), { kind: 'question', text: 'Máy nào?' })
    expect(t.announced.at(-1)).toMatchObject({ to: [{ kind: 'user', userId: t.analyst.id }, { kind: 'duty' }] })
    expect((await get('/api/tasks/NV-0001', t.analyst)).json()).toMatchObject({ task: { questions: 1 } })
    t.parts.clock.advance(1000)
    const answered = await post('/api/tasks/NV-0001/acts', t.analyst, { kind: 'answer', text: 'Máy ở bộ phận một cửa' })
    expect(answered.json()).toMatchObject({ detail: { task: { questions: 0 } }, link: null })
    expect(t.announced.at(-1)).toMatchObject({
      title: { vi: 'NV-0001: SOC đã trả lời Phường Tây Lộc' },
      link: /^\/t\//
    })
  })

  it('a fresh link ends the older ones and is shown to who asked for it, once, on record', async () => {
    await t.ask()
    const old = t.token()
    const answer = await post('/api/tasks/NV-0001/acts', t.analyst, { kind: 'link', show: true })
    const { link } = answer.json<{ link: string }>()
    expect(link).toMatch(/^\/t\/[\w-]{43}$/)
    expect((await t.app.inject({ url: `/api/task-links/${old}` })).statusCode).toBe(404)
    expect((await t.app.inject({ url: `/api/task-links/${link.slice(3)}` })).statusCode).toBe(200)
    const audited = t.parts.control.sql("SELECT params FROM audit WHERE act = 'task.link'").get()
    expect(audited).toEqual({ params: '{"shown":true}' })
  })

  it('done too early is asked again: new deadline, new message, the alert waits again', async () => {
    await t.ask()
    await post('/api/tasks/NV-0001/answers', t.person('owner', [OWN]), { kind: 'done' })
    const deadline = t.parts.clock.now() + 2 * HOUR_MS
    const again = await post('/api/tasks/NV-0001/acts', t.analyst, { kind: 'reopen', deadline, text: 'Trang vẫn còn' })
    expect(again.json()).toMatchObject({ detail: { task: { state: 'sent', deadline, endedAt: null } } })
    expect(acts().filter((act) => act === 'alert.waiting')).toHaveLength(2)
    expect(alert().alert.status).toBe('waiting')
  })

  it('a demonstration that ends takes its tasks along', async () => {
    const fold = { ...hostileFold('played', OWN, 'high', START), origin: 'demonstration' as const }
    t.parts.alerts.raise(fold)
    const { alert: played } = t.parts.alerts.alertOf(fold.fingerprint)!
    await t.ask({ alerts: [played] })
    // Form and phone page say what it is.
    const suggested = await get(`/api/task-suggestion?alerts=${played}`, t.analyst)
    expect(suggested.json<TaskSuggestion>().origin).toBe('demonstration')
    expect((await t.app.inject({ url: `/api/task-links/${t.token()}` })).json()).toMatchObject({
      origin: 'demonstration'
    })
    expect(await t.parts.tasks.forget('demonstration')).toBe(1)
    for (const table of ['tasks', 'task_links', 'task_entries', 'task_alerts'])
      expect(t.parts.control.sql(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 })
    expect((await t.ask()).task.id).toBe('NV-0002')
  })
})

describe('reminders', () => {
  const pass = (ms: number) => {
    t.parts.clock.advance(ms)
    return t.parts.tasks.tick()
  }

  it('come at half time, at the deadline, then to the next contact, then to the head; each once', async () => {
    await t.ask()
    expect(pass(HOUR_MS / 2 - 1)).toBe(0)
    pass(1)
    t.parts.tasks.tick()
    pass(HOUR_MS / 2)
    pass(HOUR_MS / 4)
    pass(HOUR_MS / 4)
    for (let hour = 0; hour < 48; hour++) pass(HOUR_MS)
    expect(rungs()).toEqual(['sent:1', 'half:1', 'due:1', 'soc:overdue:1', 'next:1', 'head:1'])
    const to = (rung: string) => t.announced.find(({ key }) => key.endsWith(`${rung}:1`))!.to
    expect([to('half'), to('due'), to('next'), to('head')]).toEqual(
      ['c1', 'c1', 'c2', 'c3'].map((contact) => [{ kind: 'unit', unit: OWN, contact }])
    )
    expect(stories()).toEqual(['task.sent', 'task.reminder', 'task.reminder', 'task.escalated', 'task.escalated'])
  })

  it('that came due while nothing ran are one message, not four', async () => {
    await t.ask()
    expect(pass(5 * HOUR_MS)).toBe(1)
    expect(rungs()).toEqual(['sent:1', 'head:1', 'soc:overdue:1'])
  })

  it('begin anew with a new deadline, and what an old one would have said is forgotten', async () => {
    await t.ask()
    pass(HOUR_MS / 2)
    const deadline = t.parts.clock.now() + 2 * HOUR_MS
    await post('/api/tasks/NV-0001/acts', t.analyst, { kind: 'extend', deadline })
    pass(HOUR_MS - 1)
    expect(rungs()).toEqual(['sent:1', 'half:1', 'extended:2'])
    pass(1)
    expect(rungs().at(-1)).toBe('half:2')
  })

  it('are neither repeated nor lost when the process dies between announcing and committing', async () => {
    await t.ask()
    t.parts.clock.advance(HOUR_MS / 2)
    const { tell } = t.parts.alerts
    t.parts.alerts.tell = () => {
      throw new Error('killed')
    }
    expect(() => t.parts.tasks.tick()).toThrow('killed')
    expect(t.parts.control.sql('SELECT step FROM tasks').get()).toEqual({ step: 0 })
    t.parts.alerts.tell = tell
    expect(t.parts.tasks.tick()).toBe(1)
    expect(t.parts.tasks.tick()).toBe(0)
    expect(rungs()).toEqual(['sent:1', 'half:1'])
  })
})

it('lists are paged by deadline and filtered by view, alert and incident', async () => {
  for (let n = 0; n < 5; n++) await t.ask({ deadline: t.parts.clock.now() + (5 - n) * HOUR_MS })
  await t.ask({ alerts: [], incident: t.world.ids.ownIncident, deadline: t.parts.clock.now() + 9 * HOUR_MS })
  const page = async (query: string) => (await get(`/api/tasks?${query}`, t.analyst)).json<TaskList>()
  const first = await page('limit=4')
  const second = await page(`limit=4&cursor=${first.cursor}`)
  expect([...first.items, ...second.items].map(({ id }) => Number(id.slice(-1)))).toEqual([5, 4, 3, 2, 1, 6])
  expect(second.cursor).toBeNull()
  expect((await page(`view=all&incident=${t.world.ids.ownIncident}`)).items.map(({ id }) => id)).toEqual(['NV-0006'])
  t.parts.clock.advance(2 * HOUR_MS + 1)
  expect((await page('view=overdue')).items).toHaveLength(2)
  expect((await get('/api/tasks?cursor=x', t.analyst)).statusCode).toBe(400)
})
