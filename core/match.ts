import type { ActivityFold, ExchangeFold, SentFold } from './exchange.ts'
import type { Origin } from './origin.ts'

/** Sigma's levels, least first. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type Level = (typeof levels)[number]

/** One reason why a rule is true: this selection, this field of the event, this value. */
export type MatchedField = { selection: string; field: string; value: string }

/** A text in both languages of the console. */
export type Bilingual = { vi: string; en: string }

/** What an alert keeps of a rule; the rule's version is an attribute, not part of the fingerprint. */
export type RuleSummary = {
  id: string
  /** Short hash of the rule's text. */
  version: string
  title: Bilingual
  level: Level
  /** Sigma tags, e.g. `attack.t1110.001`. */
  tags: string[]
  /** Templates with `{field}` and `{count}`; the detector falls back to the title. */
  sentence: Bilingual
  /** In the author's English; `falsePositivesVi` where the rule has Vietnamese ones too. */
  falsePositives: string[]
  falsePositivesVi?: string[]
}

/** Who or what a match is about: fields by the rule's `soc.entity`, else by category. */
export type Entity = {
  /** Stable key: values joined by `|`, lower-cased. */
  key: string
  /** ECS field name → value, in the order of the key. */
  fields: Record<string, string>
}

/**
 * An event kept as evidence, with what matched in it. It crosses threads as the encoded text that the store has; beside it
 * stand the few values that are asked of every one.
 */
export type Evidence = {
  eventId: string
  /** `@timestamp` and `event.created`, milliseconds; 0 where there is no readable time. */
  time: number
  createdAt: number
  /** The ECS document, compact JSON. */
  json: string
  matched: MatchedField[]
}

/**
 * Matches of one batch folded by fingerprint (rule × entity × affected unit × origin): what crosses from the
 * data plane to the control plane. `values` fills the rule's sentence.
 */
export type MatchFold = {
  fingerprint: string
  rule: RuleSummary
  origin: Origin
  /** Code of the affected unit. */
  unit: string
  senders: string[]
  entity: Entity
  /** Matches in this batch, or the value that a correlation counted. */
  count: number
  /** True for a correlation: `count` replaces the alert's count of its window instead of adding to it. */
  correlated: boolean
  /**
   * Of what a correlation counted, that which no fold before has reported. Counts of windows overlap and must not be added;
   * these may. Absent where `count` itself is an increment.
   */
  fresh?: number
  /** Event time, milliseconds. */
  firstSeen: number
  lastSeen: number
  /** When the newest event of the fold was received, and when the rule matched; milliseconds. */
  receivedAt: number
  matchedAt: number
  /** At most {@link EVIDENCE_PER_FOLD}; the first and the newest are kept. */
  evidence: Evidence[]
  /** Values for the sentence: dotted ECS name → text. */
  values: Record<string, string>
}

/** More evidence than this per fold is counted, not kept: an analyst reads the first and the newest. */
export const EVIDENCE_PER_FOLD = 4

/** One range of the spool judged: every match in it, and the correlation state that stands for its end. */
export type MatchBatch = {
  partition: number
  /** First and last offset of the range; equal or before the committed position means: skip. */
  from: number
  to: number
  folds: MatchFold[]
  /** Integration exchanges, events per unit and events per sender in the range, counted with it exactly once. */
  exchanges: ExchangeFold[]
  activity: ActivityFold[]
  sent: SentFold[]
  /** Present from time to time: the correlation windows as of `to`. */
  checkpoint?: Uint8Array
}
