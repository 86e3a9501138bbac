import type { SourceList } from '#core/api/sources.ts'
import type { Config } from '#core/config.ts'
import type { Ledger } from '#core/ledger.ts'
import type { DataPlaneState, SenderClock } from '#core/data-plane.ts'

/** What the data plane last said of itself, in the words of the sources screen. */
export type SourcesStatus = {
  /** Undefined until the threads have answered once. */
  ledger: Ledger | undefined
  clocks: readonly SenderClock[]
  listeners: SourceList['listeners']
  spool: SourceList['spool']
  store: SourceList['store']
  /** Threads of the data plane that do not run now. */
  threadsDown: number
  /** Matches cannot be committed now. */
  matchesHeld: boolean
}

export function sourcesStatus(state: DataPlaneState, config: Pick<Config, 'SOC_STORE'>): SourcesStatus {
  const last = state.spool.end - 1
  return {
    ledger: state.ledger,
    clocks: state.clocks ?? [],
    listeners: state.listeners.map(({ id, protocol, address, port, origin, frames, bytes, refused }) => ({
      id,
      protocol,
      address: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
      origin,
      frames,
      bytes,
      refused
    })),
    spool: {
      bytes: state.spool.bytes,
      lagDetector: Math.max(0, last - state.detector.position),
      lagStore: Math.max(0, last - state.store.position),
      refusal: state.spool.refusal
    },
    threadsDown: state.restarts.filter(({ down }) => down).length,
    matchesHeld: state.detector.held !== null,
    store: {
      kind: config.SOC_STORE,
      away: state.store.away !== null,
      since: state.store.away?.since ?? null,
      reason: state.store.away?.reason ?? '',
      losses: state.store.losses.map(({ day, origin, stored, found, kept }) => ({ day, origin, stored, found, kept }))
    }
  }
}
