import type { HealthPart } from '#console/server/parts.ts'

/** A province that nobody measures: every figure unknown. For tests that are not about health. */
export function unmeasuredHealth(at: number): HealthPart {
  const none = () => undefined
  const nothing = { UP: 0, DEGRADED: 0, DOWN: 0, MAINTENANCE: 0, UNKNOWN: 0 }
  const refuse = () => {
    throw new Error('this test has no probes')
  }
  return {
    wall: () => ({
      at,
      origin: 'real',
      models: [],
      counts: { ...nothing, PLANNED: 0, UNDESCRIBED: 0 },
      outages: [],
      uplinkLostSince: null
    }),
    model: none,
    systems: () => [],
    system: none,
    probes: () => [],
    probe: none,
    addProbe: refuse,
    changeProbe: refuse,
    removeProbe: refuse,
    newHeartbeatKey: refuse,
    maintenance: () => [],
    addMaintenance: refuse,
    cancelMaintenance: refuse,
    uptime: (_node, from, to) => ({ from, to, ms: { ...nothing, UNKNOWN: to - from }, uptime: null, coverage: 0 }),
    outages: () => [],
    sliOfModel: () => ({
      total: 0,
      succeeded: 0,
      failed: 0,
      timedOut: 0,
      refused: 0,
      success: null,
      business: { found: 0, not_found: 0, accepted: 0, rejected: 0, partial: 0, none: 0 },
      p50: null,
      p95: null,
      p99: null,
      lastSuccessAt: null,
      lastFailureAt: null
    })
  }
}
