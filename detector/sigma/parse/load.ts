import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '#core/errors.ts'
import { MAX_FILE_CHARS, parseSigma } from './rule-document.ts'
import type { RuleError, SigmaRule } from './types.ts'

/** Files of one load beyond this are not read, and an error says so: a wrong folder should not be walked for minutes. */
const MAX_FILES = 50_000
/** Folders inside of folders. */
const MAX_DEPTH = 20

type Parsed = ReturnType<typeof parseSigma>
/** What a file held, and by what it is seen to have changed. */
type Remembered = { stamp: string; parsed: Parsed }

/**
 * Reads every .yml and .yaml file below the folders (or single files), in path order; hidden folders and links to folders
 * are passed over. What cannot be read is an error of its file, never an exception.
 */
export function loadRules(paths: readonly string[]): Parsed {
  return createRuleLoader()(paths)
}

/**
 * A loadRules that remembers: files that did not change since the last call are not parsed again, so that reloading 3,757
 * rules after an edit takes a tenth of a second instead of some. Forgets files that are gone.
 */
export function createRuleLoader(): (paths: readonly string[]) => Parsed {
  let known = new Map<string, Remembered>()
  return (paths) => {
    const rules: SigmaRule[] = []
    const errors: RuleError[] = []
    const files = new Set<string>()
    const seen = new Map<string, Remembered>()
    const report = (file: string, code: string, message: string) => errors.push({ file, line: 1, code, message })
    for (const path of paths) collect(path, 0, files, report)
    for (const file of files) {
      try {
        const { size, ino, mtimeMs, ctimeMs } = statSync(file)
        // Two UTF-16 units at most come from four bytes, so this bound never refuses what the parser would take.
        if (size > MAX_FILE_CHARS * 4) {
          report(file, 'file.size', `The file has ${size} bytes`)
          continue
        }
        const stamp = [size, ino, mtimeMs, ctimeMs].join(' ')
        const before = known.get(file)
        const parsed = before?.stamp === stamp ? before.parsed : parseSigma(readFileSync(file, 'utf8'), file)
        seen.set(file, { stamp, parsed })
        for (const rule of parsed.rules) rules.push(rule)
        for (const error of parsed.errors) errors.push(error)
      } catch (error) {
        report(file, 'file.unreadable', messageOf(error))
      }
    }
    known = seen
    return { rules, errors }
  }
}

function collect(
  path: string,
  depth: number,
  files: Set<string>,
  report: (file: string, code: string, message: string) => void
): void {
  try {
    if (!statSync(path).isDirectory()) {
      if (files.size < MAX_FILES) files.add(path)
      else report(path, 'file.count', `More than ${MAX_FILES} rule files; the rest is not read`)
      return
    }
    if (depth > MAX_DEPTH) return report(path, 'file.depth', `Folders nested deeper than ${MAX_DEPTH} are not read`)
    const entries = readdirSync(path, { withFileTypes: true })
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    for (const entry of entries) {
      if (files.size >= MAX_FILES) return report(path, 'file.count', `More than ${MAX_FILES} rule files`)
      const child = join(path, entry.name)
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) collect(child, depth + 1, files, report)
      // A link to a file is followed (configuration volumes are made of them), one to a folder is not: it may lead back.
      else if (/\.ya?ml$/i.test(entry.name) && statSync(child).isFile()) files.add(child)
    }
  } catch (error) {
    report(path, 'file.unreadable', messageOf(error))
  }
}
