import { Type, type Static } from 'typebox'
import { unitFeeds, unitStates } from '../unit-states.ts'
import { Bilingual, Level, Millis, UnitRef } from './common.ts'
import { ChannelName } from './notifications.ts'

export const UnitTile = Type.Object({
  code: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('commune'), Type.Literal('district'), Type.Literal('department')]),
  district: Type.Union([Type.String(), Type.Null()]),
  /** Place on the tile map; null for districts and departments. */
  col: Type.Union([Type.Number(), Type.Null()]),
  row: Type.Union([Type.Number(), Type.Null()]),
  /** By itself, without what lies below it, as core/unit-states.ts says. */
  state: Type.Enum([...unitStates]),
  feed: Type.Enum([...unitFeeds]),
  /** Counted among the units under watch. */
  watched: Type.Boolean(),
  lastSeen: Type.Union([Millis, Type.Null()]),
  sources: Type.Number(),
  openAlerts: Type.Number(),
  openIncidents: Type.Number(),
  worst: Type.Union([Level, Type.Null()]),
  overdueTasks: Type.Number(),
  /** Units below it with an open incident, and with something to watch; 0 for communes and departments. */
  below: Type.Object({ incident: Type.Number(), watch: Type.Number() })
})
export type UnitTile = Static<typeof UnitTile>
export const UnitMap = Type.Object({
  cols: Type.Number(),
  rows: Type.Number(),
  units: Type.Array(UnitTile),
  counts: Type.Object({ communes: Type.Number(), districts: Type.Number(), departments: Type.Number() })
})
export type UnitMap = Static<typeof UnitMap>

export const modelStages = ['live', 'pilot', 'pre', 'act', 'undescribed'] as const
export const ModelRow = Type.Object({
  id: Type.Number(),
  name: Type.String(),
  /** For tiles; our own short form of the exact name. */
  shortName: Type.String(),
  stage: Type.Enum([...modelStages]),
  owner: Type.String(),
  ownerInferred: Type.Boolean(),
  systems: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), inferred: Type.Boolean() })),
  baselines: Type.Array(
    Type.Object({
      label: Bilingual,
      /** As the report prints it. */
      printed: Type.String(),
      /** What the parts add up to, when it can be checked. */
      recomputed: Type.Union([Type.String(), Type.Null()]),
      agrees: Type.Union([Type.Boolean(), Type.Null()])
    })
  ),
  notes: Type.Array(Bilingual)
})
export type ModelRow = Static<typeof ModelRow>
export const DependencyEdge = Type.Object({
  from: Type.String(),
  to: Type.String(),
  kind: Type.Enum(['hard', 'soft', 'anyOf', 'kOfN', 'declared', 'monitoring']),
  scope: Type.String(),
  /** Joins the members of anyOf and kOfN edges; `need` of a kOfN group must be up. */
  group: Type.Optional(Type.String()),
  need: Type.Optional(Type.Number()),
  inferred: Type.Boolean(),
  reason: Bilingual
})
export const ModelDetail = Type.Object({
  model: ModelRow,
  dependencies: Type.Array(DependencyEdge),
  dependents: Type.Array(DependencyEdge),
  alerts: Type.Number()
})
export type ModelDetail = Static<typeof ModelDetail>
export const UnitDetail = Type.Object({
  unit: UnitTile,
  ref: UnitRef,
  parent: Type.Union([UnitRef, Type.Null()]),
  /** What it became on a later date, with the basis. */
  successors: Type.Array(UnitRef),
  systems: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  contacts: Type.Array(
    Type.Object({
      id: Type.String(),
      role: Type.String(),
      name: Type.String(),
      phone: Type.String(),
      email: Type.String(),
      /** Preferred first; empty: as the steps of escalation say. */
      channels: Type.Optional(Type.Array(ChannelName))
    })
  )
})
export type UnitDetail = Static<typeof UnitDetail>

export type UnitContact = UnitDetail['contacts'][number]

/** A unit's contacts, replaced whole. */
export const UnitContacts = Type.Object({
  contacts: Type.Array(
    Type.Object({
      role: Type.String({ minLength: 1, maxLength: 100 }),
      name: Type.String({ minLength: 1, maxLength: 200 }),
      phone: Type.String({ maxLength: 50 }),
      email: Type.String({ maxLength: 200 }),
      channels: Type.Optional(Type.Array(ChannelName, { maxItems: 8 }))
    }),
    { maxItems: 20 }
  )
})
export type UnitContacts = Static<typeof UnitContacts>
