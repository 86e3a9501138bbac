import { createServer, type Server as HttpServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { Server } from 'socket.io'
import { afterEach, expect, it, vi } from 'vitest'
import type { LiveEvents } from '#core/live.ts'
import { alertRow } from '../console/web/shell/browser.testing.ts'
import { connectLive, type LineHandlers } from '../console/web/live/connect.ts'
import { Feed } from '../console/web/live/feed.ts'

const opened: { http: HttpServer; live: Server; close: () => void }[] = []

afterEach(async () => {
  for (const { live, close } of opened.splice(0)) {
    close()
    await live.close()
  }
})

/** A real server of live events, and a browser's feed joined to it over long polling alone. */
async function polling(handlers: Partial<LineHandlers> = {}) {
  const http = createServer()
  const live = new Server<Record<string, never>, LiveEvents>(http, { path: '/live' })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const feed = new Feed()
  const quiet = { connected: () => {}, disconnected: () => {}, refused: () => {} }
  const close = connectLive(
    feed,
    { ...quiet, ...handlers },
    { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, transports: ['polling'], reconnectionDelay: 10 }
  )
  opened.push({ http, live, close })
  return { feed, live }
}

it('two changes in one payload of the polling transport both reach a listener', async () => {
  const { feed, live } = await polling()
  let turn = 0
  const heard: { id: string; turn: number }[] = []
  feed.on({ 'alert:changed': ({ id }) => heard.push({ id, turn }) })
  live.on('connection', (socket) => {
    // The answer to the browser's next poll carries both.
    socket.emit('alert:changed', alertRow('CB-0001'))
    socket.emit('alert:changed', alertRow('CB-0002'))
  })
  while (heard.length < 2) {
    await setImmediate()
    turn += 1
  }
  expect(heard.map(({ id }) => id)).toEqual(['CB-0001', 'CB-0002'])
  // One turn: whoever remembered only the last one pushed would have missed the first.
  expect(heard[0]!.turn).toBe(heard[1]!.turn)
})

it('after an interruption the line says that it is there again', async () => {
  const connected = vi.fn()
  const { live } = await polling({ connected })
  await vi.waitFor(() => expect(connected).toHaveBeenCalledExactlyOnceWith(false))
  for (const socket of await live.fetchSockets()) socket.disconnect(false)
  live.engine.close()
  await vi.waitFor(() => expect(connected).toHaveBeenLastCalledWith(true), { timeout: 4_000 })
})
