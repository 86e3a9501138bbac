import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { messageOf, SocError } from '#core/errors.ts'
import type { Bilingual } from '#core/match.ts'

/** Folder of the platform's own rules and of the words that go with rules. */
export const ownFolder = join(import.meta.dirname, '../../rules/soc')

/** Reads one YAML file of ours. Throws `rules.built_in`, naming the file, for one that is missing or no YAML. */
export function readOwnYaml(file: string): { text: string; fields: Record<string, unknown> } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw broken(file, 'file', messageOf(error))
  }
  const document = parseDocument(text, { prettyErrors: false })
  const [fault] = document.errors
  if (fault !== undefined) throw broken(file, 'file', fault.message)
  return { text, fields: fieldsOf(document.toJS()) }
}

/** The keys of a YAML map; none for anything else. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** The two languages of a value; undefined when one is missing or empty. */
export function bilingualOf(value: unknown): Bilingual | undefined {
  const { vi, en } = fieldsOf(value)
  return isText(vi) && isText(en) ? { vi, en } : undefined
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** The error of a file of ours that says something wrong. */
export const broken = (file: string, field: string, reason: string) =>
  new SocError('rules.built_in', `${file}: ${field}: ${reason}`)
