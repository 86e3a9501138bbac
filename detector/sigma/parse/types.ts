import type { JsonObject } from '#core/event.ts'
import type { Level, MatchedField } from '#core/match.ts'

/** A fault of one rule document: the rest of the set goes on. */
export type RuleError = { file: string; line: number; code: string; message: string; ruleId?: string; title?: string }

export type LogsourceKeys = { product?: string; category?: string; service?: string }

/** What all kinds of Sigma documents share. Unknown top-level keys are kept in `custom` (ours live under `soc`). */
export type SigmaDocumentBase = {
  file: string
  line: number
  /** UUID when given, else derived from file and title. */
  id: string
  name?: string
  title: string
  status: string
  description: string
  level: Level
  tags: string[]
  falsePositives: string[]
  custom: JsonObject
  /** The document's own YAML text; its hash is the rule's version. */
  text: string
}
export type DetectionRule = SigmaDocumentBase & {
  kind: 'detection'
  logsource: LogsourceKeys
  /** Parsed detection; the compiler's own affair. */
  detection: unknown
}
export type CorrelationRule = SigmaDocumentBase & {
  kind: 'correlation'
  type: 'event_count' | 'value_count'
  /** Ids or names of the rules it counts. */
  rules: string[]
  groupBy: string[]
  /** alias → rule id or name → field */
  aliases: Record<string, Record<string, string>>
  timespanMs: number
  condition: { op: 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq'; value: number }[]
  /** Fields counted distinct, for value_count. */
  fields: string[]
  /** True: the rules it counts raise alerts of their own too. */
  generate: boolean
}
export type SigmaRule = DetectionRule | CorrelationRule

/** An event as rules see it; built once per event by `toSigmaEvent`. */
export type SigmaEvent = {
  product: string
  service: string
  /** An event may belong to several categories (Sysmon 13 is registry_set and registry_event). */
  categories: readonly string[]
  /** The value of a field by its rule name (raw Windows, ECS or Winlogbeat name); undefined when absent. */
  get(field: string): unknown
  /** Every text and number of the event, for keywords; without it an event has none. */
  texts?(): string[]
}

/** One detection rule is true for one event. */
export type RuleHit = { rule: DetectionRule; explain(): MatchedField[] }

/** Compiled rules; stateless, events in any order. */
export type RuleSet = {
  readonly rules: readonly DetectionRule[]
  /** Rules refused by the compiler, with file and line. */
  readonly errors: readonly RuleError[]
  /** Every rule that is true for the event, in stable rule order. */
  match(event: SigmaEvent): RuleHit[]
}

/** What detector/sigma/index.ts exports (the package #sigma-rules-parser). */
export type SigmaPackage = {
  /** Parses one YAML text, which may hold several documents. Never throws. */
  parseSigma(text: string, file: string): { rules: SigmaRule[]; errors: RuleError[] }
  /** Reads every .yml/.yaml below the folders (or single files), in path order. */
  loadRules(paths: readonly string[]): { rules: SigmaRule[]; errors: RuleError[] }
  compileRules(rules: readonly DetectionRule[]): RuleSet
  /** Any JSON event: flat raw names, nested evtx_dump, Winlogbeat, ECS. */
  toSigmaEvent(document: JsonObject): SigmaEvent
}
