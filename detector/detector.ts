import { systemClock, type Clock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import type { EcsEvent } from '#core/event.ts'
import type { Entity, MatchBatch, MatchedField } from '#core/match.ts'
import type { Ceilings, CorrelationLimits } from './correlation/ceilings.ts'
import { loadCorrelator, saveCorrelator } from './correlation/checkpoint.ts'
import { Correlator, type Firing } from './correlation/correlator.ts'
import type { HeldEvidence } from './correlation/evidence.ts'
import { planCorrelations, type CorrelationPlan, type CorrelationPlans } from './correlation/plan.ts'
import { entityOf } from './entity.ts'
import { readField } from './event-fields.ts'
import { Folds, type JudgedEvent, type Match } from './folds.ts'
import { LastLines } from './repeats.ts'
import { profileRule, type RuleProfile } from './rule-profile.ts'
import type { DetectionRule, RuleError, RuleHit, RuleSet, SigmaPackage, SigmaRule } from './sigma/parse/types.ts'

export type { JudgedEvent } from './folds.ts'

export type DetectorOptions = {
  rules: readonly SigmaRule[]
  compileRules: SigmaPackage['compileRules']
  toSigmaEvent: SigmaPackage['toSigmaEvent']
  /** Names of listeners that the sample of a rule may name. */
  listenerNames: readonly string[]
  /** For `matchedAt` alone; nothing is decided by it. */
  clock?: Clock
  partition?: number
  /** Unit of alerts that count across units (`soc.scope: province`); the province's official code. */
  provinceUnit?: string
  ceilings?: Partial<Ceilings>
}

/** What the detector remembers and what went wrong in it since the start. */
export type DetectorLimits = CorrelationLimits & {
  /** Events whose matching threw: judged as if no rule were true, never fatal. */
  faults: number
  lastFault: string
}

/** Events in, folded matches out. Everything that lasts is in the checkpoint. */
export type Detector = {
  /** Judges one range of the spool: its events in order, and the first and last offset of the range. */
  judge(
    entries: readonly JudgedEvent[],
    from: number,
    to: number
  ): Pick<MatchBatch, 'partition' | 'from' | 'to' | 'folds'>
  /** The correlation windows as of the last range judged. */
  checkpoint(): Uint8Array
  /** Puts them back. Throws `detector.checkpoint` when the bytes cannot be used; the windows are then as before. */
  restore(state: Uint8Array): void
  /** Takes a new set of rules; correlations that count the same as before keep their windows. */
  replaceRules(rules: readonly SigmaRule[]): void
  /** Rules of the present set that do not run, with file and line. */
  ruleErrors(): RuleError[]
  /** Ids of the rules that are only counted or waited for by others and raise no alert of their own. */
  silentRules(): ReadonlySet<string>
  limits(): DetectorLimits
}

/** One set of rules, compiled and resolved. */
type Rules = { set: RuleSet; profiles: Map<string, RuleProfile>; correlations: CorrelationPlans; errors: RuleError[] }

const PROVINCE_UNIT = '46'

/** Builds the judging part of the data plane. A rule that cannot run is in `ruleErrors()`; the others do. */
export function createDetector(options: DetectorOptions): Detector {
  const { toSigmaEvent, clock = systemClock, partition = 0, provinceUnit = PROVINCE_UNIT } = options
  const correlator = new Correlator(options.ceilings)
  let rules = prepare(options.rules, options)
  correlator.setPlans(rules.correlations.plans)
  const lastLines = new LastLines<JudgedEvent>()
  let faults = 0
  let lastFault = ''

  /** Why a rule is true for an event that was counted, maybe in an earlier batch; nothing when the rule has changed since. */
  function explainAgain({ seen: { event }, ruleId }: HeldEvidence, known: Map<EcsEvent, RuleHit[]>): MatchedField[] {
    let hits = known.get(event)
    if (!hits) known.set(event, (hits = rules.set.match(toSigmaEvent(event))))
    return hits.find((hit) => hit.rule.id === ruleId)?.explain() ?? []
  }

  function judgeOne(heard: JudgedEvent, folds: Folds, known: Map<EcsEvent, RuleHit[]>): void {
    correlator.hear(heard.receivedAt)
    const judged = lastLines.read(heard)
    const sigma = toSigmaEvent(judged.event)
    const hits = rules.set.match(sigma)
    if (hits.length === 0) return
    const time = Date.parse(judged.event['@timestamp'])
    if (Number.isNaN(time)) throw new Error(`its @timestamp is no time: ${judged.event['@timestamp']}`)
    const { silent, countedBy, follows } = rules.correlations
    const unit = judged.event.organization.id
    // An event counts once for a correlation, by the first of its rules that is true.
    const counted = new Set<CorrelationPlan>()
    const count = (hit: RuleHit) => {
      for (const plan of countedBy.get(hit.rule.id) ?? []) {
        if (counted.has(plan)) continue
        if (counted.size === 0) known.set(judged.event, hits)
        counted.add(plan)
        const firing = correlator.count(plan, hit.rule.id, judged, sigma, time)
        if (firing && !plan.silent) folds.add(correlated(plan, hit, firing, { judged, sigma, time }, provinceUnit))
      }
    }
    const raise = (hit: RuleHit, followed?: Firing) => {
      const profile = rules.profiles.get(hit.rule.id)!
      if (silent.has(hit.rule.id)) return
      const entity = entityOf(judged.event, sigma, profile.entity)
      folds.add({
        profile,
        judged,
        sigma,
        time,
        unit,
        entity,
        explain: () => hit.explain(),
        ...(followed && { followed })
      })
    }
    for (const hit of hits) {
      if (follows.has(hit.rule.id)) continue
      count(hit)
      raise(hit)
    }
    // Rules that come after a correlation see it with this event counted in.
    for (const hit of hits) {
      const follow = follows.get(hit.rule.id)
      const followed =
        follow && correlator.followed(follow.plan, follow.withinMs, hit.rule.id, judged.event, sigma, time)
      if (!followed) continue
      count(hit)
      raise(hit, followed)
    }
  }

  return {
    judge(entries, from, to) {
      const folds = new Folds()
      const known = new Map<EcsEvent, RuleHit[]>()
      for (const judged of entries) {
        try {
          judgeOne(judged, folds, known)
        } catch (error) {
          faults++
          lastFault = `event ${judged.event.event.id}: ${messageOf(error)}`.slice(0, 300)
        }
      }
      return { partition, from, to, folds: folds.finish(clock.now(), (held) => explainAgain(held, known)) }
    },
    checkpoint: () => saveCorrelator(correlator),
    restore: (state) => loadCorrelator(correlator, state),
    replaceRules(next) {
      rules = prepare(next, options)
      correlator.setPlans(rules.correlations.plans)
    },
    ruleErrors: () => rules.errors,
    silentRules: () => rules.correlations.silent,
    limits: () => ({ ...correlator.limits(), faults, lastFault })
  }
}

/** Reads the `soc` keys, compiles what is left, resolves the correlations, and leaves out what they make impossible. */
function prepare(
  given: readonly SigmaRule[],
  { compileRules: compile, listenerNames }: Pick<DetectorOptions, 'compileRules' | 'listenerNames'>
): Rules {
  const errors: RuleError[] = []
  const profiles = new Map<string, RuleProfile>()
  for (const rule of given) {
    const other = profiles.get(rule.id)?.rule
    const read = profileRule(rule, listenerNames)
    if ('error' in read) errors.push(read.error)
    else if (!other) profiles.set(rule.id, read.profile)
    else {
      // Without the id: the fault is this document's, the rule of that id runs.
      const { file, line, title } = rule
      const message = `its id ${rule.id} is taken by ${other.file}:${other.line}`
      errors.push({ file, line, code: 'rule.duplicate_id', message, title })
    }
  }
  const detections = () => [...profiles.values()].map(({ rule }) => rule).filter((rule) => rule.kind === 'detection')
  let set = compile(detections())
  errors.push(...set.errors)
  const compiled = new Set(set.rules.map((rule: DetectionRule) => rule.id))
  for (const rule of detections()) if (!compiled.has(rule.id)) profiles.delete(rule.id)
  const correlations = planCorrelations([...profiles.values()])
  errors.push(...correlations.errors)
  for (const id of correlations.broken) profiles.delete(id)
  // A rule that cannot follow its correlation must not raise on everything instead.
  if (set.rules.some((rule) => correlations.broken.has(rule.id))) set = compile(detections())
  return { set, profiles, correlations, errors }
}

/** The match of a correlation. Without `soc.entity` it is about its group; without a group about the unit. */
function correlated(
  plan: CorrelationPlan,
  hit: RuleHit,
  firing: Firing,
  seen: Pick<Match, 'judged' | 'sigma' | 'time'>,
  provinceUnit: string
): Match {
  const { profile, rule } = plan
  const { event } = seen.judged
  const unit = profile.scope === 'province' ? provinceUnit : event.organization.id
  const group: Entity = { key: '', fields: {} }
  for (const [place, field] of (plan.groupBy.get(hit.rule.id) ?? []).entries()) {
    group.fields[rule.groupBy[place]!] = readField(event, seen.sigma, field)!
  }
  group.key = Object.values(group.fields)
    .map((value) => value.toLowerCase().toWellFormed().replaceAll('|', '%7c'))
    .join('|')
  if (rule.groupBy.length === 0) {
    group.key = unit.toLowerCase()
    group.fields = { 'organization.id': unit }
  }
  const entity = profile.entity ? entityOf(event, seen.sigma, profile.entity) : group
  return { ...seen, profile, unit, entity, firing }
}
