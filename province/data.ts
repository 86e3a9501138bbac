import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { messageOf, SocError } from '#core/errors.ts'

const Text = Type.String({ minLength: 1 })
const Both = Type.Object({ vi: Text, en: Text })
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })
const Named = { code: Type.String({ pattern: '^\\d{2,5}$' }), name: Text, shortName: Text, nameEn: Text }

/** The data files beside this module and their shapes. Facts to edit, not code: a reorganisation is a change here. */
const files = {
  'units.json': Type.Object({
    validFrom: Day,
    validTo: Day,
    province: Type.Object(Named),
    districts: Type.Array(Type.Object(Named)),
    communes: Type.Array(Type.Object({ ...Named, district: Text }))
  }),
  'units-2025.json': Type.Object({
    validFrom: Day,
    successorBasis: Text,
    districtBasis: Text,
    province: Type.Object(Named),
    communes: Type.Array(Type.Object(Named)),
    successors: Type.Array(Type.Object({ old: Text, new: Text }))
  }),
  'departments.json': Type.Object({
    /**
     * Codes of department-level bodies are ours: the province's code among state agencies (H57), a dot, and the
     * usual abbreviation in small letters. They are not official codes of those bodies.
     */
    codePrefix: Text,
    departments: Type.Array(
      Type.Object({
        id: Type.String({ pattern: '^[a-z0-9]+$' }),
        name: Text,
        abbreviation: Text,
        nameEn: Text,
        scope: Type.Enum(['monitored', 'partner', 'reader', 'supplier', 'out', 'self']),
        /** Named by the province's report; the others are the standard list. */
        inReport: Type.Boolean(),
        /** Another department's id, or the province's code; absent outside the province's line of command. */
        parent: Type.Optional(Text)
      })
    )
  }),
  'tiles.json': Type.Object({
    cols: Type.Integer({ minimum: 1, maximum: 100 }),
    rows: Type.Integer({ minimum: 1, maximum: 100 }),
    tiles: Type.Array(Type.Object({ code: Text, col: Type.Integer({ minimum: 0 }), row: Type.Integer({ minimum: 0 }) }))
  }),
  'domains.json': Type.Object({
    domains: Type.Array(Type.Object({ domain: Type.String({ pattern: '^[a-z0-9.-]+$' }), unit: Text }))
  }),
  'systems.json': Type.Object({
    systems: Type.Array(
      Type.Object({
        id: Type.String({ pattern: '^[a-z0-9-]+$' }),
        name: Text,
        owner: Type.String(),
        inferred: Type.Boolean(),
        ownerInferred: Type.Optional(Type.Boolean()),
        security: Type.Optional(Text),
        hosts: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z0-9.:-]{1,253}$' }), { maxItems: 50 }))
      })
    )
  }),
  'models.json': Type.Object({
    models: Type.Array(
      Type.Object({
        id: Type.Integer({ minimum: 1 }),
        name: Text,
        shortName: Text,
        stage: Type.Enum(['live', 'pilot', 'pre', 'act', 'undescribed']),
        owner: Type.String(),
        ownerInferred: Type.Boolean(),
        systems: Type.Array(Text),
        baselines: Type.Array(
          Type.Object({
            label: Both,
            printed: Text,
            check: Type.Optional(
              Type.Object({
                kind: Type.Enum(['sum', 'ratio']),
                parts: Type.Array(Type.Number(), { minItems: 2 }),
                printedValue: Type.Number()
              })
            )
          })
        ),
        notes: Type.Array(Both)
      })
    )
  }),
  'dependencies.json': Type.Object({
    dependencies: Type.Array(
      Type.Object({
        from: Text,
        /** `*` stands for every system (monitoring only). */
        to: Text,
        kind: Type.Enum(['hard', 'soft', 'anyOf', 'kOfN', 'declared', 'monitoring']),
        scope: Type.String(),
        group: Type.Optional(Text),
        need: Type.Optional(Type.Integer({ minimum: 1 })),
        inferred: Type.Boolean(),
        reason: Both
      })
    )
  })
}
type Files = typeof files
/** Everything that is known of the province, as it stands in the files. */
export type ProvinceData = { [K in keyof Files]: Static<Files[K]> }

/** Reads every data file of `folder`; throws `inventory.invalid` naming the file and the entry that has the wrong shape. */
export function readProvinceData(folder: string = import.meta.dirname): ProvinceData {
  const data: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(files)) data[name] = readOne(folder, name, schema)
  return data as ProvinceData
}

function readOne(folder: string, name: string, schema: TSchema): unknown {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  } catch (error) {
    throw new SocError('inventory.invalid', `province/${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  const [wrong] = Value.Errors(schema, content)
  if (wrong !== undefined) {
    throw new SocError('inventory.invalid', `province/${name}${wrong.instancePath}: ${wrong.message}`)
  }
  return content
}
