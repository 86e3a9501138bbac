import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { doorSize } from './descriptors.ts'
import { Door, type DoorLimits } from './door.ts'
import { callerOf } from './network.ts'

const small: DoorLimits = { known: { most: 6, perCaller: 3 }, strangers: { most: 4, perCaller: 3 } }

function open(limits = small) {
  let now = 0
  let port = 0
  const held: string[] = []
  const door = new Door({ limits, now: () => now, onHeld: (caller) => void held.push(caller) })
  const connect = (caller: string, isKnown = false) => {
    const socket = Object.assign(new EventEmitter(), {
      ...{ remoteAddress: '192.0.2.1', remotePort: ++port, bytesRead: 0, bytesWritten: 0, writableLength: 0 },
      destroyed: false,
      destroy() {
        if (socket.destroyed) return
        socket.destroyed = true
        socket.emit('close')
      }
    })
    door.admit(socket as unknown as Socket, caller, isKnown)
    return socket as unknown as Socket & { bytesRead: number }
  }
  const pass = (ms: number) => {
    now += ms
    door.sweep()
  }
  return { door, connect, pass, held }
}

it('a caller at its share loses its own longest idle connection, never that of another', () => {
  const { connect, pass } = open()
  const other = connect('b')
  const all = [1, 2, 3].map(() => connect('a'))
  pass(10)
  Object.assign(all[0]!, { bytesRead: 5 })
  pass(10)
  const more = connect('a')
  expect([other, ...all, more].map((socket) => socket.destroyed)).toEqual([false, false, true, false, false])
})

it('a full door makes room at the caller who holds most', () => {
  const { connect } = open()
  const many = [1, 2, 3].map(() => connect('a'))
  connect('b')
  const third = connect('c')
  expect(third.destroyed).toBe(false)
  expect(many.filter((socket) => socket.destroyed)).toHaveLength(1)
})

it('strangers, however many, take no place of a known caller', () => {
  const { connect } = open()
  for (let caller = 0; caller < 50; caller++) connect(`stranger-${caller}`)
  expect(connect('unit', true).destroyed).toBe(false)
})

it('a connection that proves who calls no longer counts among the strangers', () => {
  const { door, connect } = open()
  const proved = connect('a')
  door.know(proved, 'unit')
  for (let more = 0; more < 20; more++) connect('a')
  expect(proved.destroyed).toBe(false)
})

it('a connection that is being answered is not closed to make room', () => {
  const { door, connect, pass } = open()
  const answered = connect('a')
  const over = door.answering(answered)
  pass(5_000)
  for (let more = 0; more < 10; more++) connect('a')
  expect(answered.destroyed).toBe(false)
  over()
  pass(60_000)
  for (let more = 0; more < 3; more++) connect('a')
  expect(answered.destroyed).toBe(true)
})

it('idle connections are closed, strangers sooner', () => {
  const { connect, pass } = open({ ...small, idleMs: { known: 1000, strangers: 100 } })
  const [unit, stranger] = [connect('unit', true), connect('a')]
  pass(100)
  expect([unit.destroyed, stranger.destroyed]).toEqual([false, true])
  pass(900)
  expect(unit.destroyed).toBe(true)
})

it('a caller that holds its whole share for seconds is told of once', () => {
  const { connect, pass, held } = open()
  for (let more = 0; more < 3; more++) connect('a')
  connect('b')
  for (let second = 0; second < 10; second++) pass(1000)
  expect(held).toEqual(['a'])
})

it('IPv6 callers are counted by their /64', () => {
  expect(callerOf('2001:db8:1:2:3:4:5:6')).toBe(callerOf('2001:db8:1:2::9'))
  expect(callerOf('2001:db8:1:2::1')).not.toBe(callerOf('2001:db8:1:3::1'))
  expect(callerOf('::ffff:192.0.2.7')).toBe('192.0.2.7')
})

it('a door never takes more than its share of the descriptors', () => {
  expect(doorSize(3000, 0.2, 1024)).toBe(204)
  expect(doorSize(3000, 0.2, 1_000_000)).toBe(3000)
})
