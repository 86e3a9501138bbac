import { RuleFault } from './rule-fault.ts'
import type { CorrelationRule } from './types.ts'
import { entryOf, type YamlMap, type YamlTree } from './yaml-tree.ts'

type Correlation = Pick<
  CorrelationRule,
  'type' | 'rules' | 'groupBy' | 'aliases' | 'timespanMs' | 'condition' | 'fields' | 'generate'
>

const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const
/** Types of the specification that are evaluated, and those that are refused by name. */
const supported = ['event_count', 'value_count'] as const
const unitsMs: ReadonlyMap<string, number> = new Map(
  Object.entries({
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    w: 604_800_000,
    // As the reference parser has them: a twelfth of, and a mean Gregorian year.
    M: 2_629_746_000,
    y: 31_556_952_000
  })
)
/** Longest window, so that a typing error cannot ask to keep everything for ever. */
const MAX_TIMESPAN_MS = 366 * 86_400_000
const MAX_NAMES = 1_000

/** Reads the `correlation` of a document; `generate` may also stand at the top level. Throws a RuleFault. */
export function parseCorrelation(document: YamlMap): Correlation {
  const tree = entryOf(document, 'correlation')
  if (tree?.kind !== 'map') {
    throw new RuleFault('correlation.shape', tree?.line ?? document.line, '"correlation" must be a map')
  }
  const type = readType(tree)
  const { condition, fields } = readCondition(tree, type)
  const rules = namesOf(tree, 'rules')
  if (rules.length === 0) throw new RuleFault('correlation.rules', tree.line, 'A correlation must name its rules')
  return {
    type,
    rules,
    groupBy: namesOf(tree, 'group-by'),
    aliases: readAliases(tree),
    timespanMs: readTimespan(tree),
    condition,
    fields,
    generate: readGenerate(entryOf(tree, 'generate') ?? entryOf(document, 'generate'))
  }
}

function readType(tree: YamlMap): CorrelationRule['type'] {
  const entry = entryOf(tree, 'type')
  const name = entry?.kind === 'scalar' ? entry.text : ''
  const type = supported.find((candidate) => candidate === name)
  if (type) return type
  const message = `Correlation type "${name}" is not supported yet (${supported.join(', ')} are)`
  throw new RuleFault('correlation.type', entry?.line ?? tree.line, message)
}

function readCondition(tree: YamlMap, type: CorrelationRule['type']): Pick<Correlation, 'condition' | 'fields'> {
  const entry = entryOf(tree, 'condition')
  const fail = (message: string, line = entry?.line ?? tree.line): never => {
    throw new RuleFault('correlation.condition', line, message)
  }
  if (entry?.kind !== 'map') return fail('A correlation needs a condition such as "gte: 10"')
  const condition: Correlation['condition'] = []
  let fields: string[] = []
  for (const { key, value, keyLine } of entry.entries) {
    if (key === 'field') {
      fields = textsOf(value, 'field')
      continue
    }
    const op = operators.find((candidate) => candidate === key)
    if (!op) return fail(`"${key}" is no operator of a correlation (${operators.join(', ')} are)`, keyLine)
    const number =
      value.kind === 'scalar' && typeof value.value !== 'boolean' && value.text !== '' ? Number(value.text) : NaN
    if (!Number.isFinite(number)) return fail(`"${key}" needs a number such as 10`, keyLine)
    condition.push({ op, value: number })
  }
  if (condition.length === 0) fail('The condition compares with nothing')
  if (type === 'value_count' && fields.length === 0) fail('value_count needs a field in its condition')
  if (type === 'event_count' && fields.length > 0) fail('event_count counts events, not the values of a field')
  return { condition, fields }
}

function readTimespan(tree: YamlMap): number {
  const entry = entryOf(tree, 'timespan') ?? entryOf(tree, 'timeframe')
  const text = entry?.kind === 'scalar' ? entry.text : ''
  const parts = /^(\d{1,9})([smhdwMy])$/.exec(text)
  const line = entry?.line ?? tree.line
  if (!parts) throw new RuleFault('correlation.timespan', line, `"${text}" is no time span such as 30s, 15m, 1h or 7d`)
  const ms = Number(parts[1]) * unitsMs.get(parts[2]!)!
  if (ms > 0 && ms <= MAX_TIMESPAN_MS) return ms
  throw new RuleFault('correlation.timespan', line, `The time span "${text}" must be more than 0 and at most 366d`)
}

/** Whom an alias means is known once all rules are: the plan resolves it (detector/correlation/plan.ts). */
function readAliases(tree: YamlMap): Correlation['aliases'] {
  const entry = entryOf(tree, 'aliases')
  if (!entry) return {}
  const fail = (line: number, message: string): never => {
    throw new RuleFault('correlation.aliases', line, message)
  }
  if (entry.kind !== 'map') return fail(entry.line, '"aliases" must be a map')
  return Object.fromEntries(
    entry.entries.map(({ key: alias, value, keyLine }) => {
      if (value.kind !== 'map') return fail(keyLine, `The alias "${alias}" must be a map of rule to field`)
      const fields = value.entries.map(({ key: rule, value: field, keyLine: line }) => {
        if (field.kind !== 'scalar' || field.text === '') return fail(line, `The alias "${alias}" needs a field`)
        return [rule, field.text] as const
      })
      return [alias, Object.fromEntries(fields)]
    })
  )
}

function readGenerate(tree: YamlTree | undefined): boolean {
  if (!tree) return false
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value
  throw new RuleFault('correlation.generate', tree.line, '"generate" must be true or false')
}

function namesOf(tree: YamlMap, key: string): string[] {
  const entry = entryOf(tree, key)
  return entry ? textsOf(entry, key) : []
}

function textsOf(tree: YamlTree, key: string): string[] {
  const list = tree.kind === 'list' ? tree.items : [tree]
  if (list.length > MAX_NAMES) throw new RuleFault('correlation.size', tree.line, `"${key}" has too many entries`)
  return list.map((item) => {
    if (item.kind === 'scalar' && item.value !== null && item.text !== '') return item.text
    throw new RuleFault('correlation.shape', item.line, `"${key}" must hold names`)
  })
}
