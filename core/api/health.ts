import { Type, type Static } from 'typebox'
import { DAY_MS } from '../time.ts'
import { businessAnswers } from '../exchange.ts'
import { healthStates } from '../health.ts'
import { probeKindNames } from '../probes/target.ts'
import { Bilingual, Millis, Origin, UnitRef, oneOf } from './common.ts'
import { ProbeTargetSchema } from './probe-target.ts'
import { DependencyEdge, modelStages } from './province.ts'

const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const State = oneOf(healthStates)

/** Why a node is as it is; see core/health.ts. */
export const BecauseView = Type.Object({
  text: Bilingual,
  root: maybe(Type.String()),
  via: Type.Array(Type.String()),
  edge: maybe(Type.String())
})

/** Milliseconds per state: they add up to the length of the window, exactly. */
export const StateMillis = Type.Record(State, Type.Number())
/**
 * Availability of one node over a window: `uptime` = (up + degraded) ÷ (up + degraded + down): what is degraded
 * still answers, and is shown beside it. Null while `coverage` = (up + degraded + down) ÷ (total − maintenance) is below
 * 0,9: then no figure is printed. Both are shares 0–1.
 */
export const Uptime = Type.Object({
  from: Millis,
  to: Millis,
  ms: StateMillis,
  uptime: maybe(Type.Number()),
  coverage: Type.Number()
})
export type Uptime = Static<typeof Uptime>
export const UptimeWindows = Type.Object({ h24: Uptime, d30: Uptime, d90: Uptime })
export type UptimeWindows = Static<typeof UptimeWindows>

/** Share of exchanges that technically worked; business answers such as "not found" are apart and never a fault. */
export const Sli = Type.Object({
  total: Type.Number(),
  succeeded: Type.Number(),
  failed: Type.Number(),
  timedOut: Type.Number(),
  refused: Type.Number(),
  /** 0–1; null when there were too few exchanges to speak of a share. */
  success: maybe(Type.Number()),
  business: Type.Record(oneOf(businessAnswers), Type.Number()),
  /** Milliseconds, upper bound of the step the quantile lies in; null without exchanges. */
  p50: maybe(Type.Number()),
  p95: maybe(Type.Number()),
  p99: maybe(Type.Number()),
  lastSuccessAt: maybe(Millis),
  lastFailureAt: maybe(Millis)
})
export type Sli = Static<typeof Sli>
export const HopSli = Type.Object({
  consumer: Type.String(),
  consumerName: Type.String(),
  provider: Type.String(),
  providerName: Type.String(),
  service: Type.String(),
  hop: Type.String(),
  sli: Sli
})
export type HopSli = Static<typeof HopSli>

/** How a model stands on the wall. PLANNED and UNDESCRIBED are dashed and outside every roll-up; never green. */
export const modelStates = [...healthStates, 'PLANNED', 'UNDESCRIBED'] as const
export const ModelHealth = Type.Object({
  id: Type.Number(),
  shortName: Type.String(),
  stage: Type.Enum([...modelStages]),
  state: oneOf(modelStates),
  since: maybe(Millis),
  because: maybe(BecauseView),
  /** Last 24 hours, and their coverage. */
  uptime: maybe(Type.Number()),
  coverage: Type.Number(),
  /** Technical success over the last 24 hours. */
  sli: maybe(Type.Number()),
  /** Worst state of each of 30 equal steps of the last 24 hours, oldest first. */
  bars: Type.Array(State),
  maintenanceUntil: maybe(Millis)
})
export type ModelHealth = Static<typeof ModelHealth>

/** A root outage: one alert, one incident, everything that it takes down. */
export const Outage = Type.Object({
  system: Type.String(),
  name: Type.String(),
  state: Type.Union([Type.Literal('DOWN'), Type.Literal('DEGRADED')]),
  since: Millis,
  owner: maybe(UnitRef),
  down: Type.Array(Type.Number()),
  degraded: Type.Array(Type.Number()),
  /** Systems that failed with it and are told of only here. */
  attached: Type.Array(Type.String()),
  because: BecauseView,
  alert: maybe(Type.String()),
  incident: maybe(Type.String()),
  /** When the deciding probe runs next. */
  nextCheckAt: maybe(Millis),
  /** Who was told of its incident, and when they took it up. */
  notified: Type.Optional(
    Type.Object({
      to: Type.String(),
      at: Millis,
      acknowledgedAt: maybe(Millis),
      machine: Type.Optional(Type.Boolean())
    })
  )
})
export type Outage = Static<typeof Outage>

export const Wall = Type.Object({
  at: Millis,
  origin: Origin,
  models: Type.Array(ModelHealth),
  counts: Type.Record(oneOf(modelStates), Type.Number()),
  outages: Type.Array(Outage),
  /** Since when our own uplink is lost: nobody else is blamed while it is. */
  uplinkLostSince: maybe(Millis)
})
export type Wall = Static<typeof Wall>

export const StateInterval = Type.Object({ from: Millis, to: maybe(Millis), state: State, because: maybe(BecauseView) })
export type StateInterval = Static<typeof StateInterval>
/** One Vietnamese day of a node. */
export const HealthDay = Type.Object({ day: Type.String(), ms: StateMillis })
export type HealthDay = Static<typeof HealthDay>

/** A dependency edge with how the other end is now. */
export const DependencyState = Type.Object({
  edge: DependencyEdge,
  toName: Type.String(),
  state: State,
  measured: Type.Boolean(),
  because: maybe(BecauseView)
})
export type DependencyState = Static<typeof DependencyState>

export const ProbeDraft = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  system: Type.String({ minLength: 1, maxLength: 100 }),
  target: ProbeTargetSchema,
  intervalMs: Type.Integer({ minimum: 5_000, maximum: DAY_MS }),
  timeoutMs: Type.Integer({ minimum: 100, maximum: 60_000 }),
  attempts: Type.Integer({ minimum: 1, maximum: 5 }),
  retryMs: Type.Integer({ minimum: 0, maximum: 60_000 }),
  enabled: Type.Boolean(),
  critical: Type.Boolean()
})
export type ProbeDraft = Static<typeof ProbeDraft>
/** A definition changed in part; a target is replaced whole. */
export const ProbeChange = Type.Partial(ProbeDraft)
export type ProbeChange = Static<typeof ProbeChange>
export const ProbeResultView = Type.Object({
  at: Millis,
  outcome: Type.Enum(['up', 'degraded', 'down', 'unknown']),
  code: Type.String(),
  detail: Type.String(),
  attempts: Type.Number(),
  latencyMs: maybe(Type.Number()),
  certificateUntil: maybe(Millis)
})
export type ProbeResultView = Static<typeof ProbeResultView>
export const ProbeRow = Type.Object({
  id: Type.String(),
  kind: Type.Enum(probeKindNames),
  draft: ProbeDraft,
  systemName: Type.String(),
  origin: Origin,
  state: State,
  since: maybe(Millis),
  last: maybe(ProbeResultView),
  nextAt: maybe(Millis),
  windows: UptimeWindows
})
export type ProbeRow = Static<typeof ProbeRow>
export const ProbeDetail = Type.Object({
  probe: ProbeRow,
  results: Type.Array(ProbeResultView),
  days: Type.Array(HealthDay)
})
export type ProbeDetail = Static<typeof ProbeDetail>

/** The key a site signs its heartbeats with, shown once, with a ready command. */
export const NewHeartbeatKey = Type.Object({
  probe: ProbeRow,
  key: Type.String(),
  snippets: Type.Array(Type.Object({ name: Type.String(), language: Type.String(), text: Type.String() }))
})
export type NewHeartbeatKey = Static<typeof NewHeartbeatKey>

export const SystemRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  owner: maybe(UnitRef),
  ownerInferred: Type.Boolean(),
  inferred: Type.Boolean(),
  security: Type.String(),
  /** As measured by its own probes, and as it is with what it stands on. */
  own: State,
  state: State,
  since: maybe(Millis),
  because: maybe(BecauseView),
  probes: Type.Number(),
  models: Type.Array(Type.Number()),
  maintenanceUntil: maybe(Millis)
})
export type SystemRow = Static<typeof SystemRow>
export const SystemDetail = Type.Object({
  system: SystemRow,
  windows: UptimeWindows,
  days: Type.Array(HealthDay),
  intervals: Type.Array(StateInterval),
  probes: Type.Array(ProbeRow),
  hops: Type.Array(HopSli),
  dependencies: Type.Array(DependencyState),
  /** What stands on it, with the models it would take down. */
  dependents: Type.Array(DependencyEdge),
  hits: Type.Array(Type.Object({ model: Type.Number(), hard: Type.Boolean(), via: Type.Array(Type.String()) }))
})
export type SystemDetail = Static<typeof SystemDetail>

export const ModelHealthDetail = Type.Object({
  model: ModelHealth,
  windows: UptimeWindows,
  /** 90 days, oldest first. */
  days: Type.Array(HealthDay),
  /** Newest first, at most 200. */
  intervals: Type.Array(StateInterval),
  probes: Type.Array(ProbeRow),
  hops: Type.Array(HopSli),
  sli: Type.Object({ h24: Sli, d30: Sli, d90: Sli }),
  /** The whole way down: what it stands on, and what that stands on. */
  dependencies: Type.Array(DependencyState),
  /** Share of its measurable dependencies that are measured. */
  measured: Type.Object({ systems: Type.Number(), measured: Type.Number() })
})
export type ModelHealthDetail = Static<typeof ModelHealthDetail>

export const MaintenanceDraft = Type.Object({
  systems: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 }),
  from: Millis,
  to: Millis,
  reason: Type.String({ minLength: 1, maxLength: 500 }),
  /** It comes back every week at the same hour (Asia/Ho_Chi_Minh) until then; absent or null: once. */
  weeklyUntil: Type.Optional(maybe(Millis))
})
export type MaintenanceDraft = Static<typeof MaintenanceDraft>
export const MaintenanceRow = Type.Object({
  id: Type.String(),
  systems: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  /** Of weekly work the time that runs, else the next one. */
  from: Millis,
  to: Millis,
  weeklyUntil: maybe(Millis),
  reason: Type.String(),
  by: Type.String(),
  status: Type.Enum(['planned', 'running', 'over', 'cancelled'])
})
export type MaintenanceRow = Static<typeof MaintenanceRow>
