import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { IncidentRow } from '#core/api/alerts.ts'
import { Feed } from './feed.ts'
import { LiveList, RENEW_MS } from './live-list.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Query = { status: string }
const incident = (id: string, revision = 1) => ({ id, revision }) as IncidentRow

function listOf(rows: IncidentRow[]) {
  const page = vi.fn((_query: Query, _cursor: string | null) =>
    Promise.resolve({ rows, cursor: null as string | null })
  )
  return { page, list: new LiveList<IncidentRow, Query>(() => 1, page) }
}

it('two changes in one payload both reach the rows', async () => {
  const feed = new Feed()
  const { list } = listOf([incident('SC-1'), incident('SC-2'), incident('SC-3')])
  await list.show({ status: 'open' })
  list.listen(feed, { 'incident:changed': (row) => list.put(row) })
  feed.emit('incident:changed', incident('SC-1', 2))
  feed.emit('incident:changed', incident('SC-3', 5))
  expect(list.rows.map(({ revision }) => revision)).toEqual([2, 1, 5])
})

it('an older state of a row never takes the place of a newer one, and an unknown row is left to its page', async () => {
  const { list } = listOf([incident('SC-1', 4)])
  await list.show({ status: 'open' })
  expect(list.put(incident('SC-1', 3))).toBe(true)
  expect(list.rows[0]?.revision).toBe(4)
  expect(list.put(incident('SC-2'))).toBe(false)
  expect(list.rows).toHaveLength(1)
})

it('rows stay while the same query is renewed and go when another one is asked', async () => {
  const { list, page } = listOf([incident('SC-1')])
  await list.show({ status: 'open' })
  const renewed = list.show({ status: 'open' })
  expect([list.rows.length, list.loaded]).toEqual([1, true])
  await renewed
  const other = list.show({ status: 'closed' })
  expect([list.rows.length, list.loaded]).toEqual([0, false])
  await other
  expect(page.mock.calls.map(([query]) => query.status)).toEqual(['open', 'open', 'closed'])
})

it('a burst of pushes brings one renewal, of the query asked last', async () => {
  const feed = new Feed()
  const { list, page } = listOf([incident('SC-1')])
  list.listen(feed, { 'incident:changed': () => list.renewSoon() })
  await list.show({ status: 'open' })
  for (let pushed = 0; pushed < 200; pushed++) feed.emit('incident:changed', incident('SC-1', pushed))
  await list.show({ status: 'closed' })
  await vi.advanceTimersByTimeAsync(RENEW_MS)
  expect(page.mock.calls.map(([query]) => query.status)).toEqual(['open', 'closed', 'closed'])
})

it('after a reconnect the same query is asked again; whoever left asks nothing', async () => {
  const feed = new Feed()
  const { list, page } = listOf([incident('SC-1')])
  const stop = list.listen(feed, { 'incident:changed': () => list.renewSoon() })
  feed.emit('reconnected')
  expect(page).not.toHaveBeenCalled()
  await list.show({ status: 'open' })
  feed.emit('reconnected')
  expect(page).toHaveBeenCalledTimes(2)
  feed.emit('incident:changed', incident('SC-1', 2))
  stop()
  feed.emit('reconnected')
  await vi.advanceTimersByTimeAsync(RENEW_MS)
  expect(page).toHaveBeenCalledTimes(2)
})
