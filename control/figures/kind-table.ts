import { join } from 'node:path'
import { builtInKinds, builtInRuleTitles } from '#control/rules/built-in-rules.ts'
import { bilingualOf, broken, fieldsOf, isText, ownFolder, readOwnYaml } from '#control/rules/own-yaml.ts'
import type { KindTable } from './kinds.ts'

/** Reads rules/soc/kinds.yml and the kinds of the built-in rules. Throws `rules.built_in` for a fault in it. */
export function readKindTable(file = join(ownFolder, 'kinds.yml')): KindTable {
  const { fields } = readOwnYaml(file)
  const otherwise = bilingualOf(fields['otherwise'])
  if (otherwise === undefined) throw broken(file, 'otherwise', 'vi or en is missing')
  const lines = Array.isArray(fields['by_tag']) ? fields['by_tag'] : []
  if (lines.length === 0) throw broken(file, 'by_tag', 'a list of tags and kinds is missing')
  const byTag = lines.map((line: unknown, at) => {
    const [kind, { tag }] = [bilingualOf(line), fieldsOf(line)]
    if (!isText(tag) || kind === undefined) throw broken(file, `by_tag.${at}`, 'tag, vi or en is missing')
    return { tag, kind }
  })
  return { byRule: Object.fromEntries(builtInKinds()), byTag, otherwise }
}

/** As the platform was started with it. */
export const kindTable = readKindTable()
/** Titles of the platform's own rules, whose alerts say more than their rule does. */
export const builtInTitles = Object.fromEntries(builtInRuleTitles())
