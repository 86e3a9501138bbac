/** The package `#sigma-rules-parser`: Sigma rules read, compiled and matched against events. */
import { toSigmaEvent } from './event.ts'
import { createRuleLoader, loadRules } from './load.ts'
import { parseEvent } from './parse-event.ts'
import { parseSigma } from './rule-document.ts'
import { compileRules } from './rule-set.ts'
import type { SigmaPackage } from './types.ts'

export { compileRules, createRuleLoader, loadRules, parseEvent, parseSigma, toSigmaEvent }
export { matchLines } from './match-lines.ts'
export type * from './types.ts'

// The interface of the package, checked by the compiler.
void ({ parseSigma, loadRules, compileRules, toSigmaEvent } satisfies SigmaPackage)
