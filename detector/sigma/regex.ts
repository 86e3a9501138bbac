import { RE2JS } from 're2js'
import { analyseRegex } from './regex-literals.ts'

/** Longest pattern taken from a rule, characters; SigmaHQ's longest is 700. */
export const MAX_REGEX_CHARS = 4_000
/** Largest compiled program, instructions: `((a{1000}){1000})` ends here. */
const MAX_PROGRAM = 20_000

/** A search that runs in linear time whatever the text: RE2's engine, asked only where a required literal occurs. */
export type Regex = { search(text: string, folded: string): boolean }

/** Compiles a pattern of a rule; throws what is wrong with it. Flags are letters of `ims`. */
export function compileRegex(source: string, flags: string): Regex {
  const { literals, minLength } = analyseRegex(source)
  // Asking more literals than this costs as much as the engine.
  const required = literals && literals.length <= 16 ? literals : undefined
  let engine: RE2JS | undefined
  return {
    search(text, folded) {
      if (text.length < minLength) return false
      if (required && !required.some((literal) => folded.includes(literal))) return false
      engine ??= build(source, flags)
      return engine.test(text)
    }
  }
}

/** The fault of a pattern in words, or undefined when it compiles. */
export function regexFault(source: string, flags: string): string | undefined {
  if (source.length > MAX_REGEX_CHARS) return `is longer than ${MAX_REGEX_CHARS} characters`
  try {
    return build(source, flags).programSize() > MAX_PROGRAM
      ? 'is too large once its repetitions are unfolded'
      : undefined
  } catch (error) {
    return `is not supported: ${error instanceof Error ? error.message : String(error)}`
  }
}

function build(source: string, flags: string): RE2JS {
  let bits = 0
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE
  if (flags.includes('m')) bits |= RE2JS.MULTILINE
  if (flags.includes('s')) bits |= RE2JS.DOTALL
  return RE2JS.compile(source, bits)
}
