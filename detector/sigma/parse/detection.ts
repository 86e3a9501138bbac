/**
 * A parsed detection: plain values only, so that it can be cloned, sent between threads and compared in tests.
 * The compiler turns it into a matcher when the first event of its log source arrives.
 */

/** Stands for any run of characters, none included (`*`). */
export const MANY = 0
/** Stands for exactly one character (`?`). */
export const ONE = 1
/** Stands for one of the dashes that Windows programs accept before an option (windash). */
export const DASH = 2
/** One piece of a pattern: literal text or a wildcard. */
export type PatternPart = string | typeof MANY | typeof ONE | typeof DASH

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte'
export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'
export type FieldRelation = 'equals' | 'startswith' | 'endswith' | 'contains'

/** One question about one value of an event. */
export type Test =
  | { kind: 'text'; parts: PatternPart[]; cased: boolean }
  | { kind: 'number'; text: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'exists'; value: boolean }
  | { kind: 'compare'; op: Comparison; value: number }
  | { kind: 'regex'; source: string; flags: string }
  | { kind: 'cidr'; network: string }
  | { kind: 'fieldref'; field: string; relation: FieldRelation; cased: boolean }
  | { kind: 'datepart'; part: DatePart; value: number }

/** One line of a selection. `field` '' searches every value of the event (a keyword). */
export type Item = { kind: 'item'; field: string; tests: Test[]; all: boolean; negated: boolean }
export type DetectionNode = Item | { kind: 'all' | 'any'; nodes: DetectionNode[] }

export type ConditionNode =
  | { kind: 'all' | 'any'; nodes: ConditionNode[] }
  | { kind: 'not'; node: ConditionNode }
  | { kind: 'selection'; index: number }

export type Detection = { selections: { name: string; node: DetectionNode }[]; condition: ConditionNode }
