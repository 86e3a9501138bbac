import { valueAt, type JsonPath } from '#core/json-path.ts'

/** A number as the answer wrote it: a double would round what has more than 15 digits. */
class WrittenNumber {
  // Hidden: a path that goes on after a number leads nowhere.
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }
}

/** Numbers longer than this are compared as they are written. */
const NUMBER_MAX = 400

/** The value at a path, numbers as they are written; undefined when there is none. Throws when the text is no JSON. */
export function jsonValueAt(text: string, path: JsonPath): unknown {
  return valueAt(parseWritten(text, keepWritten), path)
}

/** The compiler does not know yet that revivers are told the source text. */
const parseWritten = JSON.parse as (text: string, reviver: typeof keepWritten) => unknown

const keepWritten = (_key: string, value: unknown, { source }: { source?: string }) =>
  typeof value === 'number' && source !== undefined ? new WrittenNumber(source) : value

/** Whether a value is the expected one: numbers by what they are worth (1.0 is 1), all else by its text; null is `null`. */
export function isJsonValue(value: unknown, expected: string): boolean {
  if (value instanceof WrittenNumber) {
    return value.text === expected || (worthOf(value.text) ?? value.text) === worthOf(expected.trim())
  }
  return (typeof value !== 'object' || value === null) && String(value) === expected
}

/** One spelling for all numbers of the same worth, exact; undefined for what is no number. */
function worthOf(text: string): string | undefined {
  const parts = text.length > NUMBER_MAX ? null : /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,15}))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return '0'
  return `${sign}${short}e${Number(power) - fraction.length + digits.length - short.length}`
}
