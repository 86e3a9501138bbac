import type { Json, JsonObject } from '#core/event.ts'
import { isUnsafeKey } from '../read-document.ts'
import type { Refusal } from './parser.ts'
import { readNested, type Reading } from './windows-shapes.ts'

/** Windows nests an event less than 10 deep and names less than 200 elements. */
const MAX_DEPTH = 24
const MAX_ELEMENTS = 2_048
const MAX_ATTRIBUTES = 64

/** True for text that is one event in Windows' own XML. */
export function isEventXml(text: string): boolean {
  return text.charCodeAt(0) === 60 && /^(?:<\?xml[^>]{0,200}\?>\s{0,16})?<Event[\s>]/.test(text.slice(0, 256))
}

/** Reads an event in Windows' own XML, with a reader that knows elements, attributes, text, CDATA and the five entities. */
export function readEventXml(text: string): Reading | Refusal {
  const root = new Xml(text).read()
  if ('code' in root) return root as Refusal
  const event = (root as JsonObject)['Event']
  if (typeof event !== 'object' || event === null || Array.isArray(event) || event['System'] === undefined) {
    return { code: 'parse.broken_line', detail: 'Windows XML: no System' }
  }
  return readNested(event)
}

type Element = { name: string; value: JsonObject; text: string; leaf: boolean }

const broken = (detail: string): Refusal => ({ code: 'parse.broken_line', detail: `Windows XML: ${detail}` })

/** One pass over hostile text: no document type, no entity of its own, bounds on depth and number, never a second look. */
class Xml {
  readonly #text: string
  #at = 0
  #elements = 0
  constructor(text: string) {
    this.#text = text
  }

  read(): JsonObject | Refusal {
    const root: Element = { name: '', value: {}, text: '', leaf: false }
    const open: Element[] = [root]
    const text = this.#text
    while (this.#at < text.length) {
      const less = text.indexOf('<', this.#at)
      const end = less < 0 ? text.length : less
      const inside = open.at(-1)!
      if (end > this.#at) inside.text += unescape(text.slice(this.#at, end))
      this.#at = end
      if (less < 0) break
      const fault = this.#markup(open)
      if (fault !== undefined) return fault
      if (open.length === 1 && this.#elements > 0) break
    }
    return open.length === 1 && this.#elements > 0 ? root.value : broken('it ends in the middle')
  }

  #markup(open: Element[]): Refusal | undefined {
    const text = this.#text
    if (text.startsWith('<![CDATA[', this.#at)) {
      const end = text.indexOf(']]>', this.#at)
      if (end < 0) return broken('CDATA without an end')
      open.at(-1)!.text += text.slice(this.#at + 9, end)
      this.#at = end + 3
      return undefined
    }
    if (text.startsWith('<!--', this.#at) || text.startsWith('<?', this.#at)) {
      const sign = text[this.#at + 1] === '?' ? '?>' : '-->'
      const end = text.indexOf(sign, this.#at)
      if (end < 0) return broken('a comment without an end')
      this.#at = end + sign.length
      return undefined
    }
    if (text[this.#at + 1] === '!') return broken('a document type')
    if (text[this.#at + 1] === '/') {
      const end = text.indexOf('>', this.#at)
      const name = end < 0 ? '' : localName(text.slice(this.#at + 2, end).trim())
      if (end < 0 || open.length < 2 || open.at(-1)!.name !== name) return broken('an end tag that ends nothing')
      this.#at = end + 1
      close(open)
      return undefined
    }
    return this.#start(open)
  }

  #start(open: Element[]): Refusal | undefined {
    const text = this.#text
    if (open.length > MAX_DEPTH || ++this.#elements > MAX_ELEMENTS) return broken('too deep or too many elements')
    let at = this.#at + 1
    while (at < text.length && !' \t\r\n/>'.includes(text[at]!)) at++
    const element: Element = { name: localName(text.slice(this.#at + 1, at)), value: {}, text: '', leaf: true }
    if (element.name === '' || element.name.length > 128) return broken('a tag without a name')
    const attributes: JsonObject = {}
    for (let count = 0; ; count++) {
      while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++
      if (at >= text.length) return broken('a tag without an end')
      if (text[at] === '>' || text.startsWith('/>', at)) break
      const equals = text.indexOf('=', at)
      const quote = equals < 0 ? '' : text[equals + 1]
      if ((quote !== '"' && quote !== "'") || equals - at > 128 || count >= MAX_ATTRIBUTES)
        return broken('an attribute')
      const end = text.indexOf(quote, equals + 2)
      if (end < 0) return broken('an attribute without an end')
      const name = localName(text.slice(at, equals).trim())
      if (!isUnsafeKey(name)) attributes[name] = unescape(text.slice(equals + 2, end))
      at = end + 1
    }
    if (Object.keys(attributes).length > 0) element.value['#attributes'] = attributes
    open.push(element)
    const empty = text[at] === '/'
    this.#at = at + (empty ? 2 : 1)
    if (empty) close(open)
    return undefined
  }
}

/** Puts a finished element into the one around it: text when it is nothing else, a list when it comes again. */
function close(open: Element[]): void {
  const element = open.pop()!
  const parent = open.at(-1)!
  parent.leaf = false
  let value: Json = element.value
  if (element.leaf) {
    if (element.value['#attributes'] === undefined) value = element.text
    else element.value['#text'] = element.text
  }
  if (isUnsafeKey(element.name)) return
  const before = Object.hasOwn(parent.value, element.name) ? parent.value[element.name] : undefined
  if (before === undefined) parent.value[element.name] = value
  else if (Array.isArray(before)) before.push(value)
  else parent.value[element.name] = [before, value]
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"]
])

function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    const code =
      decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(String(hex), 16) : Number.NaN
    if (Number.isNaN(code)) return entities.get(String(name)) ?? whole
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole
  })
}
