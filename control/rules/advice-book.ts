import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { messageOf } from '#core/errors.ts'
import type { Bilingual } from '#core/match.ts'
import { builtInRules, builtInSteps } from './built-in-rules.ts'
import { bilingualOf, broken, fieldsOf, isText, ownFolder, readOwnYaml } from './own-yaml.ts'

/** Steps that rules suggest to a unit: of a rule itself, or by the ATT&CK tags of a rule that names none. */
export type AdviceBook = {
  byRule: ReadonlyMap<string, RuleSteps>
  /** In the order of the file: the first line that a tag begins with counts. */
  byTag: readonly { tag: string; steps: readonly Bilingual[] }[]
  /** When nothing else is suggested. */
  otherwise: readonly Bilingual[]
  /** Said after all the others. */
  last: Bilingual
}
export type RuleSteps = {
  steps: readonly Bilingual[]
  /** At least one step stands in the rule in its own words; the others are shared by name. */
  own: boolean
}

/** A rule's file that is longer says no advice. */
const MAX_FILE_BYTES = 1_000_000

/**
 * Reads rules/soc/advice.yml, the built-in rules' advice and `soc.advice` of the rules in these folders (or single files).
 * Throws `rules.built_in` for a fault in the platform's own files; advice of another rule that cannot be read goes to
 * `warn`, and its tags decide.
 */
export function readAdviceBook(rulePaths: readonly string[], warn: (message: string) => void): AdviceBook {
  const file = join(ownFolder, 'advice.yml')
  const { fields } = readOwnYaml(file)
  const named = new Map<string, Bilingual>()
  for (const [name, value] of Object.entries(fieldsOf(fields['steps']))) {
    const step = bilingualOf(value)
    if (step === undefined) throw broken(file, `steps.${name}`, 'vi or en is missing')
    named.set(name, step)
  }
  const ownSteps = (value: unknown, of: string, field: string): RuleSteps => {
    const steps = stepsOf(value, named)
    if (typeof steps === 'string') throw broken(of, field, steps)
    return steps
  }
  const last = named.get(String(fields['last']))
  if (last === undefined) throw broken(file, 'last', 'no such step')
  const lines = Array.isArray(fields['by_tag']) ? fields['by_tag'].map(fieldsOf) : []
  if (lines.length === 0) throw broken(file, 'by_tag', 'a list of tags and steps is missing')
  const byTag = lines.map(({ tag, steps }, at) => {
    if (!isText(tag)) throw broken(file, `by_tag.${at}.tag`, 'a tag is missing')
    return { tag, steps: ownSteps(steps, file, `by_tag.${tag}`).steps }
  })
  const byRule = new Map<string, RuleSteps>()
  for (const { id, raw } of rulePaths.flatMap((path) => rawAdvice(path, warn))) {
    const steps = stepsOf(raw, named)
    if (typeof steps === 'string') warn(`rule ${id}: soc.advice: ${steps}`)
    else byRule.set(id, steps)
  }
  for (const { id, file } of builtInRules) byRule.set(id, ownSteps(builtInSteps(id), file, 'soc.advice'))
  return { byRule, byTag, otherwise: ownSteps(fields['otherwise'], file, 'otherwise').steps, last }
}

/** Steps by name or in their own words; a sentence about what is wrong with them otherwise. */
function stepsOf(value: unknown, named: ReadonlyMap<string, Bilingual>): RuleSteps | string {
  if (!Array.isArray(value) || value.length === 0) return 'a list of steps is missing'
  const steps: Bilingual[] = []
  for (const item of value) {
    const step = typeof item === 'string' ? named.get(item) : bilingualOf(item)
    if (step === undefined) return `no such step: ${JSON.stringify(item)}`
    steps.push(step)
  }
  return { steps, own: value.some((item) => typeof item !== 'string') }
}

/** What the rules below a path say under `soc.advice`. Files that never name the key are not parsed. */
function rawAdvice(path: string, warn: (message: string) => void): { id: string; raw: unknown }[] {
  const found: { id: string; raw: unknown }[] = []
  try {
    const isFolder = statSync(path).isDirectory()
    const files = isFolder ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [path]
    for (const name of files) {
      if (!/\.ya?ml$/.test(name)) continue
      const file = isFolder ? join(path, name) : name
      if (statSync(file).size > MAX_FILE_BYTES) continue
      const text = readFileSync(file, 'utf8')
      if (!/\badvice\s*:/.test(text)) continue
      const documents = parseAllDocuments(text, { prettyErrors: false })
      for (const document of Array.isArray(documents) ? documents : []) {
        if (document.errors.length > 0) continue
        const { id, soc } = fieldsOf(document.toJS())
        const { advice, raised_by: raisedBy } = fieldsOf(soc)
        if (isText(id) && advice !== undefined && raisedBy === undefined) found.push({ id, raw: advice })
      }
    }
  } catch (error) {
    // The detector names the files that it cannot read; without its advice a rule still has its tags.
    warn(`advice of ${path} was not read: ${messageOf(error)}`)
  }
  return found
}
