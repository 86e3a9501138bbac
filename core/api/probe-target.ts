import { Type } from 'typebox'
import type { ProbeField } from '../probes/kind.ts'
import { kindNamed, probeKindNames, type ProbeKind, type ProbeTarget } from '../probes/target.ts'

/** Schema of the target of every kind of probe, made from the fields of core/probes/. */
export const ProbeTargetSchema = Type.Unsafe<ProbeTarget>(Type.Union(probeKindNames.map(schemaOf)))

function schemaOf(kind: ProbeKind): Type.TSchema {
  const fields = Object.entries(kindNamed(kind).fields).map(([name, field]) => [name, fieldSchema(field)])
  return Type.Object({ kind: Type.Literal(kind), ...(Object.fromEntries(fields) as Record<string, Type.TSchema>) })
}

function fieldSchema(field: ProbeField): Type.TSchema {
  switch (field.is) {
    case 'text':
      return Type.String({ ...(field.min > 0 && { minLength: field.min }), maxLength: field.max })
    case 'number':
      return Type.Integer({ minimum: field.min, maximum: field.max })
    case 'choice':
      return Type.Enum([...field.choices])
    case 'flag':
      return Type.Boolean()
    case 'numbers':
      return Type.Array(Type.Integer({ minimum: field.min, maximum: field.max }), { maxItems: field.most })
    case 'lines':
      return Type.Array(Type.String({ maxLength: field.max }), { maxItems: field.most })
  }
}
