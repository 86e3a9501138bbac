import type { AlertList, AlertRow } from '#core/api/alerts.ts'
import { expect, it } from 'vitest'
import { ApiFailure } from '../api/call.ts'
import { FOLLOWED_MAX, HELD_MAX, PAGE, Queue } from './queue.svelte.ts'
import { alertRow } from '../shell/browser.testing.ts'

const counts = { new: 0, mine: 0, waiting: 0, escalated: 0, archived: 0, closed: 0, all: 0 }
const ids = (queue: Queue) => queue.rows.map((row) => row.id)
const many = (from: number, to: number, more: Partial<AlertRow> = {}) =>
  Array.from({ length: to - from }, (_, index) => alertRow(`CB-${from + index}`, more))

/** A queue over a server that holds these alerts in this order. */
function queueOf(alerts: AlertRow[], now = 10_000) {
  const asked: { cursor: string | null; limit: number }[] = []
  const server = { alerts, fails: null as Error | null }
  const queue = new Queue({
    me: () => 'me',
    inUnit: () => true,
    now: () => now,
    fetch: async (_filter, cursor, limit): Promise<AlertList> => {
      asked.push({ cursor, limit })
      if (server.fails) throw server.fails
      const from = Number(cursor ?? 0)
      const next = from + limit
      return {
        items: server.alerts.slice(from, next),
        total: server.alerts.length,
        counts,
        cursor: next < server.alerts.length ? String(next) : null
      }
    }
  })
  return { queue, server, asked }
}

it('new rows wait while somebody looks, and come on top when asked for', async () => {
  const { queue } = queueOf(many(0, 3))
  await queue.load()
  queue.move(1)
  queue.receive(alertRow('CB-9', { lastSeen: 9000 }))
  queue.receive(alertRow('CB-8', { lastSeen: 8000 }))
  expect(ids(queue)).toEqual(['CB-0', 'CB-1', 'CB-2'])
  expect(queue.held.size).toBe(2)
  await queue.reveal()
  expect(ids(queue)).toEqual(['CB-9', 'CB-8', 'CB-0', 'CB-1', 'CB-2'])
  expect(queue.active).toBe('CB-0')
  expect(queue.held.size).toBe(0)
})

it('while nobody’s cursor is on the list, a new row comes in by itself', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.follow = true
  queue.receive(alertRow('CB-9'))
  expect(ids(queue)).toEqual(['CB-9', 'CB-0', 'CB-1'])
  expect(queue.total).toBe(3)
})

it('a screen on the wall does not grow for ever', async () => {
  const { queue } = queueOf([])
  await queue.load()
  queue.follow = true
  for (const alert of many(0, FOLLOWED_MAX + HELD_MAX + 5)) queue.receive(alert)
  expect(queue.rows.length).toBe(FOLLOWED_MAX)
  expect(queue.held.size).toBe(HELD_MAX)
  expect(queue.heldOverflow).toBe(true)
})

it('after an overflow the waiting rows are fetched, not guessed', async () => {
  const { queue, server, asked } = queueOf(many(0, 2))
  await queue.load()
  for (const alert of many(10, 10 + HELD_MAX + 1)) queue.receive(alert)
  server.alerts = [...many(10, 12), ...many(0, 2)]
  await queue.reveal()
  expect(ids(queue)).toEqual(['CB-10', 'CB-11', 'CB-0', 'CB-1'])
  expect(asked).toHaveLength(2)
  expect(queue.heldOverflow).toBe(false)
})

it('a known row changes in place and an older push never replaces a newer one', async () => {
  const { queue } = queueOf(many(0, 2, { revision: 5 }))
  await queue.load()
  queue.receive(alertRow('CB-1', { revision: 6, count: 60 }))
  queue.receive(alertRow('CB-1', { revision: 4, count: 40 }))
  expect(queue.rows[1]?.count).toBe(60)
})

it('a count that grows far down the list is not news', async () => {
  const { queue } = queueOf(many(0, PAGE + 50))
  await queue.load()
  queue.receive(alertRow(`CB-${PAGE + 20}`, { revision: 2, count: 99, raisedAt: 2000 }))
  expect(queue.held.size).toBe(0)
  queue.receive(alertRow('CB-9999', { raisedAt: 11_000 }))
  expect([...queue.held.keys()]).toEqual(['CB-9999'])
})

it('a push that does not fit the tab is not held, and a held row that no longer fits goes', async () => {
  const { queue } = queueOf(many(0, 1))
  await queue.load()
  queue.receive(alertRow('CB-7', { status: 'closed' }))
  expect(queue.held.size).toBe(0)
  queue.receive(alertRow('CB-8'))
  queue.receive(alertRow('CB-8', { revision: 2, status: 'acknowledged' }))
  expect(queue.held.size).toBe(0)
})

it('judged rows leave and the cursor stands on the row that moves up', async () => {
  const { queue } = queueOf(many(0, 5))
  await queue.load()
  queue.active = 'CB-1'
  const removed = queue.remove(['CB-1'])
  expect(queue.active).toBe('CB-2')
  expect(queue.total).toBe(4)
  queue.restore(removed, [alertRow('CB-1', { revision: 3 })])
  expect(ids(queue)).toEqual(['CB-0', 'CB-1', 'CB-2', 'CB-3', 'CB-4'])
  expect([queue.active, queue.total, queue.rows[1]?.revision]).toEqual(['CB-1', 5, 3])
})

it('a whole selection is judged and taken back at its places, even when the push of it came first', async () => {
  const { queue } = queueOf(many(0, 5))
  await queue.load()
  queue.active = 'CB-3'
  for (const id of ['CB-0', 'CB-1', 'CB-3']) queue.toggle(id)
  const removed = queue.remove(queue.targets())
  expect(ids(queue)).toEqual(['CB-2', 'CB-4'])
  expect([queue.active, queue.selected.size]).toEqual(['CB-4', 0])
  queue.receive(alertRow('CB-1', { revision: 3 }))
  queue.restore(removed, [])
  expect(ids(queue)).toEqual(['CB-0', 'CB-1', 'CB-2', 'CB-3', 'CB-4'])
  expect(queue.held.size).toBe(0)
})

it('the last row judged leaves the cursor on the row above', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.active = 'CB-1'
  queue.remove(['CB-1'])
  expect(queue.active).toBe('CB-0')
  queue.remove(['CB-0'])
  expect(queue.active).toBeNull()
})

it('moving stays on the list, extending selects what it passes', async () => {
  const { queue } = queueOf(many(0, 3))
  await queue.load()
  queue.move(-1)
  expect(queue.active).toBe('CB-2')
  queue.move(1)
  expect(queue.active).toBe('CB-2')
  queue.move(-1, true)
  expect([...queue.selected].sort()).toEqual(['CB-1', 'CB-2'])
  expect(queue.targets()).toHaveLength(2)
})

it('a range is ticked with shift, and ticking all again unticks all', async () => {
  const { queue } = queueOf(many(0, 6))
  await queue.load()
  queue.toggle('CB-1')
  queue.toggle('CB-4', true)
  expect([...queue.selected]).toEqual(['CB-1', 'CB-2', 'CB-3', 'CB-4'])
  await queue.selectAll()
  expect(queue.selected.size).toBe(6)
  await queue.selectAll()
  expect(queue.selected.size).toBe(0)
})

it('the bracket keys follow the entity, past alerts of others', async () => {
  const other = { entity: [{ field: 'host.name', value: 'web-01' }] }
  const { queue } = queueOf([alertRow('CB-0'), alertRow('CB-1', other), alertRow('CB-2')])
  await queue.load()
  queue.active = 'CB-0'
  expect([queue.moveToEntity(1), queue.active]).toEqual([true, 'CB-2'])
  expect([queue.moveToEntity(1), queue.active]).toEqual([false, 'CB-2'])
})

it('pages join without repeating a row that has moved between them', async () => {
  const { queue, server } = queueOf(many(0, PAGE + 10))
  await queue.load()
  server.alerts = [alertRow('CB-new'), ...server.alerts]
  await queue.more()
  expect(new Set(ids(queue)).size).toBe(queue.rows.length)
  expect(queue.complete).toBe(true)
})

it('a refetch after a reconnect covers what was on screen and keeps the cursor', async () => {
  const { queue } = queueOf(many(0, PAGE * 3))
  await queue.load()
  await queue.more()
  queue.active = `CB-${PAGE + 5}`
  await queue.load()
  expect(queue.rows.length).toBe(PAGE * 2)
  expect(queue.active).toBe(`CB-${PAGE + 5}`)
})

it('a failed renewal keeps the old rows and says since when it fails', async () => {
  const { queue, server } = queueOf(many(0, 2))
  await queue.load()
  server.fails = new ApiFailure('network.unreachable', 0)
  await queue.load()
  expect(ids(queue)).toEqual(['CB-0', 'CB-1'])
  expect(queue.failure).toMatchObject({ code: 'network.unreachable', since: 10_000 })
  server.fails = null
  await queue.load()
  expect(queue.failure).toBeNull()
})

it('another tab starts empty, so that no act meets a row of the last one', async () => {
  const { queue } = queueOf(many(0, 3))
  await queue.load()
  queue.toggle('CB-1')
  const loading = queue.load({ ...queue.filter, tab: 'mine' })
  expect([queue.rows.length, queue.selected.size, queue.loaded]).toEqual([0, 0, false])
  await loading
  expect(queue.loaded).toBe(true)
})

it('with the panel open an act is about the alert shown, wherever the cursor was sent from', async () => {
  const { queue } = queueOf(many(0, 4))
  await queue.load()
  queue.move(1)
  queue.show('CB-0')
  expect(queue.targets()).toEqual(['CB-0'])
  queue.move(1)
  expect([queue.shown, queue.active, ...queue.targets()]).toEqual(['CB-1', 'CB-1', 'CB-1'])
  queue.show('CB-77')
  expect([queue.active, ...queue.targets()]).toEqual(['CB-77', 'CB-77'])
})

it('ticked rows come before the alert shown', async () => {
  const { queue } = queueOf(many(0, 4))
  await queue.load()
  queue.show('CB-0')
  queue.toggle('CB-2')
  queue.toggle('CB-3')
  expect(queue.targets()).toEqual(['CB-2', 'CB-3'])
  queue.remove(queue.targets())
  expect([queue.shown, queue.active]).toEqual(['CB-0', 'CB-0'])
})

it('judged with the panel open, cursor and panel move on together and come back together', async () => {
  const { queue } = queueOf(many(0, 3))
  await queue.load()
  queue.show('CB-0')
  const removed = queue.remove(queue.targets())
  expect([queue.shown, queue.active]).toEqual(['CB-1', 'CB-1'])
  queue.restore(removed, [alertRow('CB-0', { revision: 3 })])
  expect([queue.shown, queue.active, ...queue.targets()]).toEqual(['CB-0', 'CB-0', 'CB-0'])
})

it('the only alert judged closes the panel, and taken back it is shown again', async () => {
  const { queue } = queueOf(many(0, 1))
  await queue.load()
  queue.show('CB-0')
  const removed = queue.remove(['CB-0'])
  expect([queue.shown, queue.active, queue.targets().length]).toEqual([null, null, 0])
  queue.restore(removed, [])
  expect([queue.shown, queue.active]).toEqual(['CB-0', 'CB-0'])
})

it('without a panel nothing opens when an act is taken back', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.move(1)
  queue.restore(queue.remove(['CB-0']), [])
  expect([queue.shown, queue.active]).toEqual([null, 'CB-0'])
})

it('an alert shown that is not on the list stays shown after its verdict', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.show('CB-77')
  queue.remove(['CB-77'])
  expect([queue.shown, queue.active]).toEqual(['CB-77', 'CB-77'])
})

it('no act is about a row that nobody sees', async () => {
  const { queue, server } = queueOf(many(0, 2))
  await queue.load()
  queue.move(1)
  server.alerts = many(5, 7)
  await queue.load()
  expect(queue.targets()).toEqual([])
})

it('taken back in another tab, the row does not come onto that tab’s list', async () => {
  const { queue, server } = queueOf(many(0, 2))
  await queue.load()
  const removed = queue.remove(['CB-0'])
  server.alerts = []
  await queue.load({ ...queue.filter, tab: 'waiting' })
  queue.restore(removed, [alertRow('CB-0', { revision: 3 })])
  expect(ids(queue)).toEqual([])
})

it('another filter keeps the alert shown and the cursor on it', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.show('CB-1')
  await queue.load({ ...queue.filter, level: 'high' })
  expect([queue.shown, queue.active]).toEqual(['CB-1', 'CB-1'])
})

it('ticking all takes the rows fetched, and asked again every row of the filter', async () => {
  const { queue } = queueOf(many(0, PAGE + 7))
  await queue.load()
  await queue.selectAll()
  expect([queue.selected.size, queue.total]).toEqual([PAGE, PAGE + 7])
  await queue.selectAll()
  expect(queue.selected.size).toBe(PAGE + 7)
  await queue.selectAll()
  expect(queue.selected.size).toBe(0)
})

it('a row that somebody else took out of the filter goes while nobody stands on the list', async () => {
  const { queue } = queueOf(many(0, 2))
  await queue.load()
  queue.follow = true
  queue.receive(alertRow('CB-1', { status: 'closed', revision: 2 }))
  expect(queue.rows.map(({ id }) => id)).not.toContain('CB-1')
  queue.follow = false
  queue.receive(alertRow('CB-0', { status: 'closed', revision: 2 }))
  expect(queue.rows.map(({ status }) => status)).toContain('closed')
})
