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
  let plain: { path: string | undefined; query: string | undefined; request: string | undefined } | undefined
  const read = () => (plain ??= plainOf(url))
  return (field) => {
    switch (field) {
      case 'url.plain.path':
        return read().path
      case 'url.plain.request':
        return read().request
      case 'url.path':
      case 'cs-uri-stem':
      case 'c-uri-stem':
        return both(textIn(url, 'path'), read().path)
      case 'url.query':
      case 'c-uri-query':
        return both(textIn(url, 'query'), read().query)
      case 'url.original':
        return both(textIn(url, 'original'), read().request)
      case 'c-uri':
      case 'cs-uri':
        return both(textIn(url, 'original') ?? textIn(url, 'full'), read().request)
      // Many rules look for a path in here, because many servers log path and query as one field; so it answers for both.
      case 'cs-uri-query':
        return both(textIn(url, 'query'), textIn(url, 'original'), read().request)
      case 'url.extension':
      case 'c-uri-extension':
        return both(textIn(url, 'extension'), extensionOf(read().path))
      default:
        return undefined
    }
  }
}

function plainOf(url: JsonObject) {
  const path = textIn(url, 'path')
  const query = textIn(url, 'query')
  const whole = textIn(url, 'original') ?? textIn(url, 'full') ?? [path ?? '', query].filter((part) => part).join('?')
  return {
    path: path === undefined ? undefined : plainPath(path),
    query: query === undefined ? undefined : plainQuery(query),
    request: whole === '' ? undefined : plainQuery(whole)
  }
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

/** A query decoded, lower-case, its SQL comments and white space each one blank. */
export function plainQuery(query: string): string {
  if (!CODED_QUERY.test(query)) return query.toLowerCase()
  const text = decodeFully(query, true).normalize('NFKC').toLowerCase()
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

function extensionOf(path: string | undefined): string | undefined {
  const name = path?.slice(path.lastIndexOf('/') + 1) ?? ''
  const dot = name.lastIndexOf('.')
  return dot > 0 && dot < name.length - 1 && name.length - dot <= 16 ? name.slice(dot + 1) : undefined
}

/** The forms that differ, each once; one alone is no list. Rules compare without case, so case makes no difference. */
function both(...forms: (string | undefined)[]): Json | undefined {
  const different: string[] = []
  for (const form of forms) {
    if (form === undefined || different.some((other) => other === form || other.toLowerCase() === form)) continue
    different.push(form)
  }
  return different.length > 1 ? different : different[0]
}

function textIn(from: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(from, key) ? from[key] : undefined
  return typeof value === 'string' ? value : undefined
}
