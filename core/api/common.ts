import { Type, type Static } from 'typebox'
import { fates } from '../ledger.ts'
import { levels } from '../match.ts'
import { origins } from '../origin.ts'
import { roles } from '../roles.ts'

/** A union of string constants as a schema that OpenAPI shows as `enum`. */
export const oneOf = <const T extends readonly string[]>(values: T): Type.TEnum<[...T]> =>
  Type.Enum<[...T]>([...values] as [...T])

export const Origin = oneOf(origins)
export const Level = oneOf(levels)
export const RoleName = oneOf(roles)
export const FateName = oneOf(fates)
/** Milliseconds since the epoch. */
export const Millis = Type.Number()
export const Bilingual = Type.Object({ vi: Type.String(), en: Type.String() })

/** A unit as shown beside everything: code and name with its district. */
export const UnitRef = Type.Object({ code: Type.String(), name: Type.String(), district: Type.String() })
export type UnitRef = Static<typeof UnitRef>

/** Every refusal of the API. The console translates the code. */
export const ApiError = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  message: Type.Optional(Type.String())
})
export type ApiError = Static<typeof ApiError>
