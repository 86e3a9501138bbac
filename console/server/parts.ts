import type { FastifyBaseLogger } from 'fastify'
import type {
  AlertAct,
  AlertActAnswer,
  AlertDetail,
  AlertList,
  IncidentAct,
  IncidentDetail,
  IncidentRow,
  QueueTab
} from '#core/api/alerts.ts'
import type {
  MaintenanceDraft,
  MaintenanceRow,
  ModelHealthDetail,
  Outage,
  ProbeDetail,
  ProbeDraft,
  ProbeResultView,
  ProbeRow,
  Sli,
  SystemDetail,
  SystemRow,
  Uptime,
  Wall
} from '#core/api/health.ts'
import type { ReplayAnswer, RuleDetail, RuleList, SourceList } from '#core/api/sources.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { NodeId } from '#core/health.ts'
import type { Ledger } from '#core/ledger.ts'
import type { Level } from '#core/match.ts'
import type { Notifier } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import type { StoreReader } from '#core/event-search.ts'
import type { CatalogueEditor } from '#control/catalogue/catalogue.ts'
import type { Notifications } from '#control/notifications/notifications.ts'
import type { Scope } from '#control/rights/scope.ts'

/** Who acts, as the story of an alert names it. */
export type Actor = { id: string; name: string }

export type AlertFilter = {
  tab: QueueTab
  /** Of whom `mine` speaks. */
  userId: string
  scope: Scope
  rule?: string
  level?: Level
  q?: string
  entity?: string
  incident?: string
  cursor?: string
  limit: number
}
export type IncidentFilter = {
  /** `open` stands for everything that is not closed. */
  status?: IncidentRow['status'] | 'open'
  scope: Scope
  cursor?: string
  limit: number
}
export type IncidentList = { items: IncidentRow[]; total: number; cursor: string | null }

/**
 * Alerts and incidents of the control plane. Rows come unmasked; rights are checked here in the console before any call.
 * Refusals are SocErrors with a 4xx status.
 */
export type AlertsPart = {
  list(filter: AlertFilter): AlertList
  detail(id: string): AlertDetail | undefined
  act(act: AlertAct, actor: Actor): AlertActAnswer
  incidents(filter: IncidentFilter): IncidentList
  incident(id: string): IncidentDetail | undefined
  actOnIncident(id: string, act: IncidentAct, actor: Actor): IncidentDetail
  /** Writes an entry into a story; the row's revision grows and the screens hear of it. Joins a running transaction. */
  tell(entry: StoryEntry): void
  /**
   * A unit has answered what it was asked: its waiting alerts come back to their analyst among the escalated, a waiting
   * incident is in progress again. Joins a running transaction; unknown ids are passed over.
   */
  giveBack(what: { alerts: readonly string[]; incident: string | null; params?: Record<string, string | number> }): void
  /** Affected unit of each of these alerts that exists. */
  unitsOf(ids: readonly string[]): Map<string, string>
  /** Counts within a scope; `mine` are the open alerts assigned to the user. */
  summary(scope: Scope, userId: string): { newAlerts: number; mine: number; openIncidents: number }
  /** Open alerts and incidents per affected unit; units without any are left out. */
  openByUnit(): Map<string, { alerts: number; incidents: number; worst: Level | null }>
}

/** An entry that another part of the console writes into the story of an alert or incident (a task's answer). */
export type StoryEntry = {
  act: string
  alert?: string | null
  incident?: string | null
  unit?: string
  by?: Actor
  text?: string
  params?: Record<string, string | number>
}

/**
 * Health of systems and models of one origin at a time: the demonstration's while it runs on a platform without probes of
 * its own, else the real one. Unmasked rows; rights are checked in the console. Refusals are SocErrors with a 4xx status.
 */
export type HealthPart = {
  wall(): Wall
  model(id: number): ModelHealthDetail | undefined
  systems(): SystemRow[]
  system(id: string): SystemDetail | undefined
  probes(): ProbeRow[]
  probe(id: string): ProbeDetail | undefined
  /** Throws 422 for an unknown system or a target that may not be asked (`network.forbidden`). */
  addProbe(draft: ProbeDraft): ProbeRow
  changeProbe(id: string, change: Partial<ProbeDraft>): ProbeRow
  removeProbe(id: string): void
  /** The key a site signs its heartbeats with, made anew and shown once. */
  newHeartbeatKey(id: string): string
  maintenance(): MaintenanceRow[]
  addMaintenance(draft: MaintenanceDraft, by: string): MaintenanceRow
  cancelMaintenance(id: string, by: string): MaintenanceRow
  uptime(node: NodeId, from: number, to: number): Uptime
  /** Root outages that touch a range, for posture and reports. */
  outages(from: number, to: number, origin: Origin): (Outage & { until: number | null })[]
  /** Technical success of a model's exchanges over a range. */
  sliOfModel(id: number, from: number, to: number): Sli
}

/** What the data plane last said of itself. */
export type SourcesStatus = {
  /** Undefined until the threads have answered once. */
  ledger: Ledger | undefined
  listeners: SourceList['listeners']
  spool: SourceList['spool']
  store: SourceList['store']
}

export type RulesPart = {
  list(filter: { q?: string; state?: 'live' | 'off' | 'broken'; offset: number; limit: number }): RuleList
  detail(id: string): RuleDetail | undefined
}

/** Everything the console stands on, handed in by the composition root. */
export type Parts = {
  config: Config
  clock: Clock
  control: Control
  inventory: Inventory
  alerts: AlertsPart
  search: Omit<StoreReader, 'close'>
  sources(): SourcesStatus
  rules: RulesPart
  catalogue: CatalogueEditor
  health: HealthPart
  /** Runs a probe once, now, without counting it. Forbidden networks are refused like any other target. */
  tryProbe(draft: ProbeDraft): Promise<ProbeResultView>
  notifier: Notifier
  notifications: Notifications
  /** Who was told of an incident first, and when it was taken up; null when nobody was told yet. */
  toldOf?(incident: string, since?: number): NonNullable<Outage['told']> | null
  /** The break-glass account was opened: raise the alert `soc.break_glass`. Called after the commit. */
  onBreakGlass?(use: { at: number; userId: string; username: string; address: string; reason: string }): void
  /** Puts dead letters back into the spool. */
  replay(ids: string[]): Promise<ReplayAnswer>
  demonstration: { status(): { running: boolean; startedAt: number } | null; end(): Promise<void> }
  /** Senders or tokens changed: the data plane needs this snapshot. */
  onSnapshotChanged(snapshot: DataPlaneSnapshot): void
  /** What /readyz asks: every part by name, with the reason when it is not ready. */
  readiness(): { name: string; ready: boolean; reason: string }[]
  /** Where senders reach the intake, for the snippets beside a new token. */
  intake(): { host: string; httpPort: number; syslogPort: number; tls?: boolean }
  version: string
  /** Folder of the built browser part; undefined serves the API alone. */
  webRoot?: string
  log?: FastifyBaseLogger
}
