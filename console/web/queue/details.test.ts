import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AlertActAnswer } from '#core/api/alerts.ts'
import { Feed } from '../live/feed.ts'
import { alertRow } from '../shell/browser.testing.ts'
import { Details, RENEW_MS } from './details.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function shown() {
  const feed = new Feed()
  const fetch = vi.fn((id: string) => Promise.resolve({ alert: alertRow(id, { revision: 1 }) } as never))
  const details = new Details(fetch, () => 0)
  const stop = details.listen(feed)
  await details.show('CB-1')
  fetch.mockClear()
  return { feed, fetch, details, stop }
}

it('every push changes the head at once, and a flood of them brings one renewal of the rest', async () => {
  const { feed, fetch, details } = await shown()
  for (let revision = 2; revision < 90; revision++) feed.emit('alert:changed', alertRow('CB-1', { revision }))
  feed.emit('alert:changed', alertRow('CB-2', { revision: 99 }))
  expect(details.remote.value?.alert.revision).toBe(89)
  expect(fetch).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(RENEW_MS)
  expect(fetch).toHaveBeenCalledTimes(1)
})

it('an act on the alert shown renews its story at once, an act on another one does not', async () => {
  const { feed, fetch, stop } = await shown()
  const answer = (id: string) => ({ alerts: [alertRow(id, { revision: 2 })], incident: null }) as AlertActAnswer
  feed.emit('alerts:answered', answer('CB-2'))
  expect(fetch).not.toHaveBeenCalled()
  feed.emit('alerts:answered', answer('CB-1'))
  expect(fetch).toHaveBeenCalledTimes(1)
  stop()
  feed.emit('alerts:answered', answer('CB-1'))
  feed.emit('reconnected')
  await vi.advanceTimersByTimeAsync(RENEW_MS)
  expect(fetch).toHaveBeenCalledTimes(1)
})
