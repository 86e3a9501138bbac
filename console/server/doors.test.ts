import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { testConsole, type TestConsole } from '#testing/console.ts'
import { startServer } from './server.ts'

const doorLimits = { known: { most: 12, perCaller: 6 }, strangers: { most: 6, perCaller: 4 } }
let soc: TestConsole
let url = ''
const sockets: Socket[] = []
beforeEach(async () => {
  soc = testConsole({ parts: { doorLimits } })
  url = await startServer(soc.app, soc.parts.config)
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await soc.close()
})

/** Connections that say half a header and no more. */
async function halfOpen(count: number) {
  for (let more = 0; more < count; more++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-')
  }
}

it('half-open connections, however many, leave the console open and its descriptors few', async () => {
  const { headers } = soc.person('analyst')
  await halfOpen(60)
  const connections = () =>
    new Promise<number>((resolve) => soc.app.server.getConnections((_, count) => resolve(count)))
  await expect.poll(connections).toBeLessThanOrEqual(doorLimits.strangers.most)
  const answer = await fetch(`${url}api/session`, { headers })
  expect(answer.status).toBe(200)
})

it('half-open connections do not hold the stop', async () => {
  await halfOpen(4)
  await soc.app.close()
  expect(soc.app.server.listening).toBe(false)
})

it('polling handshakes that nobody joins stop at ten a session and hold up nobody else', async () => {
  const [leader, admin] = [soc.person('leader'), soc.person('admin')]
  const shake = async ({ headers }: { headers: Record<string, string> }) =>
    (await fetch(`${url}live/?EIO=4&transport=polling`, { headers })).status
  const statuses: number[] = []
  for (let more = 0; more < 14; more++) statuses.push(await shake(leader))
  const told: string[] = []
  soc.parts.changes.on({ notice: ({ kind, listener, peer }) => void told.push(`${kind} ${listener} ${peer}`) })
  for (let more = 0; more < 60; more++) await shake(leader)
  expect(told).toEqual(['door_held console 127.0.0.1:0'])
  expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  expect(await shake(admin)).toBe(200)
  expect(soc.parts.live.connections()).toBe(11)
})

it('a flood without a session is not counted against those who are signed in at that address', async () => {
  const { headers } = soc.person('analyst')
  for (let asked = 0; asked < 6000; asked++) await soc.app.inject({ url: '/healthz' })
  expect((await soc.app.inject({ url: '/healthz' })).statusCode).toBe(429)
  expect((await soc.app.inject({ url: '/api/session', headers })).statusCode).toBe(200)
})
