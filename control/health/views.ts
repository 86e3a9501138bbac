import type { UnitRef } from '#core/api/common.ts'
import type { ModelHealth, Outage, ProbeResultView, ProbeRow, SystemRow } from '#core/api/health.ts'
import { type HealthState, type ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import type { ProvinceModel } from '#province/inventory.ts'
import { ownBecause } from './because.ts'
import { uptimeOf, type Days } from './days.ts'
import { plannedState, type Graph } from './graph.ts'
import type { EngineParts } from './engine.ts'
import type { History } from './history.ts'
import { sumStates, worstPerStep, type Entry, type Intervals } from './intervals.ts'
import type { Maintenance } from './maintenance.ts'
import type { Measured, Measurements } from './measurements.ts'
import type { OutageRecord, OutageTable } from './outage-table.ts'
import { draftOf } from './probes-table.ts'
import { words } from './words.ts'
import type { SliFigures } from './sli.ts'
import { modelNode, systemNode, type States } from './states.ts'

/** Bars of a model on the wall. */
const BARS = 30

export type ViewParts = {
  origin: Origin
  now: () => number
  graph: () => Graph
  states: States
  history: Pick<History, 'last' | 'since' | 'frontier'>
  measurements: Measurements
  intervals: Intervals
  days: Days
  maintenance: Maintenance
  sli: SliFigures
  table: OutageTable
  openOutages: () => readonly OutageRecord[]
  incidentOf: EngineParts['incidentOf']
}

/** What the screens show of the engine's state. Everything is read; nothing is changed. */
export type Views = ReturnType<typeof createViews>

export function createViews(parts: ViewParts) {
  const { states, history, intervals, days, maintenance, sli } = parts
  const stateOf = (node: string): HealthState => history.last(node)?.state ?? 'UNKNOWN'
  const sinceOf = (node: string): number | null => history.last(node)?.since ?? null
  const reasonOf = (node: string) => (stateOf(node) === 'UP' ? null : states.because(node, parts.now(), history.since))

  function unitOf(system: string): UnitRef | null {
    const owner = parts.graph().inventory.system(system)?.owner ?? ''
    return owner === '' ? null : parts.graph().inventory.label(owner)
  }

  /** End of planned work that a node is in because of itself or of what it stands on. */
  function maintenanceUntil(node: string): number | null {
    if (stateOf(node) !== 'MAINTENANCE') return null
    const root = history.last(node)?.root ?? (node.startsWith('system:') ? node.slice('system:'.length) : '')
    return maintenance.until(root, parts.now())
  }

  const model = (model: ProvinceModel) =>
    modelOver(model, intervals.within(modelNode(model.id), parts.now() - DAY_MS, parts.now()))

  /** A model's row over its entries of the last 24 hours; later ones do no harm. */
  function modelOver(model: ProvinceModel, entries: readonly Pick<Entry, 'from' | 'state'>[]): ModelHealth {
    const node = modelNode(model.id)
    const now = parts.now()
    const planned = plannedState(model)
    const { uptime, coverage } = uptimeOf(now - DAY_MS, now, sumStates(entries, now - DAY_MS, now))
    return {
      id: model.id,
      shortName: model.shortName,
      stage: model.stage,
      state: planned ?? stateOf(node),
      since: planned === undefined ? sinceOf(node) : null,
      because: planned === undefined ? reasonOf(node) : plannedReason[planned],
      uptime: planned === undefined ? uptime : null,
      coverage: planned === undefined ? coverage : 0,
      sli: sli.ofWall(model.id, now),
      bars: worstPerStep(entries, now - DAY_MS, now, BARS),
      maintenanceUntil: planned === undefined ? maintenanceUntil(node) : null
    }
  }

  function nextAt(measured: Measured): number | null {
    if (!measured.probe.enabled) return null
    const { target } = measured.probe
    if (target.kind === 'heartbeat')
      return measured.last === undefined ? null : measured.last.finishedAt + target.everyMs
    return measured.last === undefined
      ? null
      : Math.max(measured.last.dueAt + measured.probe.intervalMs, measured.last.finishedAt)
  }

  function probe(measured: Measured): ProbeRow {
    const node = `probe:${measured.probe.id}`
    return {
      id: measured.probe.id,
      kind: measured.probe.target.kind,
      draft: draftOf(measured.probe),
      systemName: parts.graph().name(measured.probe.system),
      origin: parts.origin,
      state: stateOf(node),
      since: sinceOf(node),
      last: measured.last === undefined ? null : resultView(measured.last),
      nextAt: nextAt(measured),
      windows: days.windows(node, parts.now())
    }
  }

  function outage(record: OutageRecord): Outage {
    const deciding = states
      .probesOf(record.system)
      .filter((measured) => measured.probe.enabled && measured.probe.critical)
    const next = deciding.flatMap((measured) => nextAt(measured) ?? [])
    return {
      system: record.system,
      name: parts.graph().name(record.system),
      state: record.state,
      since: record.since,
      owner: unitOf(record.system),
      down: record.down,
      degraded: record.degraded,
      attached: record.attached,
      because: record.because,
      alert: record.alert,
      incident: incidentOf(record),
      nextCheckAt: record.until !== null || next.length === 0 ? null : Math.min(...next)
    }
  }

  /** Merging and releasing move alerts: the incident that holds the outage's alert now. */
  function incidentOf({ alert, incident }: OutageRecord): string | null {
    const held = alert === null ? undefined : parts.incidentOf?.(alert)
    return held === undefined ? incident : held
  }

  function system(id: string): SystemRow {
    const known = parts.graph().inventory.system(id)
    const node = systemNode(id)
    return {
      id,
      name: parts.graph().name(id),
      owner: unitOf(id),
      ownerInferred: known?.ownerInferred ?? false,
      inferred: known?.inferred ?? false,
      security: known?.security ?? '',
      own: states.own(id).state,
      state: stateOf(node),
      since: sinceOf(node),
      because: reasonOf(node),
      probes: states.probesOf(id).length,
      models: parts
        .graph()
        .inventory.models.filter(({ systems }) => systems.includes(id))
        .map((model) => model.id),
      maintenanceUntil: maintenance.until(id, parts.now()) ?? maintenanceUntil(node)
    }
  }

  return {
    model,
    modelOver,
    probe,
    outage,
    system,
    reasonOf,
    stateOf
  }
}

const plannedReason = {
  PLANNED: ownBecause(words.planned.PLANNED),
  UNDESCRIBED: ownBecause(words.planned.UNDESCRIBED)
}

export const resultView = (result: ProbeResult): ProbeResultView => ({
  at: result.finishedAt,
  outcome: result.outcome,
  code: result.code,
  detail: result.detail,
  attempts: result.attempts,
  latencyMs: result.latencyMs,
  certificateUntil: result.certificateUntil
})
