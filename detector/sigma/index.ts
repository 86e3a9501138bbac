/** The package `#sigma-rules-parser`: Sigma rules read, compiled and matched against events. */
import { sigmaEvents, toSigmaEvent } from './events/event.ts'
import { createRuleLoader, loadRules } from './parse/load.ts'
import { parseEvent } from './events/parse-event.ts'
import { parseSigma } from './parse/rule-document.ts'
import { compileRules } from './index/rule-set.ts'
import type { SigmaPackage } from './parse/types.ts'

export { compileRules, createRuleLoader, loadRules, parseEvent, parseSigma, sigmaEvents, toSigmaEvent }
export { matchLines } from './events/match-lines.ts'
export type * from './parse/types.ts'

// The interface of the package, checked by the compiler.
void ({ parseSigma, loadRules, compileRules, toSigmaEvent } satisfies SigmaPackage)
