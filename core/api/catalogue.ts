import { Type, type Static } from 'typebox'
import { Bilingual, Millis, Origin, UnitRef } from './common.ts'
import { modelStages } from './province.ts'
import type { Routes } from './routes.ts'

const Id = Type.String({ pattern: '^[a-z0-9-]{1,60}$' })
const End = Type.String({ pattern: '^(M[0-9]{1,4}|[a-z0-9-]{1,60})$' })
const Words = Type.Object({
  vi: Type.String({ minLength: 1, maxLength: 1000 }),
  en: Type.String({ minLength: 1, maxLength: 1000 })
})
export const dependencyKinds = ['hard', 'soft', 'anyOf', 'kOfN', 'declared', 'monitoring'] as const
const DependencyKey = Type.Object({ from: End, to: Id, scope: Type.String({ maxLength: 200 }) })

/**
 * A change of the catalogue over the files of province/. A model's exact name and its printed figures are the report's and cannot
 * be changed; a system that is retired must stand in no model and no edge any more.
 */
export const CatalogueEdit = Type.Union([
  Type.Object({
    kind: Type.Literal('model'),
    id: Type.Integer({ minimum: 1, maximum: 10_000 }),
    set: Type.Partial(
      Type.Object({
        shortName: Type.String({ minLength: 1, maxLength: 60 }),
        stage: Type.Enum([...modelStages]),
        owner: Type.String({ maxLength: 300 }),
        systems: Type.Array(Id, { maxItems: 50 }),
        notes: Type.Array(Words, { maxItems: 20 })
      }),
      { additionalProperties: false }
    )
  }),
  Type.Object({
    kind: Type.Literal('system'),
    id: Id,
    set: Type.Partial(
      Type.Object({
        name: Type.String({ minLength: 1, maxLength: 200 }),
        /** Unit code; '' for nobody in the inventory. */
        owner: Type.String({ maxLength: 50 }),
        security: Type.String({ maxLength: 20 }),
        /** Host names and addresses by which logs know it. */
        hosts: Type.Array(Type.String({ pattern: '^[a-z0-9.:-]{1,253}$' }), { maxItems: 50 })
      }),
      { additionalProperties: false }
    )
  }),
  Type.Object({ kind: Type.Literal('retire'), id: Id }),
  Type.Object({
    kind: Type.Literal('dependency'),
    key: DependencyKey,
    set: Type.Object({
      kind: Type.Enum([...dependencyKinds]),
      group: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      need: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      reason: Words
    })
  }),
  Type.Object({ kind: Type.Literal('no_dependency'), key: DependencyKey })
])
export type CatalogueEdit = Static<typeof CatalogueEdit>

export const CatalogueChange = Type.Object({
  edit: CatalogueEdit,
  /** Why: shown in the history. */
  reason: Type.String({ minLength: 1, maxLength: 500 })
})
export type CatalogueChange = Static<typeof CatalogueChange>

export const CatalogueEntry = Type.Object({
  id: Type.Number(),
  at: Millis,
  user: Type.String(),
  origin: Origin,
  edit: CatalogueEdit,
  reason: Type.String(),
  revertedBy: Type.Union([Type.Number(), Type.Null()])
})
export type CatalogueEntry = Static<typeof CatalogueEntry>

/** The catalogue as it stands, for the editor. */
export const Catalogue = Type.Object({
  date: Type.String(),
  models: Type.Array(
    Type.Object({
      id: Type.Number(),
      name: Type.String(),
      shortName: Type.String(),
      stage: Type.Enum([...modelStages]),
      owner: Type.String(),
      systems: Type.Array(Type.String()),
      notes: Type.Array(Bilingual),
      changed: Type.Boolean()
    })
  ),
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      owner: Type.Union([UnitRef, Type.Null()]),
      security: Type.String(),
      /** Names inside networks: only for those who edit; empty for everybody else. */
      hosts: Type.Array(Type.String()),
      inferred: Type.Boolean(),
      changed: Type.Boolean()
    })
  ),
  dependencies: Type.Array(
    Type.Object({
      from: Type.String(),
      to: Type.String(),
      scope: Type.String(),
      kind: Type.Enum([...dependencyKinds]),
      group: Type.Union([Type.String(), Type.Null()]),
      need: Type.Union([Type.Number(), Type.Null()]),
      reason: Bilingual,
      inferred: Type.Boolean(),
      changed: Type.Boolean()
    })
  )
})
export type Catalogue = Static<typeof Catalogue>

const EntryId = Type.Object({ id: Type.Integer({ minimum: 1 }) })
const Why = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) })

/** The catalogue of models, systems and dependencies: how it stands, who changed what, and changing it. */
export const catalogueApi = {
  'GET /api/catalogue': {
    who: 'models.read',
    about: 'The catalogue as it stands',
    note: 'Host names only for those who edit.',
    answer: Catalogue
  },
  'GET /api/catalogue/changes': {
    who: 'catalogue.write',
    about: 'Who changed the catalogue',
    answer: Type.Array(CatalogueEntry)
  },
  'POST /api/catalogue/changes': {
    who: 'catalogue.write',
    about: 'Change the catalogue',
    note: 'Administrators of the whole province.',
    body: CatalogueChange,
    answer: CatalogueEntry
  },
  'POST /api/catalogue/changes/:id/revert': {
    who: 'catalogue.write',
    about: 'Take a change back',
    note: 'Administrators of the whole province.',
    params: EntryId,
    body: Why,
    answer: CatalogueEntry
  }
} satisfies Routes
