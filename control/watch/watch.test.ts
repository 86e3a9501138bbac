import { HOUR_MS } from '#core/time.ts'
import { describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { MatchFold } from '#core/match.ts'
import type { Sender } from '#core/sender.ts'
import { createBuiltIn, LAST_RECEIVED } from '#control/triage/life/built-in.ts'
import { loadInventory } from '#province/load.ts'
import type { DataPlaneState } from '#core/data-plane.ts'
import { createWatch } from './watch.ts'

const START = Date.UTC(2026, 10, 23)
const sender: Sender = {
  id: 'xa',
  name: 'Máy chủ xã',
  unit: '19849',
  origin: 'real',
  tokenHashes: [],
  networks: [],
  speaksFor: 'self',
  utcOffsetMinutes: 420,
  enabled: true
}

/** A state in which the sender was last heard at `lastReceivedAt`. */
function stateOf(lastReceivedAt: number, more: Partial<DataPlaneState> = {}): DataPlaneState {
  const row = { sender: 'xa', origin: 'real' as const, received: 1, lastReceivedAt, stored: 1, duplicate: 0, joined: 0 }
  return {
    ledger: { at: 0, rows: [{ ...row, dead_lettered: 0, dropped: 0, queued: 0 }], balanced: true, imbalance: '' },
    listeners: [],
    spool: { bytes: 0, end: 1, refusal: null, damage: 0 },
    detector: { position: 0, eventsPerSecond: 0, held: null },
    restarts: [],
    store: { position: 0, away: null, losses: [] },
    tokensUsed: [],
    rules: [],
    rulesLoadedAt: 1,
    rulesLoadMs: 1,
    ...more
  }
}

function watching(alreadyTold: (fold: MatchFold) => boolean = () => false) {
  const clock = manualClock(START)
  const raised: MatchFold[] = []
  const warned: string[] = []
  const watch = createWatch({
    clock,
    silentAfterMs: () => HOUR_MS,
    builtIn: createBuiltIn(loadInventory('2023-11-30')),
    senders: () => [sender],
    raise: (fold) => void raised.push(fold),
    warn: (loss) => void warned.push(loss.file),
    alreadyTold
  })
  return { clock, raised, warned, watch, rules: () => raised.map((fold) => fold.rule.id) }
}

describe('the watch over our own senses', () => {
  it('tells once of a sender that fell silent, and again after it has spoken and fallen silent anew', () => {
    const { clock, watch, rules } = watching()
    clock.advance(HOUR_MS + 1_000)
    watch.state(stateOf(START))
    clock.advance(10_000)
    watch.state(stateOf(START))
    expect(rules()).toEqual(['soc.silent_source'])
    const spoke = clock.now()
    clock.advance(10_000)
    watch.state(stateOf(spoke))
    clock.advance(HOUR_MS)
    watch.state(stateOf(spoke))
    expect(rules()).toEqual(['soc.silent_source', 'soc.silent_source'])
  })

  it('does not take our own downtime for silence, nor a sender that never spoke', () => {
    const { clock, watch, rules } = watching()
    clock.advance(10_000)
    watch.state(stateOf(START - 30 * HOUR_MS))
    clock.advance(2 * HOUR_MS)
    watch.state(stateOf(0))
    expect(rules()).toEqual([])
  })

  it('does not tell again after a restart of a silence that an alert tells of already', () => {
    const lastReceived = String(START - HOUR_MS)
    const { clock, watch, rules } = watching((fold) => fold.values[LAST_RECEIVED] === lastReceived)
    clock.advance(2 * HOUR_MS)
    watch.state(stateOf(START - HOUR_MS))
    expect(rules()).toEqual([])
  })

  it('tells of a store that stays away, not of a hiccup', () => {
    const { clock, watch, rules } = watching()
    const away = { position: 0, losses: [], away: { since: START, reason: 'no connection' } }
    clock.advance(5_000)
    watch.state(stateOf(START, { store: away }))
    expect(rules()).toEqual([])
    clock.advance(20_000)
    watch.state(stateOf(START, { store: away }))
    watch.state(stateOf(START, { store: away }))
    expect(rules()).toEqual(['soc.store_away'])
  })

  it('tells once of each day that holds less than was stored, in an alert and in the log', () => {
    const { watch, raised, warned } = watching()
    const loss = { at: START, day: '2026-11-22', origin: 'real' as const, file: 'events-real-2026-11-22.db', kept: '' }
    const losses = [{ ...loss, stored: 623_000, found: null, reason: 'file is not a database' }]
    for (const times of [1, 2, 3]) watch.state(stateOf(START, { store: { position: times, away: null, losses } }))
    expect(raised.map((fold) => [fold.rule.id, fold.values['day'], fold.values['stored']])).toEqual([
      ['soc.store_loss', '22/11/2026', '623.000']
    ])
    expect(warned).toEqual(['events-real-2026-11-22.db'])
  })

  it('names the sender that most of a backlog comes from, once an hour, and nobody while the store is away', () => {
    const { clock, watch, raised } = watching()
    const flooded = stateOf(START, { spool: { bytes: 0, end: 90_001, refusal: null, damage: 0 } })
    flooded.ledger!.rows[0]!.queued = 80_000
    watch.state({ ...flooded, store: { position: 0, losses: [], away: { since: START, reason: 'no connection' } } })
    watch.state({ ...flooded, detector: { position: 80_000, eventsPerSecond: 0, held: null } })
    expect(raised).toEqual([])
    watch.state(flooded)
    clock.advance(60_000)
    watch.state(flooded)
    expect(raised.map((fold) => [fold.rule.id, fold.values['sender.name']])).toEqual([
      ['soc.flooding_sender', 'Máy chủ xã']
    ])
  })

  it('tells once of a thread that was started anew, and of matches that stay held', () => {
    const { clock, watch, rules } = watching()
    const ended = { thread: 'pipeline' as const, count: 1, at: START, reason: 'out of memory', down: true }
    watch.state(stateOf(START, { restarts: [ended] }))
    watch.state(stateOf(START, { restarts: [{ ...ended, down: false }] }))
    expect(rules()).toEqual(['soc.thread_ended'])
    const held = stateOf(START, { detector: { position: 0, eventsPerSecond: 0, held: 'disk is full' } })
    watch.state({ ...held, restarts: [ended] })
    clock.advance(20_000)
    watch.state({ ...held, restarts: [ended] })
    watch.state({ ...held, restarts: [ended] })
    expect(rules()).toEqual(['soc.thread_ended', 'soc.matches_held'])
  })

  it('tells of a ledger that stays out of balance', () => {
    const { watch, rules } = watching()
    const state = stateOf(START)
    state.ledger = { ...state.ledger!, balanced: false, imbalance: 'xa (real): 1 more fates' }
    for (let turn = 0; turn < 8; turn++) watch.state(state)
    expect(rules()).toEqual(['soc.ledger_imbalance'])
  })
})
