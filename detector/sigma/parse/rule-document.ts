import { createHash } from 'node:crypto'
import type { JsonObject } from '#core/event.ts'
import { levels, type Level } from '#core/match.ts'
import { parseCorrelation } from './correlation-document.ts'
import { parseDetection } from './detection-parser.ts'
import { RuleFault } from './rule-fault.ts'
import type { LogsourceKeys, RuleError, SigmaDocumentBase, SigmaRule } from './types.ts'
import { entryOf, readYaml, toJson, type YamlMap } from './yaml-tree.ts'

/** Characters of one file; SigmaHQ's largest has 295,000. */
export const MAX_FILE_CHARS = 2 * 1024 * 1024
/** A rule without a level is one whose author did not judge it. */
const DEFAULT_LEVEL: Level = 'medium'
/** Top-level keys that the document types hold under names of their own. */
const ownKeys = new Set(
  'id name title status description level tags falsepositives logsource detection correlation'.split(' ')
)

/** Parses one YAML text, which may hold several documents. Never throws; a bad document is an error with its line. */
export function parseSigma(text: string, file: string): { rules: SigmaRule[]; errors: RuleError[] } {
  const rules: SigmaRule[] = []
  const errors: RuleError[] = []
  if (text.length > MAX_FILE_CHARS) {
    const message = `The file has ${text.length} characters; at most ${MAX_FILE_CHARS} are read`
    return { rules, errors: [{ file, line: 1, code: 'file.size', message }] }
  }
  for (const document of readYaml(text.replace(/^\ufeff/, ''))) {
    const root = 'root' in document && document.root.kind === 'map' ? document.root : undefined
    try {
      if ('fault' in document) throw document.fault
      if (!root) throw new RuleFault('rule.shape', document.line, 'A rule must be a map')
      if (isOfThePlatform(root)) continue
      rules.push(readRule(root, file, document.text))
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error
      const { line, code, message } = error
      errors.push({ file, line, code, message, ...nameOf(root) })
    }
  }
  return { rules, errors }
}

/**
 * What no event makes true, and only the platform reads (rules/soc/): `soc.raised_by: platform` marks a rule that it raises
 * itself, `soc.holds` a file that is no rule.
 */
function isOfThePlatform(root: YamlMap): boolean {
  const soc = entryOf(root, 'soc')
  if (soc?.kind !== 'map') return false
  const by = entryOf(soc, 'raised_by')
  return (by?.kind === 'scalar' && by.text === 'platform') || entryOf(soc, 'holds') !== undefined
}

/** Id and title for an error, as far as they can be read. */
function nameOf(root: YamlMap | undefined): Pick<RuleError, 'ruleId' | 'title'> {
  const id = root && entryOf(root, 'id')
  const title = root && entryOf(root, 'title')
  return {
    ...(id?.kind === 'scalar' && id.text !== '' && { ruleId: id.text }),
    ...(title?.kind === 'scalar' && title.text !== '' && { title: title.text })
  }
}

function readRule(root: YamlMap, file: string, text: string): SigmaRule {
  const action = entryOf(root, 'action')
  if (action) throw new RuleFault('rule.action', action.line, '"action" belongs to Sigma 1: write whole documents')
  const version = entryOf(root, 'sigma-version')
  if (version && !(version.kind === 'scalar' && /^2(\.|$)/.test(version.text))) {
    throw new RuleFault('rule.version', version.line, 'Only version 2 of the Sigma specification is read')
  }
  const taxonomy = textOf(root, 'taxonomy')
  if (taxonomy !== undefined && taxonomy !== 'sigma' && taxonomy !== 'ecs') {
    throw new RuleFault('rule.taxonomy', root.line, `Taxonomy "${taxonomy}" is unknown (sigma and ecs are known)`)
  }
  const filter = entryOf(root, 'filter')
  if (filter) throw new RuleFault('rule.filter', filter.line, 'Filter documents are not supported yet')
  const base = readBase(root, file, text)
  if (entryOf(root, 'correlation')) return { ...base, kind: 'correlation', ...parseCorrelation(root) }
  const detection = entryOf(root, 'detection')
  if (!detection) {
    throw new RuleFault('rule.kind', root.line, 'The document has neither detection nor correlation')
  }
  return { ...base, kind: 'detection', logsource: readLogsource(root), detection: parseDetection(detection) }
}

function readBase(root: YamlMap, file: string, text: string): SigmaDocumentBase {
  const title = textOf(root, 'title')
  if (title === undefined || title.trim() === '') throw new RuleFault('rule.title', root.line, 'The rule has no title')
  const name = textOf(root, 'name')
  const custom = root.entries
    .filter((entry) => !ownKeys.has(entry.key))
    .map((entry) => [entry.key, toJson(entry.value)] as const)
  return {
    file,
    line: root.line,
    id: textOf(root, 'id')?.trim().toLowerCase() || derivedId(file, title),
    ...(name !== undefined && { name }),
    title,
    status: textOf(root, 'status') ?? '',
    description: textOf(root, 'description') ?? '',
    level: readLevel(root),
    tags: textsOf(root, 'tags'),
    falsePositives: textsOf(root, 'falsepositives'),
    custom: Object.fromEntries(custom) as JsonObject,
    text
  }
}

function readLevel(root: YamlMap): Level {
  const entry = entryOf(root, 'level')
  if (!entry || (entry.kind === 'scalar' && entry.value === null)) return DEFAULT_LEVEL
  const text = entry.kind === 'scalar' ? entry.text.toLowerCase() : ''
  const level = levels.find((candidate) => candidate === text)
  if (level) return level
  throw new RuleFault('rule.level', entry.line, `Level "${text}" is unknown (${levels.join(', ')} are known)`)
}

function readLogsource(root: YamlMap): LogsourceKeys {
  const entry = entryOf(root, 'logsource')
  if (entry?.kind !== 'map')
    throw new RuleFault('rule.logsource', entry?.line ?? root.line, 'The rule has no logsource')
  const logsource: LogsourceKeys = {}
  for (const { key, value, keyLine } of entry.entries) {
    if (key === 'definition') continue
    if (key !== 'product' && key !== 'category' && key !== 'service') {
      // Every key narrows the rule; one that no event can have would silence it without a word.
      throw new RuleFault('rule.logsource', keyLine, `"${key}" of the logsource is not supported`)
    }
    if (value.kind !== 'scalar')
      throw new RuleFault('rule.logsource', keyLine, `"${key}" of the logsource must be text`)
    if (value.value !== null && value.text !== '') logsource[key] = value.text
  }
  if (Object.keys(logsource).length > 0) return logsource
  throw new RuleFault('rule.logsource', entry.line, 'The logsource names no product, category or service')
}

/** A UUID made from file and title, so that it stays the same from start to start. */
function derivedId(file: string, title: string): string {
  const hex = createHash('sha256').update(`${file}\n${title}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function textOf(root: YamlMap, key: string): string | undefined {
  const entry = entryOf(root, key)
  if (!entry || (entry.kind === 'scalar' && entry.value === null)) return undefined
  if (entry.kind === 'scalar') return entry.text
  throw new RuleFault('rule.shape', entry.line, `"${key}" must be text`)
}

function textsOf(root: YamlMap, key: string): string[] {
  const entry = entryOf(root, key)
  if (!entry) return []
  const list = entry.kind === 'list' ? entry.items : [entry]
  return list.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item.text] : []))
}
