import { foldText } from '#core/fold.ts'
import { parseJsonPath } from '#core/json-path.ts'
import { unescapeHtml } from './html-text.ts'
import { BODY_MAX_BYTES, type Body } from './http-body.ts'
import { isJsonValue, jsonValueAt } from './json-value.ts'
import { type ProbeRun } from './probe.ts'

type HttpTarget = Parameters<ProbeRun<'http'>>[0]

/** A page names its charset within so many bytes, or not at all. */
const META_MAX_BYTES = 1_024
const byteOrderMarks = new Map([
  ['efbb', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be']
])

/** Text in the charset that its first bytes, the answer's header or the page itself name; UTF-8 otherwise. */
function textOf(bytes: Buffer, contentType: string): string {
  const charset =
    byteOrderMarks.get(bytes.toString('hex', 0, 2)) ??
    charsetIn(contentType.slice(0, 500)) ??
    (isJson(contentType) ? undefined : charsetIn(bytes.toString('latin1', 0, META_MAX_BYTES))) ??
    'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // A charset nobody knows: most of the text is readable as UTF-8.
    return new TextDecoder().decode(bytes)
  }
}

const charsetIn = (text: string) => /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(text)?.[1]
const isJson = (contentType: string) => /[/+]json\b/i.test(contentType)

/** The text that people read: references and escapes replaced. */
function readable(text: string, contentType: string): string {
  if (!isJson(contentType)) return unescapeHtml(text)
  return text.replace(/\\u([\da-fA-F]{4})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Accents kept, whichever way they are composed: "lỗi" is not "lợi". */
const withAccents = (text: string) => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

/** Whether an answer can only be judged by its body. */
export const asksForBody = ({ keyword, notKeyword, jsonPath }: HttpTarget) =>
  keyword !== '' || notKeyword !== '' || jsonPath !== ''

/** What is wrong with a body; undefined when nothing is. */
export function judgeBody(
  target: HttpTarget,
  body: Body,
  contentType: string
): { code: string; detail: string } | undefined {
  if (!asksForBody(target)) return undefined
  const { keyword, notKeyword, jsonPath, jsonValue } = target
  const text = textOf(body.bytes, contentType)
  const cut = body.cut ? ` (${BODY_MAX_BYTES} B)` : ''
  // As it is written and as it is read: a keyword may be markup.
  const forms = [text, readable(text, contentType)]
  const has = (word: string, fold: (text: string) => string) => forms.some((form) => fold(form).includes(fold(word)))
  // The error page first: it explains why the keyword is not there.
  if (notKeyword !== '' && has(notKeyword, withAccents)) return { code: 'http.not_keyword', detail: notKeyword }
  if (keyword !== '' && !has(keyword, foldText)) return { code: 'http.keyword', detail: `${keyword}${cut}` }
  return jsonPath === '' ? undefined : judgeJson(text, cut, jsonPath, jsonValue)
}

function judgeJson(text: string, cut: string, jsonPath: string, jsonValue: string) {
  const path = parseJsonPath(jsonPath)
  if (path === undefined) return { code: 'http.json_path', detail: jsonPath }
  let value: unknown
  try {
    value = jsonValueAt(text, path)
  } catch {
    return { code: 'http.not_json', detail: `${jsonPath}${cut}` }
  }
  if (value === undefined || (value === null && jsonValue === ''))
    return { code: 'http.json_missing', detail: jsonPath }
  // No value asked: being there is enough.
  if (jsonValue === '' || isJsonValue(value, jsonValue)) return undefined
  return { code: 'http.json', detail: `${jsonPath} ≠ ${jsonValue}` }
}
