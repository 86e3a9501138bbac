import { stableHash } from '#core/ids.ts'
import { EVIDENCE_PER_FOLD, type Entity, type Evidence, type MatchedField, type MatchFold } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Firing } from './correlation/correlator.ts'
import { jsonOf, type HeldEvidence, type SeenEvent } from './correlation/evidence.ts'
import { readField } from './event-fields.ts'
import { repeatsOf } from './repeats.ts'
import type { RuleProfile } from './rule-profile.ts'
import type { SigmaEvent } from './sigma/parse/types.ts'

/** Senders beyond this are not named by a fold; whole days of one alert hold more, one batch does not. */
const MAX_SENDERS = 16

/** One event as it is judged: what the pipeline knows of it, its JSON too when the store was given it. */
export type JudgedEvent = SeenEvent & { offset: number; receivedAt: number; sender: string }

/** A rule is true for an event: what a fold is made from. */
export type Match = {
  profile: RuleProfile
  judged: JudgedEvent
  sigma: SigmaEvent
  /** Event time, milliseconds. */
  time: number
  unit: string
  entity: Entity
} & (
  | { firing: Firing; explain?: undefined; followed?: undefined }
  | { explain(): MatchedField[]; firing?: undefined; followed?: Firing }
)

type Draft = { fold: MatchFold; kept: (HeldEvidence & { explain?: () => MatchedField[] })[]; newest: number }

/** The matches of one batch folded by rule, entity, affected unit and origin. */
export class Folds {
  #drafts = new Map<string, Draft>()

  add(match: Match): void {
    const { profile, judged, time, unit, entity } = match
    const origin = judged.event.soc.origin as Origin
    // A second window that opens within one batch is a fold of its own: it must not take the place of the first.
    const window = match.firing ? String(match.firing.episode.since) : ''
    const key = [profile.rule.id, unit, origin, entity.key, window].join('\0')
    let draft = this.#drafts.get(key)
    if (!draft) this.#drafts.set(key, (draft = newDraft(match, origin)))
    const { fold } = draft
    if (fold.senders.length < MAX_SENDERS && !fold.senders.includes(judged.sender)) fold.senders.push(judged.sender)
    fold.receivedAt = Math.max(fold.receivedAt, judged.receivedAt)
    if (match.firing) {
      const { episode, evidence } = match.firing
      fold.count = episode.count
      fold.fresh = (fold.fresh ?? 0) + match.firing.fresh
      fold.firstSeen = episode.first
      fold.lastSeen = episode.last
      draft.kept = evidence
    } else {
      fold.count += repeatsOf(judged)
      fold.firstSeen = Math.min(fold.firstSeen, time)
      fold.lastSeen = Math.max(fold.lastSeen, time)
      // The first stays, and of the others the newest.
      if (draft.kept.length >= EVIDENCE_PER_FOLD) draft.kept.splice(1, 1)
      draft.kept.push({ seen: judged, ruleId: profile.rule.id, explain: match.explain })
    }
    if (time < draft.newest) return
    draft.newest = time
    fold.entity = entity
    fold.values = valuesOf(match)
  }

  /** The folds in the order in which they began. `explainAgain` says why a rule was true for an event of an earlier batch. */
  finish(matchedAt: number, explainAgain: (held: HeldEvidence) => MatchedField[]): MatchFold[] {
    return Array.from(this.#drafts.values(), ({ fold, kept }) => {
      fold.matchedAt = matchedAt
      fold.evidence = kept.map((held) => evidenceOf(held, held.explain?.() ?? explainAgain(held)))
      return fold
    })
  }
}

function evidenceOf({ seen }: HeldEvidence, matched: MatchedField[]): Evidence {
  const { event } = seen
  return {
    eventId: event.event.id,
    time: Date.parse(event['@timestamp']) || 0,
    createdAt: Date.parse(event.event.created) || 0,
    json: jsonOf(seen),
    matched
  }
}

function newDraft(match: Match, origin: Origin): Draft {
  const { profile, judged, time, unit, entity } = match
  const fold: MatchFold = {
    fingerprint: stableHash([profile.rule.id, entity.key, unit, origin]),
    rule: profile.summary,
    origin,
    unit,
    senders: [],
    entity,
    count: 0,
    correlated: match.firing !== undefined,
    firstSeen: time,
    lastSeen: time,
    receivedAt: judged.receivedAt,
    matchedAt: 0,
    evidence: [],
    values: {}
  }
  // What a rule came after is shown first: the upload before the call, a failure before the success.
  return { fold, kept: match.followed?.evidence.slice(-1) ?? [], newest: -Infinity }
}

/** What fills the sentences. Without a sentence of its own a rule says where, in the best name there is. */
function valuesOf({ profile, judged, sigma, entity, followed }: Match): Record<string, string> {
  const filled: Record<string, string> = followed ? { 'after.count': String(followed.episode.count) } : {}
  for (const field of profile.fills) {
    const value = entity.fields[field.name] ?? readField(judged.event, sigma, field)
    if (value !== undefined) filled[field.name] = value
  }
  if (profile.fallback) filled['host.name'] ??= judged.event.organization.name
  return filled
}
