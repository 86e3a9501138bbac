import type { Json, JsonObject } from '#core/event.ts'

/** Times that an encoding is taken off: twice is a known trick, more is somebody who tries. */
const MAX_ROUNDS = 4
/** What a query cannot hold if its plain form is the query itself. */
const CODED_QUERY = /[%+\\\s\x00-\x20]|\/\*|[^\x21-\x7e]/
/** The same of a path: encodings, parameters, doubled slashes, dot segments, what Windows drops behind a name. */
const CODED_PATH = /[%;\\\x00-\x20\x7f]|\/\/|\/\.|\.(?:\/|$)|::|\u00a0/

/**
 * What a web request asks for once its disguise is off, for rules: servers and databases do not care how a word is written,
 * so rules need not either. Names that rules use already answer with both forms; `url.plain.path` and `url.plain.request`
 * answer with the plain one alone, for what must not be argued away by the form as sent. Nothing of it is stored.
 */
export function webReader(url: JsonObject): (field: string) => Json | undefined {
  let path: string | undefined
  let request: string | undefined
  const plain: Plain = {
    path: () => (path ??= plainPath(textIn(url, 'path') ?? '')),
    request: () => (request ??= plainQuery(wholeOf(url)))
  }
  return (field) => readers.get(field)?.(url, plain)
}

/** The plain forms of one request, made when a rule first asks; '' when there is nothing to ask for. */
type Plain = { path(): string; request(): string }

const pathOf = (url: JsonObject, plain: Plain) => both(textIn(url, 'path'), plain.path())
const queryOf = (url: JsonObject) => {
  const query = textIn(url, 'query')
  return query === undefined ? undefined : both(query, plainQuery(query))
}
const requestOf = (url: JsonObject, plain: Plain) =>
  both(textIn(url, 'original') ?? textIn(url, 'full'), plain.request())
const extensionOf = (url: JsonObject, plain: Plain) => both(textIn(url, 'extension'), endingOf(plain.path()))

const readers: ReadonlyMap<string, (url: JsonObject, plain: Plain) => Json | undefined> = new Map([
  ['url.plain.path', (_, plain) => plain.path() || undefined],
  ['url.plain.request', (_, plain) => plain.request() || undefined],
  ['url.path', pathOf],
  ['cs-uri-stem', pathOf],
  ['c-uri-stem', pathOf],
  ['url.query', queryOf],
  ['c-uri-query', queryOf],
  ['url.original', (url, plain) => both(textIn(url, 'original'), plain.request())],
  ['c-uri', requestOf],
  ['cs-uri', requestOf],
  // Many rules look for a path in here, because many servers log path and query as one field; so it answers for both.
  ['cs-uri-query', (url, plain) => both(textIn(url, 'query'), textIn(url, 'original'), plain.request())],
  ['url.extension', extensionOf],
  ['c-uri-extension', extensionOf]
])

function wholeOf(url: JsonObject): string {
  const whole = textIn(url, 'original') ?? textIn(url, 'full')
  if (whole !== undefined) return whole
  const query = textIn(url, 'query')
  return (textIn(url, 'path') ?? '') + (query === undefined ? '' : `?${query}`)
}

/** A path without encodings, path parameters, dot segments, doubled slashes, and what Windows drops behind a name. */
export function plainPath(path: string): string {
  if (!CODED_PATH.test(path)) return path
  let text = decodeFully(path, false).replaceAll('\\', '/')
  // Old interpreters stop reading a name at NUL, and so serve `a.php` for `a.php%00.jpg`.
  const end = text.indexOf('\0')
  if (end >= 0) text = text.slice(0, end)
  const kept: string[] = []
  const segments = text.split('/')
  for (const [index, segment] of segments.entries()) {
    const semicolon = segment.indexOf(';')
    const named = semicolon < 0 ? segment : segment.slice(0, semicolon)
    if (named === '..') kept.pop()
    else if (named !== '' && named !== '.') kept.push(withoutTail(named))
    if (index === segments.length - 1 && named === '') kept.push('')
  }
  return `/${kept.join('/')}`
}

/** `a.php.`, `a.php ` and `a.php::$DATA` are `a.php` to Windows. */
function withoutTail(name: string): string {
  const stream = name.indexOf('::$')
  let end = stream > 0 ? stream : name.length
  while (end > 0 && '. \t\u00a0'.includes(name[end - 1]!)) end--
  return end === 0 ? name : name.slice(0, end)
}

/** A query decoded, its SQL comments and white space each one blank. */
export function plainQuery(query: string): string {
  if (!CODED_QUERY.test(query)) return query
  const text = decodeFully(query, true).normalize('NFKC')
  return withoutComments(text).replace(/[\s\x00-\x20\x7f\u00a0]+/g, ' ')
}

/** Comments of SQL as blanks; what MySQL runs inside of one (`/*!50000 …`) stays. Each character is looked at once. */
function withoutComments(text: string): string {
  if (!text.includes('/*') && !text.includes('*/') && !text.includes('\n')) return text
  const lastLine = text.lastIndexOf('\n')
  let plain = ''
  let at = 0
  let from = 0
  const skip = (to: number) => {
    plain += `${text.slice(from, at)} `
    at = from = to
  }
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    if (two === '/*' && text[at + 2] === '!') {
      let digits = at + 3
      while (digits < text.length && text[digits]! >= '0' && text[digits]! <= '9') digits++
      skip(digits)
    } else if (two === '/*') {
      const close = text.indexOf('*/', at + 2)
      skip(close < 0 ? text.length : close + 2)
    } else if (two === '*/') skip(at + 2)
    else if ((two === '--' || two[0] === '#') && at < lastLine) skip(text.indexOf('\n', at))
    else at++
  }
  return plain + text.slice(from)
}

function decodeFully(text: string, plusIsBlank: boolean): string {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const blank = plusIsBlank ? text.replaceAll('+', ' ') : text
    const decoded = blank.includes('%') ? decode(blank) : blank
    if (decoded === text) break
    text = decoded
  }
  return text.toWellFormed()
}

/** Takes percent signs as far as they can be read: a broken one beside a good one hides nothing. */
function decode(text: string): string {
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/%c0%ae/gi, '.')
    .replace(/%c0%af/gi, '/')
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
      const decoded = bytes.toString('utf8')
      return decoded.includes('\ufffd') ? bytes.toString('latin1') : decoded
    })
}

function endingOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot > 0 && dot < name.length - 1 && name.length - dot <= 16 ? name.slice(dot + 1) : undefined
}

/** The forms that differ, each once; one alone is no list. */
function both(a: string | undefined, b: string | undefined, c?: string): Json | undefined {
  if (c !== undefined && c !== '' && c !== a && c !== b) return [a, b, c].filter((form) => form !== undefined)
  if (a === undefined || a === b) return b === '' ? undefined : b
  return b === undefined || b === '' ? a : [a, b]
}

function textIn(from: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(from, key) ? from[key] : undefined
  return typeof value === 'string' ? value : undefined
}
