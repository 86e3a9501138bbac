import type { EvidenceKind } from '#core/api/tasks.ts'

/** Bytes of a file's beginning that decide what it is. */
export const HEAD_BYTES = 4096

const startsWith = (bytes: Uint8Array, signature: readonly number[], at = 0) =>
  bytes.length >= at + signature.length && signature.every((byte, index) => bytes[at + index] === byte)
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0))

/** Brands of the HEIF container that hold one still picture (ISO/IEC 23008-12). */
const heifBrands = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1'])
/** What a browser that guesses would take for a page or a program. */
const markup = /<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|link|style|\?xml|\?php)\b/i

/**
 * What a file is, by its first bytes alone; undefined for everything that is not taken: archives (nobody unpacks what a
 * stranger sends), pages, drawings that may hold scripts, programs. `text` still has to prove itself to the end.
 */
export function kindOf(head: Uint8Array): EvidenceKind | undefined {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return 'jpeg'
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png'
  if (startsWith(head, ascii('RIFF')) && startsWith(head, ascii('WEBP'), 8)) return 'webp'
  if (startsWith(head, ascii('%PDF-'))) return 'pdf'
  if (startsWith(head, ascii('ftyp'), 4) && heifBrands.has(String.fromCharCode(...head.slice(8, 12)))) return 'heic'
  return looksLikeText(head) ? 'text' : undefined
}

function looksLikeText(head: Uint8Array): boolean {
  if (head.length === 0 || hasControls(head)) return false
  const text = new TextDecoder('utf-8')
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart()
  return !text.startsWith('<') && !text.startsWith('#!') && !markup.test(text)
}

/** Bytes that no text file holds: all control characters but tab, line feed, form feed, return and escape. */
function hasControls(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27)
}

/** Follows a text to its end: false as soon as it is not UTF-8 text. Call with `last` once at the end. */
export function createTextCheck(): (chunk: Uint8Array, last?: boolean) => boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return (chunk, last = false) => {
    try {
      decoder.decode(chunk, { stream: !last })
      return !hasControls(chunk)
    } catch {
      return false
    }
  }
}

/** How a kept file is called to a browser that downloads it. */
export const contentTypes: Record<EvidenceKind, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  text: 'text/plain; charset=utf-8'
}

/** A file's name as text to show: no path, no control or direction characters, at most 120 letters. */
export function shownName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const plain = last.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '').trim()
  return plain === '' ? 'tep' : plain.slice(0, 120)
}

/** Endings under which a file of a kind is kept; the first is added to a name that has none of them. */
const endings: Record<EvidenceKind, readonly string[]> = {
  jpeg: ['jpg', 'jpeg'],
  png: ['png'],
  webp: ['webp'],
  heic: ['heic', 'heif'],
  pdf: ['pdf'],
  text: ['txt', 'log', 'csv']
}

/**
 * The name under which a file is kept and goes out: it ends with the kind that was found, so that a picture called `a.png.html`
 * opens as a picture on an analyst's desk, whatever else is in it.
 */
export function keptName(name: string, kind: EvidenceKind): string {
  const plain = shownName(name).replace(/[.\s]+$/, '')
  const ending = /\.([a-z0-9]+)$/i.exec(plain)?.[1]?.toLowerCase() ?? ''
  if (endings[kind].includes(ending)) return plain
  const added = `.${endings[kind][0]!}`
  return `${[...(plain === '' ? 'tep' : plain)].slice(0, 120 - added.length).join('')}${added}`
}
