import type { Bilingual } from '#core/match.ts'
import { reasonOfKinds, wordsOfOutcome } from '#core/probes/target.ts'

/**
 * Words for outcomes that belong to no kind of probe. A detail may name an address inside a network or what a page said: a
 * reason is read by leaders too and stands in reports, so that it takes none.
 */
const words: Readonly<Record<string, Bilingual>> = {
  network: { vi: 'không có đường mạng tới máy chủ', en: 'there is no way to the server' },
  timeout: { vi: 'quá thời gian chờ', en: 'no answer in time' },
  slow: { vi: 'trả lời chậm', en: 'slow answers' }
}

/** Why a probe fails, in words that may be read by everybody who sees the state; null for a code that nobody described. */
export function outcomeWords(code: string, detail: string): Bilingual | null {
  return reasonOfKinds(code, detail) ?? wordsOfOutcome(words, code) ?? null
}
