import { kindNamed, outcomesOfKinds, wordsOfOutcome, type ProbeKind } from '#core/probes/target.ts'
import { codeText, pick } from '../i18n/text.svelte.ts'

/** The name of a kind of probe. */
export const kindText = (kind: ProbeKind) => pick(kindNamed(kind).label)

/** What a result says: in the words of the kind that its code belongs to, else of the catalogue. */
export function outcomeText(code: string): string {
  const words = wordsOfOutcome(outcomesOfKinds, code)
  return words === undefined ? codeText('probe.code', code) : pick(words)
}
