import type {
  HopSli,
  MaintenanceRow,
  ModelHealth,
  Outage,
  ProbeDraft,
  ProbeResultView,
  ProbeRow,
  Sli,
  SystemRow,
  Uptime,
  Wall
} from '#core/api/health.ts'
import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'
import { UPLINK, type HealthState } from '#core/health.ts'
import { DAY_MS, HOUR_MS, ICT_OFFSET_MS, MINUTE_MS } from '#core/time.ts'
import type { Inventory, ProvinceModel } from '#province/inventory.ts'
import type { Health } from '#control/health/health.ts'
import type { HealthPlane } from '#control/health/health-plane.ts'

/*
 * Health as plain values: every system up but the ones that `down` names, states worked out from the catalogue's own
 * walk. For tests of routes and screens; how states really come about is the business of control/health.
 */

/** How long the outage of a test has lasted. */
const FAILING_MS = 6 * MINUTE_MS

type Shown = Omit<Health, 'start' | 'take' | 'count' | 'tick' | 'reload' | 'definitions' | 'heartbeatKeys' | 'forget'>
export type PlainHealth = Shown & { wallNow: Wall }

/** The same as a plane of both origins. */
export function planeOf(health: PlainHealth, tryProbe: HealthPlane['tryProbe']): HealthPlane {
  const whole = health as unknown as Health
  return {
    ...{ shown: () => whole, of: () => whole, withProbe: () => whole, withMaintenance: () => whole },
    ...{ probes: () => health.probes(), tryProbe, heartbeatKeys: () => [] },
    ...{ count: () => undefined, take: () => undefined, allowDemonstration: () => undefined },
    ...{ reload: () => undefined, recheck: () => undefined, start: () => undefined, tick: () => undefined },
    attach: () => undefined
  }
}

const zero = { UP: 0, DEGRADED: 0, DOWN: 0, MAINTENANCE: 0, UNKNOWN: 0 }

/** A window of `ms` milliseconds that was up but for what is given. */
export function uptimeOf(to: number, ms: number, other: Partial<Record<HealthState, number>> = {}): Uptime {
  const spent = { ...zero, ...other }
  spent.UP = ms - Object.values(spent).reduce((sum, part) => sum + part, 0)
  const known = spent.UP + spent.DEGRADED + spent.DOWN
  const coverage = known / Math.max(1, ms - spent.MAINTENANCE)
  return { from: to - ms, to, ms: spent, uptime: coverage < 0.9 ? null : (spent.UP + spent.DEGRADED) / known, coverage }
}

export function sliOf(total: number, failed: number, at: number): Sli {
  return {
    total,
    succeeded: total - failed,
    failed,
    timedOut: 0,
    refused: 0,
    success: total < 20 ? null : (total - failed) / total,
    business: { found: total - failed, not_found: 0, accepted: 0, rejected: 0, partial: 0, none: 0 },
    p50: total === 0 ? null : 80,
    p95: total === 0 ? null : 320,
    p99: total === 0 ? null : 640,
    lastSuccessAt: total === 0 ? null : at - 4_000,
    lastFailureAt: failed === 0 ? null : at - 10 * MINUTE_MS
  }
}

const dayName = (at: number) => new Date(at + ICT_OFFSET_MS).toISOString().slice(0, 10)

/** The last 90 days, oldest first, one of them with an hour of failure. */
function ninetyDays(at: number) {
  return Array.from({ length: 90 }, (_, index) => {
    const day = dayName(at - (89 - index) * DAY_MS)
    if (index < 20) return { day, ms: { ...zero, UNKNOWN: DAY_MS } }
    return { day, ms: index === 60 ? { ...zero, UP: DAY_MS - HOUR_MS, DOWN: HOUR_MS } : { ...zero, UP: DAY_MS } }
  })
}

/** A province at `at` in which the systems of `down` fail and the rest answers. */
export function plainHealth(inventory: Inventory, at: number, down: readonly string[] = ['hue-s']): PlainHealth {
  const since = at - FAILING_MS
  const hits = new Map(down.map((system) => [system, inventory.modelsHitBy(system)]))
  const because = (system: string, via: readonly string[], edge: string | null) => {
    const name = inventory.system(system)?.name ?? system
    return { text: { vi: `do ${name}`, en: `because of ${name}` }, root: system, via: [system, ...via], edge }
  }
  const windows = (failing: boolean) => ({
    h24: uptimeOf(at, DAY_MS, failing ? { DOWN: FAILING_MS } : {}),
    d30: uptimeOf(at, 30 * DAY_MS, { DOWN: HOUR_MS }),
    d90: uptimeOf(at, 90 * DAY_MS, { UNKNOWN: 20 * DAY_MS, DOWN: HOUR_MS })
  })

  function probeRow(id: string, draft: ProbeDraft): ProbeRow {
    const failing = down.includes(draft.system)
    const last: ProbeResultView = {
      at: at - 12_000,
      outcome: failing ? 'down' : 'up',
      code: failing ? 'timeout' : '',
      detail: failing ? 'no answer within 10 s' : '',
      attempts: failing ? 3 : 1,
      latencyMs: failing ? null : 84,
      certificateUntil: draft.target.kind === 'http' ? at + 21 * DAY_MS : null
    }
    return {
      id,
      kind: draft.target.kind,
      draft,
      systemName: draft.system === UPLINK ? UPLINK : (inventory.system(draft.system)?.name ?? draft.system),
      origin: 'real',
      state: failing ? 'DOWN' : 'UP',
      since,
      last,
      nextAt: draft.enabled ? at + 18_000 : null,
      windows: windows(failing)
    }
  }
  const probes = new Map<string, ProbeRow>()
  for (const [index, system] of inventory.systems.entries())
    if (index < 40) probes.set(`p-${system.id}`, probeRow(`p-${system.id}`, httpDraft(system.id, system.name)))
  probes.set('p-nhip', probeRow('p-nhip', heartbeatDraft('hue-s')))
  const probesOf = (systems: readonly string[]) =>
    [...probes.values()].filter((row) => systems.includes(row.draft.system))

  const windowsOfWork: MaintenanceRow[] = []
  const running = (system: string) =>
    windowsOfWork.find((row) => row.status === 'running' && row.systems.some((one) => one.id === system))

  function modelState(model: ProvinceModel): ModelHealth {
    const base = {
      id: model.id,
      shortName: model.shortName,
      stage: model.stage,
      since,
      because: null,
      uptime: null,
      coverage: 0,
      sli: null,
      bars: [] as HealthState[],
      maintenanceUntil: null
    }
    if (model.stage === 'undescribed') return { ...base, state: 'UNDESCRIBED', since: null }
    if (model.stage === 'pre' || model.systems.length === 0) return { ...base, state: 'PLANNED', since: null }
    const hit = [...hits]
      .flatMap(([system, list]) => list.filter((one) => one.model === model.id).map((one) => ({ system, ...one })))
      .sort((a, b) => Number(b.hard) - Number(a.hard))[0]
    const planned = model.systems.map(running).find((row) => row !== undefined)
    const state: HealthState = planned ? 'MAINTENANCE' : hit === undefined ? 'UP' : hit.hard ? 'DOWN' : 'DEGRADED'
    return {
      ...base,
      state,
      because: hit === undefined ? null : because(hit.system, hit.via, hit.hard ? 'hard' : 'soft'),
      uptime: 0.9998,
      coverage: 1,
      sli: 0.9964,
      bars: Array.from({ length: 30 }, (_, index) => (index === 29 ? state : index === 20 ? 'DEGRADED' : 'UP')),
      maintenanceUntil: planned?.to ?? null
    }
  }

  function outageOf(system: string): Outage {
    const list = hits.get(system) ?? []
    const live = (model: number) => !['pre', 'undescribed'].includes(inventory.model(model)?.stage ?? '')
    const owner = inventory.system(system)?.owner ?? ''
    return {
      system,
      name: inventory.system(system)?.name ?? system,
      state: 'DOWN',
      since,
      owner: owner === '' ? null : inventory.label(owner),
      down: list.filter((hit) => hit.hard && live(hit.model)).map((hit) => hit.model),
      degraded: list.filter((hit) => !hit.hard && live(hit.model)).map((hit) => hit.model),
      attached: [],
      because: { text: { vi: 'không trả lời', en: 'does not answer' }, root: null, via: [], edge: null },
      alert: 'CB-00001',
      incident: 'VL-0231',
      nextCheckAt: at + 11_000
    }
  }

  function systemRow(id: string): SystemRow | undefined {
    const system = inventory.system(id)
    if (system === undefined) return undefined
    const measured = probesOf([id]).length > 0
    const own: HealthState = down.includes(id) ? 'DOWN' : measured ? 'UP' : 'UNKNOWN'
    return {
      id,
      name: system.name,
      owner: system.owner === '' ? null : inventory.label(system.owner),
      ownerInferred: system.ownerInferred ?? false,
      inferred: system.inferred,
      security: system.security ?? '',
      own,
      state: running(id) ? 'MAINTENANCE' : own,
      since: measured ? since : null,
      because: null,
      probes: probesOf([id]).length,
      models: inventory.models.filter((model) => model.systems.includes(id)).map((model) => model.id),
      maintenanceUntil: running(id)?.to ?? null
    }
  }

  const edges = inventory.dependencies.filter((edge) => edge.kind !== 'monitoring')
  /** Every edge on the way down, with how its far end is. */
  function below(from: string) {
    const nodes = new Set([from])
    const found = []
    for (const node of nodes)
      for (const edge of edges.filter((one) => one.from === node)) {
        nodes.add(edge.to)
        const row = systemRow(edge.to)
        const state = row?.state ?? 'UNKNOWN'
        found.push({ edge, toName: row?.name ?? edge.to, state, measured: (row?.probes ?? 0) > 0, because: null })
      }
    return found
  }
  const hop = (provider: string): HopSli => ({
    consumer: 'hue-s',
    consumerName: 'Hue-S',
    provider,
    providerName: inventory.system(provider)?.name ?? provider,
    service: 'tra-cuu',
    hop: 'lgsp',
    sli: sliOf(4_120, 15, at)
  })
  const intervals = [
    { from: since, to: null, state: 'DOWN' as const, because: because('hue-s', [], 'hard') },
    { from: at - 3 * DAY_MS, to: since, state: 'UP' as const, because: null }
  ]
  const refuse = (code: RefusalCode, id: string): never => {
    throw new SocError(code, 'no such record', { status: 404, params: { id } })
  }
  const found = (id: string): ProbeRow => probes.get(id) ?? refuse('probe.not_found', id)

  function wall(): Wall {
    const models = inventory.models.map(modelState)
    const counts = { ...zero, PLANNED: 0, UNDESCRIBED: 0 }
    for (const model of models) counts[model.state] += 1
    return { at, origin: 'real', models, counts, outages: down.map(outageOf), uplinkLostSince: null }
  }

  return {
    wallNow: wall(),
    wall,
    counts: () => wall().counts,
    model(id) {
      const model = inventory.model(id)
      if (model === undefined) return undefined
      const health = modelState(model)
      const dependencies = below(`M${id}`)
      const sli = sliOf(4_120, 15, at)
      return {
        model: health,
        windows: windows(health.state === 'DOWN'),
        days: ninetyDays(at),
        intervals,
        probes: probesOf(model.systems),
        hops: model.systems.map(hop),
        sli: { h24: sli, d30: sli, d90: sliOf(12, 0, at) },
        dependencies,
        measured: { systems: dependencies.length, measured: dependencies.filter((one) => one.measured).length }
      }
    },
    systems: () => inventory.systems.flatMap((system) => systemRow(system.id) ?? []),
    system(id) {
      const system = systemRow(id)
      if (system === undefined) return undefined
      return {
        system,
        windows: windows(system.own === 'DOWN'),
        days: ninetyDays(at),
        intervals,
        probes: probesOf([id]),
        hops: [hop(id)],
        dependencies: below(id),
        dependents: edges.filter((edge) => edge.to === id),
        hits: inventory.modelsHitBy(id)
      }
    },
    probes: () => [...probes.values()],
    probe(id) {
      const probe = probes.get(id)
      if (probe === undefined) return undefined
      const results = probe.last === null ? [] : [probe.last]
      return { probe, results, days: ninetyDays(at) }
    },
    addProbe(draft) {
      const row = { ...probeRow(`p-${probes.size + 1}`, draft), state: 'UNKNOWN' as const, since: null, last: null }
      probes.set(row.id, row)
      return row
    },
    changeProbe(id, change) {
      const row = { ...found(id), draft: { ...found(id).draft, ...change } }
      probes.set(id, { ...row, kind: row.draft.target.kind })
      return found(id)
    },
    removeProbe: (id) => void probes.delete(found(id).id),
    newHeartbeatKey: (id) => `khoa-cua-${found(id).id}`,
    maintenance: () => [...windowsOfWork],
    addMaintenance(draft, by) {
      const row: MaintenanceRow = {
        id: `BT-${windowsOfWork.length + 1}`,
        systems: draft.systems.map((id) => ({ id, name: inventory.system(id)?.name ?? id })),
        from: draft.from,
        to: draft.to,
        reason: draft.reason,
        by,
        status: draft.to <= at ? 'over' : draft.from <= at ? 'running' : 'planned'
      }
      windowsOfWork.push(row)
      return row
    },
    cancelMaintenance(id) {
      const row = windowsOfWork.find((one) => one.id === id) ?? refuse('maintenance.not_found', id)
      row.status = 'cancelled'
      return row
    },
    uptime: (_node, from, to) => uptimeOf(to, to - from),
    outages: () => down.map((system) => ({ ...outageOf(system), until: null })),
    sliOfModel: () => sliOf(4_120, 15, at)
  }
}

export function httpDraft(system: string, name: string): ProbeDraft {
  return {
    name: `Trang ${name}`,
    system,
    target: {
      kind: 'http',
      url: `https://${system}.example.vn/suc-khoe`,
      method: 'GET',
      statuses: [200],
      keyword: '',
      notKeyword: '',
      jsonPath: '',
      jsonValue: '',
      slowMs: 2_000,
      certificateDays: 14,
      redirects: 1
    },
    intervalMs: 30_000,
    timeoutMs: 10_000,
    attempts: 3,
    retryMs: 3_000,
    enabled: true,
    critical: true
  }
}

export function heartbeatDraft(system: string): ProbeDraft {
  return {
    ...httpDraft(system, system),
    name: 'Nhịp báo sao lưu',
    target: { kind: 'heartbeat', everyMs: HOUR_MS, graceMs: 10 * MINUTE_MS, officeHours: false },
    critical: false
  }
}
