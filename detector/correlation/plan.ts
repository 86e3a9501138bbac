import type { EcsEvent } from '#core/event.ts'
import { stableHash } from '#core/ids.ts'
import { readKey, toField, type Field } from '../event-fields.ts'
import type { RuleProfile } from '../rule-profile.ts'
import type { CorrelationRule, RuleError, SigmaEvent } from '../sigma/parse/types.ts'
import { LATENESS_MS } from './ceilings.ts'

/** A correlation rule ready to count: its references resolved, its condition a function. */
export type CorrelationPlan = {
  profile: RuleProfile
  rule: CorrelationRule
  /** True when it only remembers, for a rule that comes after: then it raises no alert. */
  silent: boolean
  /** Hash of this rule and the rules it counts: the windows are kept across a reload while it stays the same. */
  key: string
  /** How long a group is remembered after its last event was received, milliseconds. */
  keepMs: number
  holds(count: number): boolean
  /** Group-by fields for each rule that is counted, and for rules that come `after` this one (by rule id). */
  groupBy: Map<string, readonly Field[]>
  /** For each rule that is counted, the fields whose distinct values are counted; none for event_count. */
  values: Map<string, readonly Field[]> | undefined
}

/** The correlations of a rule set and what they mean for its detection rules. */
export type CorrelationPlans = {
  plans: CorrelationPlan[]
  /** Detection rule id → the correlations that count it. */
  countedBy: Map<string, CorrelationPlan[]>
  /** Detection rules that raise no alert of their own. */
  silent: Set<string>
  /** Detection rule id → the correlation it must follow. */
  follows: Map<string, { plan: CorrelationPlan; withinMs: number }>
  errors: RuleError[]
  /** Rules that cannot work because of one of the errors. */
  broken: Set<string>
}

/** Resolves the references between correlations and the detection rules that were compiled; both by id or by name. */
export function planCorrelations(profiles: readonly RuleProfile[]): CorrelationPlans {
  const named: Named = new Map()
  for (const profile of profiles) {
    named.set(profile.rule.id, profile)
    if (profile.rule.name !== undefined) named.set(profile.rule.name, profile)
  }
  const result: CorrelationPlans = {
    plans: [],
    countedBy: new Map(),
    silent: new Set(),
    follows: new Map(),
    errors: [],
    broken: new Set()
  }
  const fail = ({ rule }: RuleProfile, code: string, message: string) => {
    result.errors.push({ file: rule.file, line: rule.line, code, message, ruleId: rule.id, title: rule.title })
    result.broken.add(rule.id)
  }
  const loud = new Set<string>()
  for (const profile of profiles) {
    if (profile.rule.kind !== 'correlation') continue
    const plan = planOne(profile, profile.rule, named)
    if ('fault' in plan) {
      fail(profile, plan.code, plan.fault)
      continue
    }
    result.plans.push(plan)
    for (const id of plan.groupBy.keys()) {
      result.countedBy.set(id, [...(result.countedBy.get(id) ?? []), plan])
      if (profile.rule.generate) loud.add(id)
      else result.silent.add(id)
    }
  }
  for (const id of loud) result.silent.delete(id)
  for (const profile of profiles) {
    if (!profile.after) continue
    const fault = follow(profile, profile.after, named, result)
    if (fault) fail(profile, fault.code, fault.fault)
  }
  return result
}

/** Rules by id, which are lower-case here, and by name. */
type Named = Map<string, RuleProfile>

/** The rule that a reference means: its name as written, or its id in whatever case. */
const resolve = (named: Named, reference: string) => named.get(reference) ?? named.get(reference.trim().toLowerCase())

/** Lets a detection rule follow a correlation, or a detection rule that is then counted for it and silent itself. */
function follow(
  profile: RuleProfile,
  after: NonNullable<RuleProfile['after']>,
  named: Named,
  result: CorrelationPlans
): Fault | undefined {
  const broken = (what: string): Fault => ({ code: 'rule.after', fault: `soc.after: ${what}` })
  const first = resolve(named, after.rule)
  if (!first || result.broken.has(first.rule.id)) return broken(`"${after.rule}" is no working rule of this set`)
  if (first === profile) return broken('a rule cannot come after itself')
  let plan: CorrelationPlan
  if (first.rule.kind === 'correlation') {
    if (after.by) return broken(`by: "${after.rule}" has its own group-by`)
    plan = result.plans.find((candidate) => candidate.profile === first)!
    if (result.countedBy.get(profile.rule.id)?.includes(plan)) return broken(`"${after.rule}" counts this very rule`)
  } else {
    if (!after.by) return broken('by: which fields must be equal in both events')
    if (first.after) return broken(`"${after.rule}" comes after another rule itself: not supported yet`)
    plan = singleEventPlan(profile, first, after.by, after.withinMs)
    result.plans.push(plan)
    result.countedBy.set(first.rule.id, [...(result.countedBy.get(first.rule.id) ?? []), plan])
    result.silent.add(first.rule.id)
  }
  const groupBy = fieldsOf(plan.rule.groupBy, plan.rule, profile, named)
  if (!groupBy) return broken(`the aliases of "${after.rule}" say nothing of this rule`)
  plan.groupBy.set(profile.rule.id, groupBy)
  plan.keepMs = Math.max(plan.keepMs, after.withinMs + LATENESS_MS)
  result.follows.set(profile.rule.id, { plan, withinMs: after.withinMs })
  return undefined
}

/** A plan that is true from the first event on and raises nothing: it only remembers. */
function singleEventPlan(then: RuleProfile, first: RuleProfile, by: string[], withinMs: number): CorrelationPlan {
  const rule: CorrelationRule = {
    ...first.rule,
    kind: 'correlation',
    type: 'event_count',
    rules: [first.rule.id],
    groupBy: by,
    aliases: {},
    timespanMs: withinMs,
    condition: [{ op: 'gte', value: 1 }],
    fields: [],
    generate: false
  }
  return {
    profile: first,
    rule,
    silent: true,
    key: stableHash(['after', then.rule.id, first.rule.text, String(withinMs), ...by]),
    keepMs: withinMs + LATENESS_MS,
    holds: () => true,
    groupBy: new Map([[first.rule.id, by.map(toField)]]),
    values: undefined
  }
}

/** The key of an event's group in a plan; undefined when it lacks a group-by field: such an event is not counted. */
export function groupKeyOf(
  plan: CorrelationPlan,
  ruleId: string,
  event: EcsEvent,
  sigma: SigmaEvent | undefined
): string | undefined {
  // Origins never mix, and units only where the rule says so: whose attack it is decides who gets the alert.
  let key = part(event.soc.origin) + part(plan.profile.scope === 'province' ? '' : event.organization.id)
  for (const field of plan.groupBy.get(ruleId) ?? []) {
    const value = readKey(event, sigma, field)
    if (value === undefined) return undefined
    key += part(value)
  }
  return key
}

/** The value an event adds to value_count; undefined when it lacks one of the fields: then it is not counted. */
export function countedValue(
  fields: readonly Field[],
  event: EcsEvent,
  sigma: SigmaEvent | undefined
): string | undefined {
  let value = ''
  for (const field of fields) {
    const text = readKey(event, sigma, field)
    if (text === undefined) return undefined
    value += part(text)
  }
  return value
}

/** Its length stands before each part, so that no two lists of values make one key. */
const part = (text: string) => `${text.length}:${text}`

type Fault = { code: string; fault: string }

function planOne(profile: RuleProfile, rule: CorrelationRule, named: Named): CorrelationPlan | Fault {
  const groupBy = new Map<string, readonly Field[]>()
  const values = new Map<string, readonly Field[]>()
  const counted: string[] = []
  for (const reference of rule.rules) {
    const base = resolve(named, reference)
    if (!base) return { code: 'correlation.unknown_rule', fault: `"${reference}" is no working rule of this set` }
    if (base.rule.kind === 'correlation') {
      return {
        code: 'correlation.chained',
        fault: `"${reference}" is a correlation: counting those is not supported yet`
      }
    }
    const fields = fieldsOf(rule.groupBy, rule, base, named)
    if (!fields) return { code: 'correlation.alias', fault: `an alias in group-by says nothing of "${reference}"` }
    groupBy.set(base.rule.id, fields)
    const distinct = fieldsOf(rule.fields, rule, base, named)
    if (!distinct)
      return { code: 'correlation.alias', fault: `the alias that is counted says nothing of "${reference}"` }
    values.set(base.rule.id, distinct)
    counted.push(base.rule.text)
  }
  const stranger = strangerOf(rule, groupBy, named)
  if (stranger) return stranger
  const spanMs = rule.timespanMs
  return {
    profile,
    rule,
    silent: false,
    key: stableHash([rule.text, ...counted]),
    keepMs: spanMs + LATENESS_MS,
    holds: conditionOf(rule),
    groupBy,
    values: rule.type === 'value_count' ? values : undefined
  }
}

/** Names of a correlation (group-by, counted fields) as fields of one rule's events; undefined when an alias leaves it out. */
function fieldsOf(
  names: readonly string[],
  rule: CorrelationRule,
  base: RuleProfile,
  named: Named
): Field[] | undefined {
  const fields: Field[] = []
  for (const name of names) {
    const alias = Object.hasOwn(rule.aliases, name) ? Object.entries(rule.aliases[name]!) : undefined
    const field = alias ? alias.find(([reference]) => resolve(named, reference) === base)?.[1] : name
    if (field === undefined) return undefined
    fields.push(toField(field))
  }
  return fields
}

/** An alias that speaks of a rule which is not counted here is a slip of the pen that would silence the rule. */
function strangerOf(rule: CorrelationRule, counted: ReadonlyMap<string, unknown>, named: Named): Fault | undefined {
  for (const [alias, fields] of Object.entries(rule.aliases)) {
    for (const reference of Object.keys(fields)) {
      if (counted.has(resolve(named, reference)?.rule.id ?? '')) continue
      return {
        code: 'correlation.alias',
        fault: `the alias "${alias}" names "${reference}", which is not counted here`
      }
    }
  }
  return undefined
}

const comparisons = {
  gt: (count: number, value: number) => count > value,
  gte: (count: number, value: number) => count >= value,
  lt: (count: number, value: number) => count < value,
  lte: (count: number, value: number) => count <= value,
  eq: (count: number, value: number) => count === value,
  neq: (count: number, value: number) => count !== value
}

/** Judged whenever an event is counted, on each window that holds it; also `lt` and its kin, which hold from the first event on. */
function conditionOf(rule: CorrelationRule): (count: number) => boolean {
  const parts = rule.condition.map(({ op, value }) => ({ compare: comparisons[op], value }))
  if (parts.length === 1) {
    const { compare, value } = parts[0]!
    return (count) => compare(count, value)
  }
  return (count) => parts.every(({ compare, value }) => compare(count, value))
}
