import { describe, expect, it } from 'vitest'
import { ledgerOf } from './ledger.ts'

const fatesOf = (stored: number) => ({
  sender: 'a',
  origin: 'real' as const,
  stored,
  duplicate: 1,
  joined: 0,
  dead_lettered: 2,
  dropped: 0
})
const receivedOf = (received: number) => [{ sender: 'a', origin: 'real' as const, received, lastReceivedAt: 5 }]

describe('the ledger', () => {
  it('calls what is received and has no fate yet queued', () => {
    const ledger = ledgerOf({ at: 2, end: 20, received: receivedOf(18) }, { at: 1, position: 9, fates: [fatesOf(8)] })
    expect(ledger.rows[0]).toMatchObject({ received: 18, stored: 8, duplicate: 1, dead_lettered: 2, queued: 7 })
    expect(ledger.balanced).toBe(true)
  })

  it('is out of balance when a sender has more fates than frames', () => {
    const ledger = ledgerOf({ at: 2, end: 20, received: receivedOf(10) }, { at: 1, position: 9, fates: [fatesOf(8)] })
    expect(ledger.balanced).toBe(false)
    expect(ledger.imbalance).toContain('a (real): 1 more fates')
  })

  it('is out of balance when the store has read everything and frames are missing', () => {
    const ledger = ledgerOf({ at: 2, end: 10, received: receivedOf(12) }, { at: 1, position: 9, fates: [fatesOf(8)] })
    expect(ledger.balanced).toBe(false)
    expect(ledger.imbalance).toContain('1 frames have no fate')
  })
})
