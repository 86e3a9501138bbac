import type { Logsources } from '#core/logsource.ts'
import { parsers } from './index.ts'

/** Field sets of all parsers: an ECS document of a sender may carry them in any shape. */
export const ownSets: ReadonlySet<string> = new Set(parsers.flatMap((parser) => parser.fieldSets))

/** Log sources of the datasets that are ours alone, for the detector. */
export const logsources: Logsources = Object.assign({}, ...parsers.map((parser) => parser.logsources)) as Logsources
