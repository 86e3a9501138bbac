import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { frameFlag, UNASSIGNED } from '#core/frame.ts'
import { local, openForTests, sender, snapshotOf, type Opened } from '#testing/open-source.ts'
import { refusing } from '#testing/refusing-spool.ts'
import { countDrops } from './syslog-udp.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

const tcp = { id: 'syslog-tcp', protocol: 'syslog-tcp' } as const
const udp = { id: 'syslog-udp', protocol: 'syslog-udp' } as const
const known = snapshotOf(local)

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // Being cut off is part of some tests.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function datagrams(port: number, messages: (string | Buffer)[]) {
  const socket = createSocket('udp4')
  for (const message of messages) {
    await new Promise<void>((resolve, reject) => {
      socket.send(message, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
    })
  }
  socket.close()
}

it('syslog over TCP becomes frames with sender, peer and flags', async () => {
  opened = await openForTests([tcp], known)
  const socket = await connected(opened.ports[0]!)
  const peer = `127.0.0.1:${socket.localPort}`
  socket.write('<13>line\n12 <14>counted\n')
  await opened.heard(2)
  socket.end(Buffer.from('<15>h\xff', 'latin1'))
  await opened.heard(3)
  expect(opened.frames()).toMatchObject([
    { raw: Buffer.from('<13>line'), flags: 0, sender: 'local', unit: 'unit-of-local', listener: 'syslog-tcp', peer },
    { raw: Buffer.from('<14>counted'), flags: 0, origin: 'real', hint: '', clientKey: '' },
    { raw: Buffer.from('<15>h\xff', 'latin1'), flags: frameFlag.halfFrame | frameFlag.badUtf8 }
  ])
  expect(opened.intake.status()).toMatchObject([{ id: 'syslog-tcp', frames: 3, bytes: 25, refused: {} }])
})

it('a message of more than a mebibyte is cut, flagged, and the stream goes on', async () => {
  opened = await openForTests([tcp], known)
  const socket = await connected(opened.ports[0]!)
  socket.end(`<13>${'x'.repeat(2 ** 21)}\n<14>next\n`)
  await opened.heard(2)
  const [long, next] = opened.frames()
  expect(long).toMatchObject({ flags: frameFlag.truncated, raw: { length: 2 ** 20 } })
  expect(next!.raw.toString()).toBe('<14>next')
})

it('equal lines are different evidence and all kept', async () => {
  opened = await openForTests([tcp], known)
  const socket = await connected(opened.ports[0]!)
  socket.end('<13>again\n'.repeat(100))
  await opened.heard(100)
  expect(new Set(opened.frames().map((frame) => frame.id)).size).toBe(100)
  expect(opened.notes()).toEqual([])
})

it('UDP datagrams become frames, empty ones are counted, and nobody is asked who they are', async () => {
  opened = await openForTests([udp], known)
  await datagrams(opened.ports[0]!, ['', '<13>one\n', Buffer.from([60, 49, 62, 0xff]), '<14>a\nb'])
  await opened.heard(3)
  expect(opened.frames()).toMatchObject([
    { raw: Buffer.from('<13>one'), flags: 0, sender: 'local', listener: 'syslog-udp' },
    { flags: frameFlag.badUtf8 },
    { raw: Buffer.from('<14>a\nb') }
  ])
  expect(opened.intake.status()[0]!.refused).toMatchObject({ empty: 1 })
})

it('an unknown sender is heard as _unassigned and told of once a minute with a count', async () => {
  opened = await openForTests([tcp], snapshotOf(sender('elsewhere', { networks: ['192.0.2.0/24'] })))
  const socket = await connected(opened.ports[0]!)
  for (let index = 1; index <= 5; index++) {
    socket.write(`<13>${index}\n`)
    await opened.heard(index)
  }
  expect(opened.frames()[0]).toMatchObject({ sender: UNASSIGNED, unit: UNASSIGNED })
  expect(opened.notices).toMatchObject([{ kind: 'unknown_sender', count: 1, listener: 'syslog-tcp' }])
  opened.clock.advance(60_000)
  socket.end('<13>6\n')
  await opened.heard(6)
  await expect.poll(() => opened!.notices[1]).toMatchObject({ kind: 'unknown_sender', count: 5 })
})

it('what is pinned is the pin, whatever the network says, and origin is the listener’s', async () => {
  const demo = sender('story', { origin: 'demonstration' })
  opened = await openForTests([{ ...tcp, origin: 'demonstration', sender: 'story' }], snapshotOf(local, demo))
  const socket = await connected(opened.ports[0]!)
  socket.end('<13>x\n')
  await opened.heard(1)
  expect(opened.frames()).toMatchObject([{ sender: 'story', origin: 'demonstration' }])
  await expect.poll(() => opened!.notices).toMatchObject([{ kind: 'first_event', sender: 'story' }])
})

it('a sender of another origin is unknown here', async () => {
  opened = await openForTests([tcp], snapshotOf({ ...local, origin: 'demonstration' }))
  const socket = await connected(opened.ports[0]!)
  socket.end('<13>x\n')
  await opened.heard(1)
  expect(opened.frames()).toMatchObject([{ sender: UNASSIGNED, origin: 'real' }])
})

it('a new snapshot changes who is who on a connection that stays open', async () => {
  opened = await openForTests([tcp], snapshotOf())
  const socket = await connected(opened.ports[0]!)
  socket.write('<13>before\n')
  await opened.heard(1)
  opened.intake.setSnapshot(known)
  socket.end('<13>after\n')
  await opened.heard(2)
  expect(opened.frames().map((frame) => frame.sender)).toEqual([UNASSIGNED, 'local'])
})

it('10,000 host names make no more senders, subjects or counters than one', async () => {
  opened = await openForTests([tcp], known)
  const socket = await connected(opened.ports[0]!)
  const lines = Array.from({ length: 10_000 }, (_, index) => `<13>Jan  1 00:00:00 host-${index} app: x\n`)
  socket.end(lines.join(''))
  await opened.heard(10_000)
  expect(opened.writer.received()).toHaveLength(1)
  expect(opened.notices).toHaveLength(1)
  expect(Object.keys(opened.intake.status()[0]!.refused)).toEqual([])
})

it('while the spool is full TCP is held, not lost, and keeps its order', async () => {
  const state = { full: true }
  opened = await openForTests([tcp], known, { wrap: refusing(state) })
  const socket = await connected(opened.ports[0]!)
  socket.write('<13>one\n<13>two\n')
  await expect.poll(() => opened!.intake.status()[0]!.refused['held']).toBe(1)
  socket.end('<13>three\n')
  state.full = false
  await opened.heard(3)
  expect(opened.texts()).toEqual(['<13>one', '<13>two', '<13>three'])
  expect(opened.notices.filter((notice) => notice.kind === 'disk_guard')).toMatchObject([{ count: 1 }])
})

it('a sender that went away while the spool was full does not keep the listener from closing; its frames are noted as dropped', async () => {
  const state = { full: true }
  opened = await openForTests([tcp], known, { wrap: refusing(state) })
  const socket = await connected(opened.ports[0]!)
  socket.write('<13>one\n<13>two\n')
  await expect.poll(() => opened!.intake.status()[0]!.refused['held']).toBe(1)
  socket.destroy()
  await once(socket, 'close')
  const closing = opened.intake.close(['syslog-tcp'])
  await closing
  state.full = false
  await opened.intake.stop()
  expect(opened.frames()).toEqual([])
  expect(opened.notes()).toEqual([
    { sender: 'local', origin: 'real', fate: 'dropped', count: 2, reason: 'stopped while the spool was full' }
  ])
})

it('while the spool is full UDP is dropped, counted, and noted in the ledger when there is room', async () => {
  const state = { full: true }
  opened = await openForTests([udp], known, { wrap: refusing(state) })
  await datagrams(opened.ports[0]!, ['<13>one', '<13>two'])
  await expect.poll(() => opened!.intake.status()[0]!.refused['dropped']).toBe(2)
  state.full = false
  await opened.intake.close(['syslog-udp'])
  expect(opened.notes()).toEqual([
    { sender: 'local', origin: 'real', fate: 'dropped', count: 2, reason: 'the spool was full' }
  ])
  expect(opened.writer.received()).toMatchObject([{ sender: 'local', received: 2 }])
})

it('an orderly stop takes in what had already been sent', async () => {
  opened = await openForTests([tcp], known)
  const socket = await connected(opened.ports[0]!)
  const lines = Array.from({ length: 20_000 }, (_, index) => `<13>number ${index}\n`)
  await new Promise((resolve) => socket.write(lines.join(''), resolve))
  await opened.close(true)
  expect(opened.texts()).toHaveLength(20_000)
  await opened.close()
  opened = undefined
})

it('listeners open all or none, and the refusal names the one that failed', async () => {
  opened = await openForTests([tcp], known)
  const order = { host: '127.0.0.1', origin: 'real', protocol: 'syslog-tcp' } as const
  const orders = [
    { ...order, id: 'first', port: 0 },
    { ...order, id: 'second', port: opened.ports[0]! }
  ]
  await expect(opened.intake.open(orders)).rejects.toMatchObject({
    code: 'intake.listen',
    message: expect.stringContaining('second cannot listen on 127.0.0.1')
  })
  expect(opened.intake.status()).toHaveLength(1)
  await expect(opened.intake.open([{ ...order, id: 'syslog-tcp', port: 0 }])).rejects.toMatchObject({
    code: 'intake.open'
  })
  await opened.intake.close(['syslog-tcp', 'unknown'])
  expect(opened.intake.status()).toEqual([])
})

it('kernel drops are read from the last column of the sockets with this port', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '  100: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 17',
    '  101: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 5',
    '  102: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 99'
  ].join('\n')
  expect(countDrops(table, 5514)).toBe(22)
  expect(countDrops('', 5514)).toBe(0)
})
