import { Type, type Static } from 'typebox'
import { unitShows } from '../posture.ts'
import { unitFeeds, unitStates } from '../unit-states.ts'
import { Bilingual, Level, Millis, UnitRef, Origin, oneOf } from './common.ts'
import type { Routes } from './routes.ts'

const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Days of Asia/Ho_Chi_Minh, both included: any range, such as 15/10–14/11. */
export const Period = Type.Object({
  from: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  to: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })
})
export type Period = Static<typeof Period>

/** A figure with the one of the period before (equal length, directly before), and where it comes from. */
export const Trended = Type.Object({
  value: maybe(Type.Number()),
  before: maybe(Type.Number()),
  /** Name of the query that made it, as docs/posture.md describes it. */
  query: Type.String()
})
export type Trended = Static<typeof Trended>

/** One sentence of the paragraph, each traceable to its figures; `parts` emphasised ones are bold. */
export const PostureSentence = Type.Object({
  text: Bilingual,
  strong: Type.Array(Type.String()),
  query: Type.String(),
  link: Type.String()
})
export type PostureSentence = Static<typeof PostureSentence>

/** Something that needs a decision: a unit, why in a sentence without log text, how late, how long nobody has taken it. */
export const Decision = Type.Object({
  unit: UnitRef,
  why: Bilingual,
  level: Level,
  incident: maybe(Type.String()),
  task: maybe(Type.String()),
  overdueMs: maybe(Type.Number()),
  waitingMs: maybe(Type.Number())
})
export type Decision = Static<typeof Decision>

export const UnitPosture = Type.Object({
  unit: UnitRef,
  kind: Type.Enum(['commune', 'district', 'department']),
  /** At the end of the period, as core/unit-states.ts says; never green without logs. */
  state: Type.Enum([...unitStates]),
  /** Whether its own sources sent, at the end of the period. */
  feed: Type.Enum([...unitFeeds]),
  /** Counted under the province's coverage. */
  watched: Type.Boolean(),
  /** Days of the period on which a source of the unit itself sent, and what those sources sent. */
  daysSent: Type.Number(),
  sent: Type.Number(),
  /** Events about the unit, whoever sent them. */
  events: Type.Number(),
  alerts: Type.Number(),
  incidents: Type.Number(),
  openIncidents: Type.Number(),
  overdueTasks: Type.Number(),
  answeredTasks: Type.Number(),
  tasks: Type.Number()
})
export type UnitPosture = Static<typeof UnitPosture>

/**
 * Every figure of a period, of one origin; the posture page and the reports print these and nothing else. As of the end
 * of the period, so that the same period always gives the same figures.
 */
export const PeriodFigures = Type.Object({
  period: Period,
  fromMs: Millis,
  /** Exclusive. */
  toMs: Millis,
  origin: Type.String(),
  /** True when the period has not ended yet: figures are as of `asOf`. */
  running: Type.Boolean(),
  asOf: Millis,
  coverage: Type.Object({
    /** Units under watch. */
    units: Type.Number(),
    /** Those of which a source of their own sent in the period; null for days on which that was not counted yet. */
    sent: maybe(Type.Number()),
    before: maybe(Type.Number()),
    /** Units under watch that did not. */
    unheard: Type.Array(UnitRef),
    /** Units under watch by their feed at the end: they add up to `units`. */
    feeds: Type.Record(Type.Enum([...unitFeeds]), Type.Number()),
    /** Since when it is counted who sent; 0: always. */
    since: Millis
  }),
  events: Trended,
  alerts: Type.Object({
    raised: Trended,
    byLevel: Type.Record(Type.String(), Trended),
    byVerdict: Type.Record(Type.String(), Type.Number()),
    /** By rule; the title is the rule's own, the level the highest among these alerts. */
    topRules: Type.Array(Type.Object({ title: Bilingual, level: Level, alerts: Type.Number(), units: Type.Number() })),
    /** Open critical and high ones at the end that nobody took, outside of open incidents; and where they are, most first. */
    untaken: Trended,
    untakenUnits: Type.Array(Type.Object({ unit: UnitRef, alerts: Type.Number() }))
  }),
  incidents: Type.Object({
    opened: Trended,
    closed: Trended,
    openAtEnd: Trended,
    /** Critical or high, or overdue, and not closed at the end: what leaders are asked about. */
    needDecision: Trended,
    byReason: Type.Record(Type.String(), Type.Number()),
    byKind: Type.Array(Type.Object({ kind: Bilingual, incidents: Type.Number() })),
    list: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Bilingual,
        level: Level,
        units: Type.Array(UnitRef),
        openedAt: Millis,
        closedAt: maybe(Millis),
        status: Type.String()
      })
    )
  }),
  unitsAtRisk: Trended,
  /**
   * From first sight to closing, milliseconds. `median` is of the `closed` incidents of the period alone, so it is never
   * said without those that are still open; each incident is measured against the target of its own level.
   */
  handling: Type.Object({
    median: Trended,
    targetMs: Type.Number(),
    closed: Type.Number(),
    inTime: Type.Number(),
    open: Type.Number(),
    openLate: Type.Number(),
    longestOpenMs: maybe(Type.Number())
  }),
  tasks: Type.Object({
    sent: Trended,
    answered: Trended,
    answeredInTime: Trended,
    overdueAtEnd: Trended,
    longestOverdueMs: maybe(Type.Number())
  }),
  health: Type.Object({
    outages: Type.Array(
      Type.Object({
        system: Type.String(),
        name: Type.String(),
        from: Millis,
        to: maybe(Millis),
        ms: Type.Number(),
        /** Every model that it touched: those of `down` and `degraded`, which share none. */
        models: Type.Array(Type.Number()),
        down: Type.Array(Type.Number()),
        degraded: Type.Array(Type.Number())
      })
    ),
    /** Availability of each described, deployed model over the period; null below 90 % coverage. */
    models: Type.Array(
      Type.Object({
        id: Type.Number(),
        name: Type.String(),
        uptime: maybe(Type.Number()),
        coverage: Type.Number(),
        sli: maybe(Type.Number())
      })
    )
  }),
  decisions: Type.Array(Decision),
  units: Type.Array(UnitPosture)
})
export type PeriodFigures = Static<typeof PeriodFigures>

export const Posture = Type.Object({ figures: PeriodFigures, paragraph: Type.Array(PostureSentence) })
export type Posture = Static<typeof Posture>

/** One unit over a period, for drilling down: numbers, its incidents by kind of rule, its days; no log text. */
export const UnitPostureDetail = Type.Object({
  period: Period,
  origin: Type.String(),
  running: Type.Boolean(),
  asOf: Millis,
  unit: UnitPosture,
  /** Every day of the period up to `asOf`, oldest first. */
  days: Type.Array(Type.Object({ day: Type.String(), events: Type.Number() })),
  incidents: PeriodFigures.properties.incidents.properties.list,
  decisions: Type.Array(Decision)
})
export type UnitPostureDetail = Static<typeof UnitPostureDetail>

export const UnitPostureList = Type.Object({
  period: Period,
  origin: Type.String(),
  running: Type.Boolean(),
  asOf: Millis,
  units: Type.Array(UnitPosture)
})
export type UnitPostureList = Static<typeof UnitPostureList>

const period = { ...Period.properties, origin: Type.Optional(Origin) }
const PeriodQuery = Type.Object(period)
const UnitsQuery = Type.Object({ ...period, show: Type.Optional(oneOf(unitShows)) })
const CsvQuery = Type.Object({
  ...period,
  show: Type.Optional(oneOf(unitShows)),
  language: Type.Optional(Type.Enum(['vi', 'en']))
})
const UnitCode = Type.Object({ code: Type.String({ minLength: 1, maxLength: 50 }) })

/** Posture of a period: figures, paragraph, and the way down to units. Numbers only; within the viewer's units. */
export const postureApi = {
  'GET /api/posture': {
    who: 'posture.read',
    about: 'Figures of a period',
    note: 'With their paragraph (docs/posture.md). Scoped.',
    query: PeriodQuery,
    answer: Posture
  },
  'GET /api/posture/units': {
    who: 'posture.read',
    about: 'Units over a period',
    note: 'Scoped.',
    query: UnitsQuery,
    answer: UnitPostureList
  },
  'GET /api/posture/units.csv': {
    who: 'posture.read',
    about: 'Units over a period as CSV',
    note: 'The same as a table for a spreadsheet. Scoped, audited.',
    query: CsvQuery,
    answer: Type.String()
  },
  'GET /api/posture/units/:code': {
    who: 'posture.read',
    about: 'One unit over a period',
    note: 'Scoped.',
    params: UnitCode,
    query: PeriodQuery,
    answer: UnitPostureDetail
  }
} satisfies Routes
