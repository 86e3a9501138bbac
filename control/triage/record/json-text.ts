/**
 * Text of JSON columns, beside the values that were parsed from it: what was read and not replaced is written back as the
 * same text, without being made again. So values that went through here must never be changed in place.
 */
const texts = new WeakMap<object, string>()

/** The value of a JSON column. Throws `SyntaxError` for text that is no JSON: only our own writes are read. */
export function fromText<T extends object>(text: string): Readonly<T> {
  const value = JSON.parse(text) as T
  texts.set(value, text)
  return value
}

/** The text of a value for a JSON column, made once for each value. */
export function toText(value: object): string {
  let text = texts.get(value)
  if (text === undefined) texts.set(value, (text = JSON.stringify(value)))
  return text
}
