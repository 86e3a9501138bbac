import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { DoorLimits } from '#core/door.ts'
import { local, openForTests, sender, sha256, snapshotOf, TOKEN, tester, type Opened } from '#testing/open-source.ts'

let opened: Opened | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await opened?.close()
  opened = undefined
})

const OTHER = 'vl_documentation-token-2'
const other = sender('other', { tokenHashes: [sha256(OTHER)] })
const door: DoorLimits = { known: { most: 9, perCaller: 6 }, strangers: { most: 6, perCaller: 4 } }

async function dial(localAddress: string): Promise<Socket> {
  const socket = connect({ port: opened!.ports[0]!, host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}
/** So many connections of one address that say nothing. */
async function idle(count: number, address: string) {
  for (let more = 0; more < count; more++) await dial(address)
}
const post = (token: string, body: string) =>
  fetch(`${opened!.url}/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })

it('idle connections of one address shut syslog over TCP neither for a unit nor for that address', async () => {
  const tcp = { id: 'syslog-tcp', protocol: 'syslog-tcp' } as const
  opened = await openForTests([tcp], snapshotOf({ ...local, networks: ['127.0.0.2/32'] }), { doors: { door } })
  await idle(40, '127.0.0.9')
  const [unit, stranger] = [await dial('127.0.0.2'), await dial('127.0.0.9')]
  unit.write('<13>from the unit\n')
  stranger.write('<13>from the same address\n')
  await opened.heard(2)
  expect(opened.texts().sort()).toEqual(['<13>from the same address', '<13>from the unit'])
  expect(opened.intake.status()[0]!.refused['connections']).toBeGreaterThan(30)
})

it('idle connections shut HTTP intake for nobody', async () => {
  opened = await openForTests([{}], snapshotOf(tester), { doors: { door } })
  await idle(40, '127.0.0.9')
  await idle(40, '127.0.0.8')
  expect((await post(TOKEN, 'from the unit')).status).toBe(200)
})

it('bodies that stop in the middle hold up no other sender, are ended, and their sender is named', async () => {
  const bodies = { max: 400_000, always: 1_000, stalledMs: { crowded: 300, otherwise: 600 } }
  opened = await openForTests([{}], snapshotOf(tester, other), { doors: { bodies } })
  const stalled: Socket[] = []
  for (let body = 0; body < 3; body++) {
    const socket = await dial('127.0.0.1')
    const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nUser-Agent: curl\r\nAuthorization: Bearer ${TOKEN}\r\n`
    socket.write(`${head}Content-Length: 9000000\r\n\r\n${'x'.repeat(390_000)}`)
    stalled.push(socket)
  }
  for (let round = 0; round < 5; round++) expect((await post(OTHER, 'y'.repeat(24_000))).status).toBe(200)
  const [answer] = (await once(stalled[0]!, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408/)
  await expect.poll(() => opened!.notices.map(({ kind, sender }) => `${kind} ${sender}`)).toContain('door_held tester')
  await expect.poll(() => opened!.intake.status()[0]!.refused['stalled'], { timeout: 10_000 }).toBe(3)
})

it('a listener closes however many connections are held half open', async () => {
  opened = await openForTests([{}])
  await idle(20, '127.0.0.1')
  for (const socket of sockets) socket.write('POST /v1/events HTTP/1.1\r\nHo')
  await opened.intake.close(['listener-0'])
  expect(opened.intake.status()).toEqual([])
})
