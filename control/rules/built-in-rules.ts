import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AuthorTexts } from '#core/api/common.ts'
import type { RuleDetail, RuleRow } from '#core/api/sources.ts'
import { stableHash } from '#core/ids.ts'
import { levels, type Bilingual, type RuleSummary } from '#core/match.ts'
import { bilingualOf, broken, fieldsOf, ownFolder, readOwnYaml } from './own-yaml.ts'

/** The rules that the platform itself raises (`createBuiltIn`); what they say stands in rules/soc/, one file each. */
export const builtInIds = [
  'soc.unknown_sender',
  'soc.wrong_token',
  'soc.door_held',
  'soc.refused_write',
  'soc.break_glass',
  'soc.silent_source',
  'soc.flooding_sender',
  'soc.store_away',
  'soc.store_loss',
  'soc.thread_ended',
  'soc.matches_held',
  'soc.ledger_imbalance',
  'soc.disk_guard',
  'soc.outage',
  'soc.uplink_lost',
  'soc.stood_still',
  'soc.integration_failing'
] as const
export type BuiltInId = (typeof builtInIds)[number]

/** A built-in rule as its file says it. */
export type BuiltInRule = {
  summary: RuleSummary
  description: AuthorTexts
  text: string
  /** As the screens show it: below the rules folder. */
  file: string
  /** Steps as the file says them; `readAdviceBook` reads them. */
  advice: unknown
  /** Kind of the incident; without it the tags decide. */
  kind: Bilingual | undefined
}

/** Words that go with rules and are none; who reads them checks them. */
const wordFiles = ['advice.yml', 'kinds.yml']
const fileOf = (id: BuiltInId) => `${id.slice('soc.'.length).replaceAll('_', '-')}.yml`

/**
 * Reads the built-in rules. Throws `rules.built_in` with file and field for a file that is missing, broken, or of a rule that
 * nothing raises: the platform does not start without the words of its own alerts.
 */
export function loadBuiltInRules(folder = ownFolder): ReadonlyMap<BuiltInId, BuiltInRule> {
  const rules = new Map(builtInIds.map((id) => [id, readRule(join(folder, fileOf(id)), id)]))
  const known = new Set([...builtInIds.map(fileOf), ...wordFiles])
  for (const name of readdirSync(folder)) {
    if (!known.has(name)) throw broken(join(folder, name), 'id', 'no built-in rule has this file name')
  }
  return rules
}

function readRule(file: string, id: BuiltInId): BuiltInRule {
  const { text, fields: rule } = readOwnYaml(file)
  const soc = fieldsOf(rule['soc'])
  const words = (from: Record<string, unknown>, field: string, name = field): string => {
    const value = from[field]
    if (typeof value !== 'string' || value.trim() === '') throw broken(file, name, 'a text is missing')
    return value
  }
  const list = (from: Record<string, unknown>, field: string, name = field): string[] => {
    const value = from[field] ?? (from === soc ? [] : undefined)
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw broken(file, name, 'a list of texts is missing')
    }
    return value as string[]
  }
  const inBoth = (en: string[], vi: string[]): string[] => {
    if (en.length !== vi.length) throw broken(file, 'soc.falsepositives_vi', 'it must say the same as falsepositives')
    return vi
  }
  if (words(rule, 'id') !== id) throw broken(file, 'id', `it must be ${id}`)
  if (soc['raised_by'] !== 'platform') throw broken(file, 'soc.raised_by', 'it must be platform')
  const level = levels.find((known) => known === rule['level'])
  if (level === undefined) throw broken(file, 'level', `it must be one of ${levels.join(', ')}`)
  const sentence = {
    vi: words(soc, 'sentence_vi', 'soc.sentence_vi'),
    en: words(soc, 'sentence_en', 'soc.sentence_en')
  }
  if (placeholders(sentence.vi) !== placeholders(sentence.en)) {
    throw broken(file, 'soc.sentence_vi', 'it must use the same fields as soc.sentence_en')
  }
  const kind = soc['kind'] === undefined ? undefined : bilingualOf(soc['kind'])
  if (soc['kind'] !== undefined && kind === undefined) throw broken(file, 'soc.kind', 'vi or en is missing')
  return {
    summary: {
      id,
      version: stableHash([text], 12),
      title: { vi: words(soc, 'title_vi', 'soc.title_vi'), en: words(rule, 'title') },
      level,
      tags: list(rule, 'tags'),
      sentence,
      falsePositives: list(rule, 'falsepositives'),
      falsePositivesVi: inBoth(list(rule, 'falsepositives'), list(soc, 'falsepositives_vi', 'soc.falsepositives_vi'))
    },
    description: {
      vi: [words(soc, 'description_vi', 'soc.description_vi')],
      en: [words(rule, 'description')]
    },
    text,
    advice: soc['advice'],
    kind,
    file: `rules/soc/${fileOf(id)}`
  }
}

const placeholders = (sentence: string) => (sentence.match(/\{[^}]+\}/g) ?? []).sort().join()

const loaded = loadBuiltInRules()
/** The rule of an id; every id has one once this module is loaded. */
const ruleOf = (id: BuiltInId) => loaded.get(id) as BuiltInRule

/** What an alert of a built-in rule keeps of it. */
export const summaryOf = (id: BuiltInId): RuleSummary => ruleOf(id).summary

/** The built-in rules as the rules screen lists them; their figures are counted elsewhere. */
export const builtInRules: RuleRow[] = [...loaded.values()].map(({ summary, file }) => ({
  id: summary.id,
  title: summary.title,
  level: summary.level,
  status: 'stable',
  kind: 'built_in',
  logsource: 'soc',
  tags: summary.tags,
  file,
  version: summary.version,
  state: 'live',
  error: null,
  matches24h: 0,
  falsePositiveShare: null
}))

/** What the page of a built-in rule shows beside its row. */
export function builtInDetail(id: string): Omit<RuleDetail, 'rule'> | undefined {
  const rule = loaded.get(id as BuiltInId)
  if (rule === undefined) return undefined
  const { falsePositives: en, falsePositivesVi: vi = [] } = rule.summary
  return { text: rule.text, description: rule.description, falsePositives: { vi, en } }
}

/** Steps of a built-in rule as its file says them. */
export const builtInSteps = (id: string): unknown => loaded.get(id as BuiltInId)?.advice

/** Kinds that built-in rules name themselves, by rule. */
export const builtInKinds = (): [id: string, kind: Bilingual][] =>
  [...loaded].flatMap(([id, { kind }]) => (kind === undefined ? [] : [[id, kind]]))

/** Titles of built-in rules as their files say them, by rule. */
export const builtInRuleTitles = (): [id: string, title: Bilingual][] =>
  [...loaded].map(([id, { summary }]) => [id, summary.title])
