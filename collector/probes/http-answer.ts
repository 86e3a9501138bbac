import { foldText } from '#core/fold.ts'
import { parseJsonPath, valueAt } from '#core/json-path.ts'
import { BODY_MAX_BYTES, type Body } from './http-body.ts'
import { type ProbeRun } from './probe.ts'

type HttpTarget = Parameters<ProbeRun<'http'>>[0]

/** Text in the charset that the answer names, UTF-8 otherwise. */
function textOf(bytes: Buffer, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType.slice(0, 500))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // A charset nobody knows: most of the text is readable as UTF-8.
    return new TextDecoder().decode(bytes)
  }
}

/** What is wrong with a body; undefined when nothing is. */
export function judgeBody(
  target: HttpTarget,
  body: Body,
  contentType: string
): { code: string; detail: string } | undefined {
  const { keyword, notKeyword, jsonPath, jsonValue } = target
  if (keyword === '' && notKeyword === '' && jsonPath === '') return undefined
  const text = textOf(body.bytes, contentType)
  const cut = body.cut ? ` (${BODY_MAX_BYTES} B)` : ''
  if (keyword !== '' || notKeyword !== '') {
    const folded = foldText(text)
    // The error page first: it explains why the keyword is not there.
    if (notKeyword !== '' && folded.includes(foldText(notKeyword)))
      return { code: 'http.not_keyword', detail: notKeyword }
    if (keyword !== '' && !folded.includes(foldText(keyword)))
      return { code: 'http.keyword', detail: `${keyword}${cut}` }
  }
  return jsonPath === '' ? undefined : judgeJson(text, cut, jsonPath, jsonValue)
}

function judgeJson(text: string, cut: string, jsonPath: string, jsonValue: string) {
  const path = parseJsonPath(jsonPath)
  if (path === undefined) return { code: 'http.json_path', detail: jsonPath }
  let value: unknown
  try {
    value = valueAt(JSON.parse(text), path)
  } catch {
    return { code: 'http.not_json', detail: `${jsonPath}${cut}` }
  }
  if (value === undefined || value === null) return { code: 'http.json_missing', detail: jsonPath }
  // No value asked: being there is enough.
  if (jsonValue === '') return undefined
  const right = typeof value !== 'object' && String(value as string | number | boolean) === jsonValue
  return right ? undefined : { code: 'http.json', detail: `${jsonPath} ≠ ${jsonValue}` }
}
