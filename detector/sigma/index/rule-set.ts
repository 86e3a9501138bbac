import type { MatchedField } from '#core/match.ts'
import { Candidates } from './automaton.ts'
import type { Detection } from '../parse/detection.ts'
import { widerServices } from '../events/ecs-logsources.ts'
import { evaluate } from '../compare/evaluate.ts'
import { explainMatch } from '../compare/explain.ts'
import { FieldValues } from '../events/field-values.ts'
import { compileMatcher, type Matcher } from '../compare/matcher.ts'
import { needsOf } from './needs.ts'
import { RuleIndex } from './rule-index.ts'
import type { DetectionRule, RuleError, RuleHit, RuleSet, SigmaEvent } from '../parse/types.ts'

/** Rules that name the same log source; their index is built when the first event of it arrives. */
type Group = { product: string; category: string; service: string; rules: number[]; index: RuleIndex | undefined }

/** The groups that events of one log source meet. */
type Route = { product: string; service: string; categories: readonly string[]; groups: readonly Group[] }

/** Log sources of events whose groups are remembered. Hostile senders can name more: then all are forgotten and relearned. */
const MAX_ROUTES = 2_000

/** What authors give up, and what no engine can evaluate: such rules stay off, as the specification has it. */
const offStatuses = ['deprecated', 'unsupported']

/**
 * Compiles rules for matching. Refused with an error are rules with the id of an earlier one, because alerts are told apart
 * by it, and rules whose status says that they are not to be used. An event meets the rules whose every log source key it
 * has: one without a known product only meets rules that ask for none. Indexes are built per log source of the rules, so their number and memory do not depend on what events claim to be.
 */
export function compileRules(rules: readonly DetectionRule[]): RuleSet {
  const errors: RuleError[] = []
  const byId = new Map<string, DetectionRule>()
  for (const rule of rules) {
    const { file, line, id, title, status } = rule
    const refuse = (code: string, message: string) => errors.push({ file, line, code, message, ruleId: id, title })
    const other = byId.get(id)
    if (offStatuses.includes(status)) refuse('rule.status', `The rule's status is ${status}: it stays off`)
    else if (other) refuse('rule.duplicate_id', `The id ${id} is taken by ${other.file}:${other.line}`)
    else byId.set(id, rule)
  }
  return new CompiledRules([...byId.values()], errors)
}

class CompiledRules implements RuleSet {
  readonly rules: readonly DetectionRule[]
  readonly errors: readonly RuleError[]
  readonly #values = new FieldValues()
  readonly #candidates: Candidates
  readonly #matchers: (Matcher | undefined)[]
  readonly #groups: Group[] = []
  readonly #routes = new Map<string, Group[]>()
  #last: Route = { product: '', service: '', categories: [], groups: [] }

  constructor(rules: readonly DetectionRule[], errors: readonly RuleError[]) {
    this.rules = rules
    this.errors = errors
    this.#candidates = new Candidates(rules.length)
    this.#matchers = rules.map(() => undefined)
    const groups = new Map<string, Group>()
    for (const [number, { logsource }] of rules.entries()) {
      const [product = '', category = '', service = ''] = [
        logsource.product,
        logsource.category,
        logsource.service
      ].map((key) => key?.toLowerCase() ?? '')
      const key = [product, category, service].join('\n')
      const group = groups.get(key) ?? { product, category, service, rules: [], index: undefined }
      group.rules.push(number)
      groups.set(key, group)
    }
    this.#groups = [...groups.values()]
  }

  match(event: SigmaEvent): RuleHit[] {
    const groups = this.#route(event)
    if (groups.length === 0) return []
    const values = this.#values
    const candidates = this.#candidates
    values.open(event)
    candidates.clear()
    for (let index = 0; index < groups.length; index++) {
      const group = groups[index]!
      group.index ??= this.#build(group)
      group.index.collect(values, candidates)
    }
    let hits: number[] | undefined
    for (let index = 0; index < candidates.rules.length; index++) {
      const number = candidates.rules[index]!
      if (evaluate(this.#matcherOf(number), values)) (hits ??= []).push(number)
    }
    if (hits === undefined) return []
    return hits.sort((a, b) => a - b).map((number) => this.#hit(number, event))
  }

  #hit(number: number, event: SigmaEvent): RuleHit {
    return { rule: this.rules[number]!, explain: () => this.#explain(number, event) }
  }

  #explain(number: number, event: SigmaEvent): MatchedField[] {
    // Other events may have been matched since, so the event is opened again.
    this.#values.open(event)
    return explainMatch(this.#matcherOf(number), this.#values)
  }

  #matcherOf(number: number): Matcher {
    return (this.#matchers[number] ??= compileMatcher(this.rules[number]!.detection as Detection, this.#values))
  }

  #build(group: Group): RuleIndex {
    const rules = group.rules.map((rule) => ({ rule, needs: needsOf(this.rules[rule]!.detection as Detection) }))
    return new RuleIndex(rules, this.#values)
  }

  /** The groups whose every key is the event's. */
  #route(event: SigmaEvent): readonly Group[] {
    const { product, service, categories } = event
    const last = this.#last
    if (last.product === product && last.service === service && last.categories === categories) return last.groups
    const groups = this.#findRoute(product, service, categories)
    // Category lists of the tables are the same object each time; events of one kind come in a row.
    this.#last = { product, service, categories, groups }
    return groups
  }

  #findRoute(product: string, service: string, categories: readonly string[]): readonly Group[] {
    const key = `${product}\n${service}\n${categories.length === 1 ? categories[0] : categories.join('\n')}`
    const known = this.#routes.get(key)
    if (known) return known
    const services = [service, ...widerServices(product, service)]
    const groups = this.#groups.filter(
      (group) =>
        (group.product === '' || group.product === product) &&
        (group.service === '' || services.includes(group.service)) &&
        (group.category === '' || categories.includes(group.category))
    )
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear()
    // A sender may put a megabyte into its category; such a route is not worth remembering.
    if (key.length <= 500) this.#routes.set(key, groups)
    return groups
  }
}
