import { Type } from 'typebox'

/** A page's size: 1 to `max`, `fallback` when not said. */
export const limitOf = (fallback: number, max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, default: fallback }))
/** Text from the address bar: bounded, so that nothing behind it has to be. */
export const text = (maxLength = 200) => Type.Optional(Type.String({ maxLength }))
/** Our own ids are short. */
export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) })
/** An answer without content. */
export const Nothing = Type.Null()
