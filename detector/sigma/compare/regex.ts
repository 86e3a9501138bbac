import { RE2JS } from 're2js'
import { analyseRegex } from '../index/regex-literals.ts'

/** Longest pattern taken from a rule, characters; SigmaHQ's longest is 700. */
export const MAX_REGEX_CHARS = 4_000
/** Largest compiled program, instructions: `((a{1000}){1000})` ends here. */
const MAX_PROGRAM = 20_000

/** A search that runs in linear time whatever the text: RE2's engine, asked only where a required literal occurs. */
export type Regex = { search(text: string, folded: string): boolean }

/**
 * Bytes of states that one engine may keep; then it forgets them and goes on. Its own bound of 8 MiB, for the 217
 * patterns of SigmaHQ, would let hostile command lines take more than a gigabyte.
 */
const MAX_STATE_BYTES = 1024 * 1024

/** Compiles a pattern of a rule; throws what is wrong with it. Flags are letters of `ims`. */
export function compileRegex(source: string, flags: string): Regex {
  const length = lengthQuestion(source)
  if (length !== undefined) return { search: (text) => hasRun(text, length, flags.includes('s')) }
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

/** `.{1000,}` and its like only ask how long a line is; unfolded into a thousand states they would cost milliseconds. */
function lengthQuestion(source: string): number | undefined {
  const parts = /^(?:\.|\(\.\))\{(\d{1,4}),?\}$/.exec(source)
  return parts ? Number(parts[1]) : undefined
}

/** True when so many characters stand in one line (or, with flag s, in the text). */
function hasRun(text: string, length: number, acrossLines: boolean): boolean {
  if (text.length < length) return false
  let run = 0
  for (const char of text) {
    if (run >= length) return true
    run = char === '\n' && !acrossLines ? 0 : run + 1
  }
  return run >= length
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
  const engine = RE2JS.compile(source, bits)
  const { dfa } = engine.re2()
  dfa.stateBudget = MAX_STATE_BYTES
  dfa.memBudget = MAX_STATE_BYTES
  return engine
}
