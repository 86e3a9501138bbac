import type { EncodedEvent, EventColumns } from '#core/store-entry.ts'
import { foldValue, TEXT_CHARACTERS, wordsOf } from '../query/words.ts'

/*
 * The full-text index has one column with two kinds of token. Words of the search text are letters and digits only.
 * Field tokens are `x=value`: `=` never occurs in a word, so the two cannot be taken for each other. FTS5's ascii
 * tokenizer splits only at ASCII separators and keeps everything else, so the tokens are exactly what is made here.
 */

/** Letter of each field that has field tokens. */
const columnLetters = {
  'host.name': 'h',
  'user.name': 'u',
  'source.ip': 's',
  'destination.ip': 'd',
  'event.code': 'c',
  'event.action': 'a',
  'event.outcome': 'r',
  'event.dataset': 't',
  'process.name': 'p',
  'url.path': 'l',
  'rule.name': 'n'
} as const satisfies Record<keyof EventColumns, string>
const columns = Object.entries(columnLetters) as [keyof EventColumns, string][]

const UNIT = 'o'
const SENDER_UNIT = 'q'
const SENDER = 'w'
const EVENT_ID = 'i'
/** Letter of every field whose equality the index answers. */
const letters = new Map<string, string>([
  ...columns,
  ['organization.id', UNIT],
  ['soc.sender_unit', SENDER_UNIT],
  ['soc.sender', SENDER]
])

/** Every event has it: `NOT x` needs something to be taken from. */
export const EVERY_EVENT = 'all='

/** A longer value is indexed by its start and a hash, a longer word by its start: one odd field must not bloat the vocabulary. */
export const VALUE_CHARACTERS = 128
export const WORD_CHARACTERS = 64
/** Stands before the hash of a cut value. */
export const CUT_MARK = '\ue081'

/**
 * Letter of the field in the index, or undefined when only the documents can tell.
 */
export function letterOf(field: string): string | undefined {
  return letters.get(field)
}

// Space, quotes and controls would end the token or the phrase; they move into the private use area, and what is already
// there moves on behind a mark, so that two values never share a token.
const unsafe = /[\0- "'\x7f\ue000-\ue081]/g
const hasUnsafe = /[\0- "'\x7f\ue000-\ue081]/

function escaped(text: string): string {
  if (!hasUnsafe.test(text)) return text
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x80 ? String.fromCharCode(0xe000 + code) : `\ue080${String.fromCharCode(code + 0x100)}`
  })
}

/** The value that a token stands for; undefined when it was cut. */
export function valueOfToken(token: string): string | undefined {
  if (token.includes(CUT_MARK)) return undefined
  return token
    .slice(2)
    .replace(/\ue080([\ue100-\ue181])|[\ue000-\ue07f]/g, (found, moved: string | undefined) =>
      String.fromCharCode(moved === undefined ? found.charCodeAt(0) - 0xe000 : moved.charCodeAt(0) - 0x100)
    )
}

/** Token of a whole value; the value is folded already. */
export function valueToken(letter: string, folded: string): string {
  // A lone surrogate cannot be written as UTF-8; SQLite would store the replacement character too.
  const text = folded.isWellFormed() ? folded : folded.toWellFormed()
  if (text.length <= VALUE_CHARACTERS) return `${letter}=${escaped(text)}`
  const start = text.slice(0, VALUE_CHARACTERS).toWellFormed()
  return `${letter}=${escaped(start)}${CUT_MARK}${hash53(text).toString(36)}`
}

/** Start of the tokens of all values that begin so; undefined when the index has cut them. */
export function valuePrefix(letter: string, folded: string): string | undefined {
  return folded.length > 0 && folded.length < VALUE_CHARACTERS && folded.isWellFormed()
    ? `${letter}=${escaped(folded)}`
    : undefined
}

/** Token of an event's id: a hash of the folded id, so the vocabulary stays small; who looks up compares the id itself. */
export function idToken(id: string): string {
  return `${EVENT_ID}=${hash53(foldValue(id)).toString(36)}`
}

export const unitToken = (unit: string) => valueToken(UNIT, foldValue(unit))
export const senderUnitToken = (unit: string) => valueToken(SENDER_UNIT, foldValue(unit))

/** Everything the index keeps of one event, as the text that is given to FTS5. */
export function indexText(event: EncodedEvent, sender: string): string {
  let text = `${EVERY_EVENT} ${idToken(event.id)} ${unitToken(event.unit)} ${senderUnitToken(event.senderUnit)} ${valueToken(SENDER, foldValue(sender))}`
  for (const [name, letter] of columns) {
    const value = event.columns[name]
    if (value === '') continue
    if (!value.includes('\n')) text += ` ${valueToken(letter, foldValue(value))}`
    else for (const one of value.split('\n')) if (one !== '') text += ` ${valueToken(letter, foldValue(one))}`
  }
  for (const word of wordsOf(event.text.length > TEXT_CHARACTERS ? event.text.slice(0, TEXT_CHARACTERS) : event.text))
    text += ` ${word.length > WORD_CHARACTERS ? cutWord(word) : word}`
  return text
}

/** Start of a word that is too long for the index. */
export const cutWord = (word: string) => word.slice(0, WORD_CHARACTERS).toWellFormed()

/** A 53-bit hash of a text: two multiply-xor lanes as in MurmurHash's finish. Not for secrets; collisions are checked where they matter. */
export function hash53(text: string): number {
  const [low, high] = hashLanes(text)
  return (high >>> 11) * 0x1_0000_0000 + low
}

/** The two 32-bit lanes of the hash. */
export function hashLanes(text: string): [number, number] {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return [a >>> 0, b >>> 0]
}
