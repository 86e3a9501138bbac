import { Type, type Static } from 'typebox'
import { fates } from '../ledger.ts'
import { levels } from '../match.ts'
import { origins } from '../origin.ts'
import { roles } from '../roles.ts'

/** A union of string constants as a schema that OpenAPI shows as `enum`. */
export const oneOf = <const T extends readonly string[]>(values: T): Type.TEnum<[...T]> =>
  Type.Enum<[...T]>([...values] as [...T])

export const Origin = oneOf(origins)
/** Texts of a rule's author; `vi` is empty where a rule of others has none. */
export const AuthorTexts = Type.Object({ vi: Type.Array(Type.String()), en: Type.Array(Type.String()) })
export type AuthorTexts = Static<typeof AuthorTexts>

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

/** A page's size: 1 to `max`, `fallback` when not said. */
export const limitOf = (fallback: number, max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, default: fallback }))
/** Text from the address bar: bounded, so that nothing behind it has to be. */
export const text = (maxLength = 200) => Type.Optional(Type.String({ maxLength }))
/** Our own ids are short. */
export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) })
/** An answer without content, status 204. */
export const Nothing = Type.Null()
/** An answer that is a file or text of its own type. */
export const File = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
