import { foldText } from '#core/fold.ts'

const beyondAscii = /[^\0-\x7f]/
const wordPattern = /[\p{L}\p{N}]+/gu

/** Characters of a search text that are looked at; the encoder keeps to 8 KiB, what lies beyond is not searchable. */
export const TEXT_CHARACTERS = 8_192

/**
 * The words of a text as they are searched: folded, split at everything that is neither letter nor digit.
 * `C:\Temp\a_b.exe` gives c, temp, a, b, exe. All homes must split alike, or one query finds different events.
 */
export function wordsOf(text: string): string[] {
  if (beyondAscii.test(text)) return foldText(text).match(wordPattern) ?? []
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? []
}

/** A field's value as it is compared. */
export function foldValue(value: string): string {
  if (beyondAscii.test(value)) return foldText(value)
  return value.toLowerCase().replace(/\s+/g, ' ').trim()
}
