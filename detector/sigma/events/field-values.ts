import { casefold, isAscii } from '../compare/casefold.ts'
import type { SigmaEvent } from '../parse/types.ts'

/** What a field of an event holds. */
export const ABSENT = 0
export const NULL = 1
export const TEXT = 2
export const LIST = 3
export const OBJECT = 4

/** Elements of one list that rules look at, nested ones counted; the rest of a hostile list is not searched. */
const MAX_ELEMENTS = 5_000

/**
 * The fields of the event that is being matched, each read, folded and examined at most once. Fields have slots; a
 * generation number tells which slots belong to the present event, so that nothing is cleared between events.
 */
export class FieldValues {
  readonly names: string[] = []
  readonly #slots = new Map<string, number>()
  #event: SigmaEvent = { product: '', service: '', categories: [], get: () => undefined }
  #generation = 0
  readonly #read: number[] = []
  readonly #kinds: number[] = []
  readonly #raw: unknown[] = []
  readonly #texts: string[] = []
  readonly #foldedAt: number[] = []
  readonly #folded: string[] = []
  readonly #asciiAt: number[] = []
  readonly #ascii: boolean[] = []
  readonly #baseAt: number[] = []
  readonly #bases: string[] = []
  #keywordsAt = 0
  #keywords: KeywordText[] = []
  #joinedAt = 0
  #joined = ''
  #textsAt = 0
  #keywordSources: readonly string[] = []

  /** The slot of a field name; one for each name of the rule set. */
  slot(name: string): number {
    const known = this.#slots.get(name)
    if (known !== undefined) return known
    const slot = this.names.length
    this.#slots.set(name, slot)
    this.names.push(name)
    for (const stamps of [this.#read, this.#foldedAt, this.#asciiAt, this.#baseAt, this.#kinds]) stamps.push(0)
    this.#raw.push(undefined)
    for (const texts of [this.#texts, this.#folded, this.#bases]) texts.push('')
    this.#ascii.push(true)
    return slot
  }

  /** Turns to another event. Returns its generation, which no other event has. */
  open(event: SigmaEvent): number {
    this.#event = event
    return ++this.#generation
  }

  kind(slot: number): number {
    if (this.#read[slot] === this.#generation) return this.#kinds[slot]!
    this.#read[slot] = this.#generation
    const value = this.#event.get(this.names[slot]!)
    this.#raw[slot] = value
    const kind = kindOf(value)
    this.#kinds[slot] = kind
    if (kind === TEXT) this.#texts[slot] = typeof value === 'string' ? value : String(value)
    return kind
  }

  /** The value as the event has it; call kind() first. */
  raw(slot: number): unknown {
    return this.#raw[slot]
  }

  /** The text of a field of kind TEXT, as written. */
  text(slot: number): string {
    return this.#texts[slot]!
  }

  /** The same folded. */
  folded(slot: number): string {
    if (this.#foldedAt[slot] !== this.#generation) {
      this.#foldedAt[slot] = this.#generation
      this.#folded[slot] = casefold(this.#texts[slot]!)
    }
    return this.#folded[slot]!
  }

  /** The folded text from its last slash or backslash on. */
  base(slot: number): string {
    if (this.#baseAt[slot] !== this.#generation) {
      this.#baseAt[slot] = this.#generation
      this.#bases[slot] = baseOf(this.folded(slot))
    }
    return this.#bases[slot]!
  }

  ascii(slot: number): boolean {
    if (this.#asciiAt[slot] !== this.#generation) {
      this.#asciiAt[slot] = this.#generation
      this.#ascii[slot] = isAscii(this.#texts[slot]!)
    }
    return this.#ascii[slot]!
  }

  /** Every text of the event, for keywords. */
  keywords(): readonly KeywordText[] {
    if (this.#keywordsAt !== this.#generation) {
      this.#keywordsAt = this.#generation
      this.#keywords = this.#keywordTexts().map((text) => ({ text, folded: casefold(text) }))
    }
    return this.#keywords
  }

  /** The same in one folded text, {@link SEPARATOR} between: what does not hold it is in here when it is in one of them. */
  joinedKeywords(): string {
    if (this.#joinedAt !== this.#generation) {
      this.#joinedAt = this.#generation
      this.#joined = casefold(this.#keywordTexts().join(SEPARATOR))
    }
    return this.#joined
  }

  #keywordTexts(): readonly string[] {
    if (this.#textsAt !== this.#generation) {
      this.#textsAt = this.#generation
      this.#keywordSources = this.#event.texts?.() ?? []
    }
    return this.#keywordSources
  }

  /** The value of any other field, for comparisons between fields. */
  other(name: string): unknown {
    return this.#event.get(name)
  }
}

/** Stands between the texts of an event when they are searched as one. */
export const SEPARATOR = '\0'

export type KeywordText = { text: string; folded: string }

export function kindOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return TEXT
    case 'object':
      return value === null ? NULL : Array.isArray(value) ? LIST : OBJECT
    default:
      return ABSENT
  }
}

/** The tail that starts with the last slash or backslash; '' when there is none. */
export function baseOf(folded: string): string {
  for (let at = folded.length - 1; at >= 0; at--) {
    const code = folded.charCodeAt(at)
    if (code === 0x5c || code === 0x2f) return folded.slice(at)
  }
  return ''
}

/** Plain values of a list, nested lists opened; objects are left out, because only their fields mean anything. */
export function elementsOf(list: readonly unknown[]): unknown[] {
  const elements: unknown[] = []
  const collect = (values: readonly unknown[], depth: number) => {
    for (const value of values) {
      if (elements.length >= MAX_ELEMENTS) return
      const kind = kindOf(value)
      if (kind === TEXT || kind === NULL) elements.push(value)
      else if (kind === LIST && depth < 8) collect(value as unknown[], depth + 1)
    }
  }
  collect(list, 0)
  return elements
}
