import { createHash } from 'node:crypto'
import type { JsonObject } from '#core/event.ts'
import type { RuleSummary } from '#core/match.ts'
import { toField, type Field } from './event-fields.ts'
import type { RuleError, SigmaRule } from './sigma/parse/types.ts'

/** What the detector keeps of a rule beside its conditions: the keys under `soc` and what alerts show. */
export type RuleProfile = {
  rule: SigmaRule
  summary: RuleSummary
  entity: readonly Field[] | undefined
  /** `province`: a correlation that counts across units; its alert belongs to the province. */
  scope: 'unit' | 'province'
  /** Fields that fill the sentences. */
  fills: readonly Field[]
  /** True when the rule has no sentence of its own and `{host.name}` stands for "where". */
  fallback: boolean
  /**
   * The rule is true only after another one: for a group for which that correlation is or was true at most `withinMs`
   * before, or after a match of that detection rule with the same values in `by`.
   */
  after?: { rule: string; withinMs: number; by?: string[] }
}

const MAX_FIELDS = 8
const MAX_SENTENCE = 500
const MAX_DESCRIPTION = 2_000
const MAX_HINTS = 20
/** Steps of advice, and the length of one: what a form holds. The control plane reads them (control/rules/advice-book.ts). */
const MAX_STEPS = 5
const MAX_STEP = 300

/** Every key under `soc`, how it is checked and what to say when it is not so. */
const keys: Record<string, { good(value: unknown, listenerNames: readonly string[]): boolean; expected: string }> = {
  title_vi: { good: (value) => isText(value, 200), expected: 'a text of at most 200 characters' },
  description_vi: {
    good: (value) => isText(value, MAX_DESCRIPTION),
    expected: `a text of at most ${MAX_DESCRIPTION} characters`
  },
  falsepositives_vi: {
    good: isTextList,
    expected: `a list of 1 to ${MAX_HINTS} texts of at most ${MAX_SENTENCE} characters`
  },
  sentence_vi: {
    good: (value) => isText(value, MAX_SENTENCE),
    expected: `a text of at most ${MAX_SENTENCE} characters`
  },
  sentence_en: {
    good: (value) => isText(value, MAX_SENTENCE),
    expected: `a text of at most ${MAX_SENTENCE} characters`
  },
  entity: { good: isFieldList, expected: `a list of 1 to ${MAX_FIELDS} field names` },
  scope: { good: (value) => value === 'unit' || value === 'province', expected: 'unit or province' },
  after: {
    good: isAfter,
    expected: 'a rule and a time, such as { rule: name, within: 30m } or { rule: name, within: 30m, by: [source.ip] }'
  },
  advice: {
    good: isAdvice,
    expected: `1 to ${MAX_STEPS} steps, each a name from rules/soc/advice.yml or { vi: …, en: … }`
  },
  sample: {
    good: isSample,
    expected: 'how its samples are heard, such as { listener: syslog-tcp, received: 2026-11-23T09:00:00+07:00 }'
  }
}

/**
 * Reads the keys under `soc` of a rule. A wrong key is an error of this rule alone, naming it. `listenerNames` are those
 * under which a sample may say that it was heard.
 */
export function profileRule(
  rule: SigmaRule,
  listenerNames: readonly string[]
): { profile: RuleProfile } | { error: RuleError } {
  const soc = rule.custom['soc'] ?? {}
  const fail = (code: string, message: string) => ({
    error: { file: rule.file, line: rule.line, code, message, ruleId: rule.id, title: rule.title }
  })
  if (!isObject(soc)) return fail('rule.soc', 'soc: expected keys and values')
  for (const [key, value] of Object.entries(soc)) {
    const check = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (!check) return fail('rule.soc_key', `soc.${key} is not a key; known: ${Object.keys(keys).join(', ')}`)
    if (!check.good(value, listenerNames)) return fail('rule.soc_value', `soc.${key}: expected ${check.expected}`)
  }
  if (rule.kind === 'correlation' && soc['after'])
    return fail('rule.soc_value', 'soc.after belongs to a detection rule')
  if (rule.kind === 'detection' && soc['scope'] === 'province') {
    return fail('rule.soc_value', 'soc.scope: province belongs to a correlation rule')
  }
  const titleVi = (soc['title_vi'] as string | undefined) ?? rule.title
  const vi = (soc['sentence_vi'] as string | undefined) ?? `Luật “${plain(titleVi)}” khớp trên {host.name}`
  const en = (soc['sentence_en'] as string | undefined) ?? `Rule “${plain(rule.title)}” matched on {host.name}`
  const entity = soc['entity'] as string[] | undefined
  const profile: RuleProfile = {
    rule,
    summary: {
      id: rule.id,
      version: ruleVersion(rule.text),
      title: { vi: titleVi, en: rule.title },
      level: rule.level,
      tags: rule.tags,
      sentence: { vi, en },
      falsePositives: rule.falsePositives,
      ...(soc['falsepositives_vi'] ? { falsePositivesVi: soc['falsepositives_vi'] as string[] } : {})
    },
    entity: entity?.map(toField),
    scope: soc['scope'] === 'province' ? 'province' : 'unit',
    fills: placeholders(vi, en).map(toField),
    fallback: soc['sentence_vi'] === undefined || soc['sentence_en'] === undefined
  }
  if (isObject(soc['after'])) {
    const { rule: first, within, by } = soc['after']
    profile.after = { rule: String(first), withinMs: readTimespan(String(within))! }
    if (by !== undefined) profile.after.by = by as string[]
  }
  return { profile }
}

/** The short hash of a rule's text: its version, an attribute of its alerts. */
export function ruleVersion(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** Names between braces; `{count}` is filled by whoever shows the alert, `{after.count}` by the detector. */
function placeholders(...templates: string[]): string[] {
  const names = templates.flatMap((template) => [...template.matchAll(/\{([^{}]{1,100})\}/g)].map((found) => found[1]!))
  return [...new Set(names)].filter((name) => name !== 'count' && name !== 'after.count').slice(0, 32)
}

/** A title inside a sentence: its braces are text, not places to fill. */
const plain = (title: string) => title.replaceAll('{', '(').replaceAll('}', ')')

const spanMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000]
])

/** Milliseconds of a Sigma time span such as `10m`; undefined when it is none. */
export function readTimespan(text: string): number | undefined {
  const found = /^([1-9]\d{0,5})([smhd])$/.exec(text)
  return found ? Number(found[1]) * spanMs.get(found[2]!)! : undefined
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most
}
function isFieldList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.length <= MAX_FIELDS && value.every((name) => isText(name, 100))
  )
}
function isTextList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_HINTS) return false
  return value.every((text) => isText(text, MAX_SENTENCE))
}
function isAfter(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).some((key) => !['rule', 'within', 'by'].includes(key))) return false
  const { rule, within, by } = value
  return (
    isText(rule, 200) &&
    isText(within, 10) &&
    readTimespan(within) !== undefined &&
    (by === undefined || isFieldList(by))
  )
}
function isAdvice(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_STEPS) return false
  return value.every(
    (step) =>
      isText(step, MAX_STEP) ||
      (isObject(step) && Object.keys(step).length === 2 && isText(step['vi'], MAX_STEP) && isText(step['en'], MAX_STEP))
  )
}
function isSample(value: unknown, listenerNames: readonly string[]): boolean {
  if (!isObject(value) || Object.keys(value).some((key) => !['listener', 'hint', 'received'].includes(key)))
    return false
  const { listener, hint, received } = value
  const known = typeof listener === 'string' && listenerNames.includes(listener)
  return (
    known && (hint === undefined || isText(hint, 100)) && isText(received, 40) && !Number.isNaN(Date.parse(received))
  )
}
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
