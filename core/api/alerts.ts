import { Type, type Static } from 'typebox'
import { AuthorTexts, Bilingual, Level, Millis, Origin, UnitRef, oneOf, Id, limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'

/** Life of an alert. `archived` is archived-until-escalating. */
export const alertStatuses = ['new', 'acknowledged', 'waiting', 'archived', 'closed'] as const
/** Verdicts in the order of the keys 1–5. */
export const verdicts = ['true_positive', 'benign', 'false_positive', 'duplicate', 'test'] as const
export type Verdict = (typeof verdicts)[number]
export const queueTabs = ['new', 'mine', 'waiting', 'escalated', 'archived', 'closed', 'all'] as const
export type QueueTab = (typeof queueTabs)[number]

export const AlertRow = Type.Object({
  id: Type.String(),
  /** Grows with every change of the row: an older push never replaces a newer one. */
  revision: Type.Number(),
  ruleId: Type.String(),
  title: Bilingual,
  /** What happened, as a person would say it, masked. */
  sentence: Bilingual,
  level: Level,
  origin: Origin,
  status: oneOf(alertStatuses),
  verdict: Type.Union([oneOf(verdicts), Type.Null()]),
  unit: UnitRef,
  entity: Type.Array(Type.Object({ field: Type.String(), value: Type.String() })),
  count: Type.Number(),
  /** Counts of the last 12 five-minute steps, oldest first. */
  trend: Type.Array(Type.Number()),
  firstSeen: Millis,
  lastSeen: Millis,
  raisedAt: Millis,
  assignee: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  incident: Type.Union([Type.String(), Type.Null()]),
  /** Came back after it was closed or archived. */
  escalated: Type.Boolean(),
  reopened: Type.Number(),
  deadline: Type.Union([Millis, Type.Null()]),
  /** Archived: matches in one hour that bring it back (so does a new unit); null when it is not archived. */
  returnsAt: Type.Number()
})
export type AlertRow = Static<typeof AlertRow>

export const MatchedFieldView = Type.Object({ selection: Type.String(), field: Type.String(), value: Type.String() })
export const EvidenceView = Type.Object({
  eventId: Type.String(),
  time: Millis,
  matched: Type.Array(MatchedFieldView),
  /** Line as received, masked; absent for roles without log text. */
  original: Type.Optional(Type.String()),
  /** Masked ECS document. */
  event: Type.Optional(Type.Unknown())
})

/** One entry of an alert's or incident's story: who did what, when. */
export const TimelineEntry = Type.Object({
  id: Type.String(),
  at: Millis,
  /** Dotted act: `alert.opened`, `alert.acknowledged`, `alert.verdict`, `note`, `incident.merged` … */
  act: Type.String(),
  by: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  text: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  unit: Type.Union([Type.String(), Type.Null()])
})
export type TimelineEntry = Static<typeof TimelineEntry>

export const AlertDetail = Type.Object({
  alert: AlertRow,
  rule: Type.Object({
    id: Type.String(),
    version: Type.String(),
    title: Bilingual,
    tags: Type.Array(Type.String()),
    falsePositives: AuthorTexts
  }),
  /** The system that an outage is about; its probes are the evidence. */
  system: Type.Union([Type.String(), Type.Null()]),
  evidence: Type.Array(EvidenceView),
  /** Times of the hops, milliseconds since the epoch: event → received → matched → raised → acknowledged (null: not yet). */
  hops: Type.Object({
    event: Millis,
    received: Millis,
    matched: Millis,
    raised: Millis,
    acknowledged: Type.Union([Millis, Type.Null()])
  }),
  /** Earlier alerts of the same fingerprint by verdict. */
  history: Type.Object({ total: Type.Number(), byVerdict: Type.Record(Type.String(), Type.Number()) }),
  /** Same entity or unit within an hour. */
  related: Type.Array(AlertRow),
  /** Units of the province in which this entity has been seen by any alert. */
  rarity: Type.Object({ firstSeen: Millis, units: Type.Number(), alerts: Type.Number() }),
  previous: Type.Union([Type.String(), Type.Null()]),
  timeline: Type.Array(TimelineEntry)
})
export type AlertDetail = Static<typeof AlertDetail>

export const AlertList = Type.Object({
  items: Type.Array(AlertRow),
  /** All that fit the filter, not the page. */
  total: Type.Number(),
  counts: Type.Record(oneOf(queueTabs), Type.Number()),
  cursor: Type.Union([Type.String(), Type.Null()])
})
export type AlertList = Static<typeof AlertList>

/**
 * Acts on one or many alerts, each request one deed. `undo` takes a deed of the caller back, no older than 30 minutes; by
 * default the newest that touched one of these alerts.
 */
export const AlertAct = Type.Object({
  ids: Type.Array(Type.String(), { minItems: 1, maxItems: 500 }),
  act: Type.Union([
    Type.Object({ kind: Type.Literal('acknowledge') }),
    Type.Object({ kind: Type.Literal('assign'), userId: Type.String() }),
    Type.Object({
      kind: Type.Literal('verdict'),
      verdict: oneOf(verdicts),
      note: Type.Optional(Type.String({ maxLength: 4000 }))
    }),
    Type.Object({ kind: Type.Literal('note'), text: Type.String({ minLength: 1, maxLength: 4000 }) }),
    Type.Object({ kind: Type.Literal('reopen') }),
    /** Asked the unit; comes back to the caller's hands by acknowledging. */
    Type.Object({ kind: Type.Literal('wait') }),
    /** Out of sight until it escalates: three times its greatest hour, or a new unit. */
    Type.Object({ kind: Type.Literal('archive') }),
    Type.Object({
      kind: Type.Literal('merge'),
      /** An incident's id, or null for a new one. */
      incident: Type.Union([Type.String(), Type.Null()]),
      title: Type.Optional(Type.String({ maxLength: 200 }))
    }),
    Type.Object({ kind: Type.Literal('undo'), deed: Type.Optional(Type.String({ maxLength: 50 })) })
  ])
})
export type AlertAct = Static<typeof AlertAct>
export const AlertActAnswer = Type.Object({
  alerts: Type.Array(AlertRow),
  incident: Type.Union([Type.String(), Type.Null()]),
  /** What an undo names to take this back; absent when nothing has changed. */
  deed: Type.Optional(Type.String()),
  /** Of an undo: alerts of the deed that were left alone, because somebody acted on them since. */
  skipped: Type.Optional(Type.Array(Type.String()))
})
export type AlertActAnswer = Static<typeof AlertActAnswer>

export const incidentStatuses = ['new', 'in_progress', 'waiting', 'review', 'closed'] as const
export const IncidentRow = Type.Object({
  /** Shown number, e.g. VL-0231. */
  id: Type.String(),
  revision: Type.Number(),
  title: Bilingual,
  level: Level,
  origin: Origin,
  status: oneOf(incidentStatuses),
  units: Type.Array(UnitRef),
  alerts: Type.Number(),
  openedAt: Millis,
  lastSeen: Millis,
  assignee: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  /** Why it opened: `critical_alert`, `two_rules_one_entity`, `by_hand`, `root_outage`, `outage_with_alert`. */
  reason: Type.String(),
  deadline: Type.Union([Millis, Type.Null()])
})
export type IncidentRow = Static<typeof IncidentRow>
export const IncidentDetail = Type.Object({
  incident: IncidentRow,
  alerts: Type.Array(AlertRow),
  timeline: Type.Array(TimelineEntry),
  /** Incidents that were merged into this one and can be taken out again. */
  merged: Type.Array(Type.Object({ id: Type.String(), title: Bilingual, at: Millis, alerts: Type.Number() })),
  /** Legal clocks counted from detection (reference law set), milliseconds; informational. */
  clocks: Type.Array(Type.Object({ code: Type.String(), label: Bilingual, due: Millis }))
})
export type IncidentDetail = Static<typeof IncidentDetail>
export const IncidentAct = Type.Union([
  Type.Object({
    kind: Type.Literal('status'),
    status: oneOf(incidentStatuses),
    note: Type.Optional(Type.String({ maxLength: 4000 })),
    /** Of closing, which is refused without both: what it was, and a sentence on what came of it. Open alerts close with it. */
    verdict: Type.Optional(oneOf(verdicts)),
    conclusion: Type.Optional(Type.String({ maxLength: 2000 }))
  }),
  Type.Object({ kind: Type.Literal('assign'), userId: Type.Union([Type.String(), Type.Null()]) }),
  Type.Object({ kind: Type.Literal('note'), text: Type.String({ minLength: 1, maxLength: 4000 }) }),
  Type.Object({ kind: Type.Literal('title'), title: Type.String({ minLength: 1, maxLength: 200 }) }),
  /** The other incident's alerts move here and it closes, pointing here. */
  Type.Object({ kind: Type.Literal('merge'), from: Type.String() }),
  /** Takes a merge back: the alerts that came with the other incident return to it, and it is as it was. */
  Type.Object({ kind: Type.Literal('unmerge'), from: Type.String() }),
  /** Alerts leave this incident, into a new one of their own or into none. */
  Type.Object({
    kind: Type.Literal('release'),
    alerts: Type.Array(Type.String(), { minItems: 1, maxItems: 500 }),
    into: Type.Union([Type.Literal('new'), Type.Null()])
  })
])
export type IncidentAct = Static<typeof IncidentAct>

const AlertQuery = Type.Object({
  tab: Type.Optional(oneOf(queueTabs)),
  unit: text(50),
  rule: text(),
  level: Type.Optional(Level),
  q: text(),
  entity: text(500),
  incident: text(50),
  cursor: text(500),
  limit: limitOf(100, 500)
})

/** The triage queue: list, one alert, and acts on one or many. */
export const alertsApi = {
  'GET /api/alerts': {
    who: 'alerts.read',
    about: 'The queue',
    note: 'Owner: own units.',
    query: AlertQuery,
    answer: AlertList
  },
  'GET /api/alerts/:id': {
    who: 'alerts.read',
    about: 'One alert with evidence and story',
    note: 'Owner: own units.',
    params: Id,
    answer: AlertDetail
  },
  'POST /api/alerts/acts': {
    who: 'alerts.act',
    about: 'Judge, assign, note, merge or undo',
    body: AlertAct,
    answer: AlertActAnswer
  }
} satisfies Routes
