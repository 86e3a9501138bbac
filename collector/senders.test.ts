import { expect, it } from 'vitest'
import { UNASSIGNED } from '#core/frame.ts'
import { indexSenders } from './senders.ts'
import { sender, sha256, snapshotOf } from '#testing/open-source.ts'

const wide = sender('wide', { networks: ['192.0.2.0/24', 'nonsense'], tokenHashes: [sha256('wide-token'), 'zz'] })
const narrow = sender('narrow', { networks: ['192.0.2.8/29', '2001:db8::/32'] })

it('a sender is the one whose network holds the address most narrowly', () => {
  const senders = indexSenders(snapshotOf(wide, narrow), 'real')
  expect(senders.byAddress('192.0.2.1').sender).toBe('wide')
  expect(senders.byAddress('192.0.2.9').sender).toBe('narrow')
  expect(senders.byAddress('2001:db8::9')).toEqual({ sender: 'narrow', unit: 'unit-of-narrow' })
  expect(senders.byAddress('198.51.100.1')).toEqual({ sender: UNASSIGNED, unit: UNASSIGNED })
  expect(senders.byAddress('')).toEqual({ sender: UNASSIGNED, unit: UNASSIGNED })
})

it('a token is its sender’s while the sender is on, and nobody’s otherwise', () => {
  expect(indexSenders(snapshotOf(wide), 'real').byToken('wide-token')?.sender).toBe('wide')
  expect(indexSenders(snapshotOf(wide), 'real').byToken('')).toBeUndefined()
  expect(indexSenders(snapshotOf(wide), 'demonstration').byToken('wide-token')).toBeUndefined()
  const off = indexSenders(snapshotOf({ ...wide, enabled: false }), 'real')
  expect(off.byToken('wide-token')).toBeUndefined()
  expect(off.byAddress('192.0.2.1').sender).toBe(UNASSIGNED)
  expect(off.byId('wide').sender).toBe(UNASSIGNED)
})
