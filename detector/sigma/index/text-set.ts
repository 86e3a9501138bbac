import { DASH, MANY, type PatternPart } from '../parse/detection.ts'
import { casefold, isAscii } from '../compare/casefold.ts'
import { baseOf } from '../events/field-values.ts'
import { compileGlob, DASHES, fitsGlob, type Glob } from '../compare/text-pattern.ts'

/**
 * Many patterns asked at once: is one of them true for a text? Each pattern goes to the cheapest question that decides it:
 * a hash for whole values and file names, plain searches for the rest, ordered segments where wildcards stand inside.
 */
export type TextSet = {
  exact: Set<string> | undefined
  /** Suffixes that are a file name behind its separator, `\cmd.exe`. */
  bases: Set<string> | undefined
  suffixes: string[]
  prefixes: string[]
  contains: string[]
  globs: Glob[]
  /** Needles with characters beyond ASCII, by the first of these; only asked of texts that have some. */
  foreign: Map<number, { needle: string; at: number }[]> | undefined
  /** `*` alone: any text will do. */
  anything: boolean
}

/** Compiles patterns; `fold` is false for those that compare case. */
export function compileTextSet(patterns: readonly (readonly PatternPart[])[], fold: boolean): TextSet {
  const set: TextSet = {
    exact: undefined,
    bases: undefined,
    suffixes: [],
    prefixes: [],
    contains: [],
    globs: [],
    foreign: undefined,
    anything: false
  }
  for (const pattern of patterns) {
    const parts = fold ? pattern.map((part) => (typeof part === 'string' ? casefold(part) : part)) : pattern
    for (const form of expandDashes(parts)) addPattern(set, form, fold)
  }
  return set
}

function addPattern(set: TextSet, parts: readonly PatternPart[], fold: boolean): void {
  const [first, second, third] = parts
  if (parts.length === 0) (set.exact ??= new Set()).add('')
  else if (parts.length === 1 && typeof first === 'string') (set.exact ??= new Set()).add(first)
  else if (parts.length === 1 && first === MANY) set.anything = true
  else if (parts.length === 2 && first === MANY && typeof second === 'string') {
    // The file name is cut out of the folded text, so it can only answer for folded patterns.
    if (fold && baseOf(second) === second) (set.bases ??= new Set()).add(second)
    else set.suffixes.push(second)
  } else if (parts.length === 2 && typeof first === 'string' && second === MANY) set.prefixes.push(first)
  else if (parts.length === 3 && first === MANY && typeof second === 'string' && third === MANY) {
    if (isAscii(second)) set.contains.push(second)
    else addForeign(set, second)
  } else set.globs.push(compileGlob(parts))
}

function addForeign(set: TextSet, needle: string): void {
  let at = 0
  while (needle.charCodeAt(at) < 0x80) at++
  set.foreign ??= new Map()
  const code = needle.charCodeAt(at)
  const entries = set.foreign.get(code)
  if (entries) entries.push({ needle, at })
  else set.foreign.set(code, [{ needle, at }])
}

/** One or two widened dashes are written out, so that plain searches do; more stay wildcards. */
function expandDashes(parts: readonly PatternPart[]): (readonly PatternPart[])[] {
  const dashes = parts.filter((part) => part === DASH).length
  if (dashes === 0 || dashes > 2) return [parts]
  let forms: PatternPart[][] = [[]]
  for (const part of parts) {
    const choices = part === DASH ? [...DASHES] : [part]
    forms = forms.flatMap((form) =>
      choices.map((choice) => {
        const last = form.at(-1)
        if (typeof choice === 'string' && typeof last === 'string') return [...form.slice(0, -1), last + choice]
        return [...form, choice]
      })
    )
  }
  return forms
}

/** True when the set has no pattern at all. */
export function isEmpty(set: TextSet): boolean {
  const { exact, bases, suffixes, prefixes, contains, globs, foreign, anything } = set
  const listed = suffixes.length + prefixes.length + contains.length + globs.length
  return !exact && !bases && !foreign && !anything && listed === 0
}

/** True when one of the patterns fits. `base` is the tail of the text (see baseOf); '' never fits. */
export function fitsTextSet(set: TextSet, text: string, base: string, ascii: boolean): boolean {
  if (set.exact !== undefined && set.exact.has(text)) return true
  if (set.bases !== undefined && set.bases.has(base)) return true
  const { suffixes, prefixes, contains, globs } = set
  for (let index = 0; index < contains.length; index++) if (text.includes(contains[index]!)) return true
  for (let index = 0; index < suffixes.length; index++) if (text.endsWith(suffixes[index]!)) return true
  for (let index = 0; index < prefixes.length; index++) if (text.startsWith(prefixes[index]!)) return true
  for (let index = 0; index < globs.length; index++) if (fitsGlob(globs[index]!, text)) return true
  if (!ascii && set.foreign !== undefined && fitsForeign(set.foreign, text)) return true
  return set.anything
}

function fitsForeign(foreign: NonNullable<TextSet['foreign']>, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x80) continue
    const entries = foreign.get(code)
    if (!entries) continue
    for (const entry of entries) if (text.startsWith(entry.needle, at - entry.at)) return true
  }
  return false
}
