import type { AlertAct, AlertActAnswer, AlertRow } from '#core/api/alerts.ts'
import { expect, it, vi } from 'vitest'
import { ApiFailure } from '../api/call.ts'
import { AlertActs } from './alert-acts.svelte.ts'
import { Feed } from '../live/feed.ts'
import { Notices, REACH_MS } from '../shell/notices.svelte.ts'
import { Queue } from './queue.svelte.ts'
import { alertRow } from '../shell/browser.testing.ts'

async function desk() {
  const clock = { now: 50_000 }
  const alerts = [alertRow('CB-0'), alertRow('CB-1'), alertRow('CB-2')]
  const queue = new Queue({
    me: () => 'me',
    inUnit: () => true,
    now: () => clock.now,
    fetch: async () => {
      const counts = {
        new: 3 - server.closed,
        mine: 0,
        waiting: 0,
        escalated: 0,
        archived: 0,
        closed: server.closed,
        all: 3
      }
      return { items: alerts, total: 3, counts, cursor: null }
    }
  })
  const sent: { ids: string[]; act: AlertAct['act'] }[] = []
  const server = {
    refuses: null as ApiFailure | null,
    revision: 1,
    closed: 0,
    deeds: 0,
    idle: false,
    skips: [] as string[]
  }
  await queue.load()
  const actOnAlerts = async ({ ids, act }: AlertAct): Promise<AlertActAnswer> => {
    if (server.refuses) throw server.refuses
    sent.push({ ids, act })
    server.revision += 1
    server.closed = act.kind === 'verdict' ? ids.length : 0
    const status: AlertRow['status'] =
      act.kind === 'verdict'
        ? 'closed'
        : act.kind === 'undo'
          ? 'new'
          : act.kind === 'acknowledge'
            ? 'acknowledged'
            : 'new'
    return {
      alerts: ids.map((id) => alertRow(id, { revision: server.revision, status })),
      incident: null,
      ...(act.kind === 'undo' ? { skipped: server.skips } : server.idle ? {} : { deed: `d${++server.deeds}` })
    }
  }
  const notices = new Notices(() => clock.now)
  const acts = new AlertActs(actOnAlerts, queue, notices, new Feed())
  return { acts, queue, notices, sent, server, clock }
}

it('a repeated alert is judged in two keystrokes and the next one is under the cursor', async () => {
  const { acts, queue, sent } = await desk()
  queue.move(1)
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'false_positive' })
  expect(sent).toEqual([{ ids: ['CB-0'], act: { kind: 'verdict', verdict: 'false_positive' } }])
  expect(queue.rows.map((row) => row.id)).toEqual(['CB-1', 'CB-2'])
  expect(queue.active).toBe('CB-1')
})

it('an acknowledged alert stays, because its reader is just starting', async () => {
  const { acts, queue } = await desk()
  queue.move(1)
  await acts.perform(queue.targets(), { kind: 'acknowledge' })
  expect(queue.rows[0]).toMatchObject({ id: 'CB-0', status: 'acknowledged' })
})

it('z takes the judgement back within half an hour and puts the row where it was', async () => {
  const { acts, queue, notices, sent, clock } = await desk()
  queue.active = 'CB-1'
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'benign' })
  clock.now += REACH_MS - 1
  await notices.undo()
  expect(sent.at(-1)).toEqual({ ids: ['CB-1'], act: { kind: 'undo', deed: 'd1' } })
  expect(queue.rows.map((row) => row.id)).toEqual(['CB-0', 'CB-1', 'CB-2'])
  expect(queue.active).toBe('CB-1')
})

it('after half an hour there is nothing to take back', async () => {
  const { acts, queue, notices, sent, clock } = await desk()
  queue.move(1)
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'benign' })
  clock.now += REACH_MS
  await notices.undo()
  expect(sent).toHaveLength(1)
})

it('a refused act leaves the queue as it was and says why', async () => {
  const { acts, queue, notices, server } = await desk()
  server.refuses = new ApiFailure('access.denied', 403)
  queue.move(1)
  expect(await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'test' })).toBeNull()
  expect(queue.rows).toHaveLength(3)
  expect(notices.current).toMatchObject({ kind: 'failed', text: 'Vai trò của bạn không được làm việc này.' })
})

it('a key held down does not judge twice', async () => {
  const { acts, queue, sent } = await desk()
  queue.move(1)
  const first = acts.perform(queue.targets(), { kind: 'verdict', verdict: 'test' })
  const second = await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'test' })
  await first
  expect(second).toBeNull()
  expect(sent).toHaveLength(1)
})

it('the figures beside the tabs follow an own act and its undo at once', async () => {
  const { acts, queue, notices } = await desk()
  queue.move(1)
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'test' })
  await vi.waitFor(() => expect(queue.counts).toMatchObject({ new: 2, closed: 1 }))
  await notices.undo()
  await vi.waitFor(() => expect(queue.counts).toMatchObject({ new: 3, closed: 0 }))
})

it('a verdict after an undo meets the alert that is shown', async () => {
  const { acts, queue, notices, sent } = await desk()
  queue.move(1)
  queue.show(queue.active)
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'test' })
  await notices.undo()
  expect(queue.shown).toBe('CB-0')
  await acts.perform(queue.targets(), { kind: 'verdict', verdict: 'benign' })
  expect(sent.map((deed) => deed.ids)).toEqual([['CB-0'], ['CB-0'], ['CB-0']])
})

it('z pressed while a judgement is on its way takes back that one, not the one before', async () => {
  const { acts, notices, sent } = await desk()
  await acts.perform(['CB-0'], { kind: 'verdict', verdict: 'true_positive' })
  const judged = acts.perform(['CB-1'], { kind: 'verdict', verdict: 'false_positive' })
  const undone = notices.undo()
  await Promise.all([judged, undone])
  expect(sent.map(({ ids, act }) => [ids[0], act.kind])).toEqual([
    ['CB-0', 'verdict'],
    ['CB-1', 'verdict'],
    ['CB-1', 'undo']
  ])
})

it('a key pressed while an undo is on its way judges nothing: the alert it meant is not back yet', async () => {
  const { acts, notices, sent } = await desk()
  await acts.perform(['CB-0'], { kind: 'verdict', verdict: 'true_positive' })
  const undone = notices.undo()
  await Promise.resolve()
  expect(acts.busy).toBe(true)
  expect(await acts.perform(['CB-1'], { kind: 'verdict', verdict: 'test' })).toBeNull()
  await undone
  expect(sent.map(({ act }) => act.kind)).toEqual(['verdict', 'undo'])
})

it('z takes deeds back one by one, the newest first, and says which', async () => {
  const { acts, notices, sent, clock } = await desk()
  await acts.perform(['CB-0'], { kind: 'verdict', verdict: 'true_positive' })
  clock.now += REACH_MS / 2
  await acts.perform(['CB-1', 'CB-2'], { kind: 'acknowledge' })
  clock.now += REACH_MS / 4
  await notices.undo()
  expect(notices.current?.text).toMatch(/^Đã hoàn tác: .*2/)
  await notices.undo()
  await notices.undo()
  expect(sent.slice(2).map(({ ids, act }) => [ids.length, act])).toEqual([
    [2, { kind: 'undo', deed: 'd2' }],
    [1, { kind: 'undo', deed: 'd1' }]
  ])
})

it('an act that changed nothing or was refused has no way back, and z reaches none before a refused one on its way', async () => {
  const { acts, notices, sent, server } = await desk()
  await acts.perform(['CB-0'], { kind: 'verdict', verdict: 'true_positive' })
  server.idle = true
  await acts.perform(['CB-0'], { kind: 'acknowledge' })
  expect(notices.current?.undo).toBeNull()
  server.refuses = new ApiFailure('access.denied', 403)
  const refused = acts.perform(['CB-1'], { kind: 'acknowledge' })
  await Promise.all([refused, notices.undo()])
  expect(sent.filter(({ act }) => act.kind === 'undo')).toEqual([])
})

it('what an undo left alone is named and does not come back to the list', async () => {
  const { acts, queue, notices, server } = await desk()
  await acts.perform(['CB-0', 'CB-1'], { kind: 'verdict', verdict: 'benign' })
  server.skips = ['CB-1']
  await notices.undo()
  expect(queue.rows.map(({ id }) => id)).toEqual(['CB-0', 'CB-2'])
  expect(notices.current?.text).toContain('CB-1')
})

it('an undo that did not reach the server can be tried again', async () => {
  const { acts, notices, sent, server } = await desk()
  await acts.perform(['CB-0'], { kind: 'verdict', verdict: 'benign' })
  server.refuses = new ApiFailure('network', 0)
  await notices.undo()
  server.refuses = null
  await notices.undo()
  expect(sent.at(-1)).toMatchObject({ act: { kind: 'undo' } })
})
