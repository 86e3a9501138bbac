import { isAscii, isUtf8 } from 'node:buffer'

/** A frame's bytes as text. */
export type FrameText = {
  /** As received, without a BOM and without trailing LF, CR and NUL. */
  text: string
  /** The bytes were no valid UTF-8: damaged places read as U+FFFD. */
  badUtf8: boolean
  /** They were UTF-16, whole and sound. */
  utf16: boolean
}

/**
 * Bytes → text. Senders end datagrams with LF and relays add NUL: both are framing, not content. UTF-16 is known by its BOM or
 * by its look (Windows tools write it, and a file of it cut at line feeds has neither BOM nor whole characters at the edges);
 * otherwise the bytes are UTF-8, damaged or not.
 */
export function readText(raw: Buffer): FrameText {
  let end = raw.length
  while (end > 0) {
    const last = raw[end - 1]
    if (last !== 10 && last !== 13 && last !== 0) break
    end--
  }
  const nul = raw.indexOf(0)
  if ((nul >= 0 && nul < end) || raw[0] === 0xff || raw[0] === 0xfe) {
    const wide = readUtf16(raw)
    if (wide !== undefined) return { text: withoutEnds(wide), badUtf8: false, utf16: true }
  }
  const start = end >= 3 && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0
  // One-byte strings are what the scanners below are fastest on.
  if (isAscii(raw)) return { text: raw.toString('latin1', start, end), badUtf8: false, utf16: false }
  return { text: raw.toString('utf8', start, end), badUtf8: !isUtf8(raw), utf16: false }
}

/** Bytes of the start that are looked at to tell UTF-16 from anything else. */
const LOOKED_AT = 512

type Reading = { start: number; big: boolean }

function readUtf16(raw: Buffer): string | undefined {
  if (raw[0] === 0xff && raw[1] === 0xfe) return decode(raw, { start: 2, big: false })
  if (raw[0] === 0xfe && raw[1] === 0xff) return decode(raw, { start: 2, big: true })
  // A line feed cut away as one byte leaves its other half at the start of the next line.
  const readings: Reading[] = [
    { start: 0, big: false },
    { start: 0, big: true },
    { start: 1, big: false },
    { start: 1, big: true }
  ]
  let best: Reading | undefined
  let most = 0
  for (const reading of readings) {
    const share = likely(raw, reading)
    if (share > most) {
      best = reading
      most = share
    }
  }
  return best !== undefined && most >= 0.9 ? decode(raw, best) : undefined
}

/** Share of the characters at the start that a log would hold, were the bytes this kind of UTF-16. */
function likely(raw: Buffer, { start, big }: Reading): number {
  if (start === 1 && raw[0] !== 0) return 0
  const end = Math.min(raw.length, start + LOOKED_AT)
  let all = 0
  let good = 0
  let ascii = 0
  for (let at = start; at + 1 < end; at += 2) {
    const code = big ? raw[at]! * 256 + raw[at + 1]! : raw[at]! + raw[at + 1]! * 256
    all++
    if ((code >= 32 && code < 127) || code === 9 || code === 10 || code === 13) {
      ascii++
      good++
    } else good += isVietnamese(code) ? 1 : isLatin(code) ? 0.5 : 0
  }
  // Three characters could be chance; and no log is without ASCII.
  return all < 4 || ascii * 4 < all ? 0 : good / all
}

/** Vietnamese letters, whole or with combining marks, and the punctuation that texts hold. */
function isVietnamese(code: number): boolean {
  if (code >= 0x1ea0) return code <= 0x1ef9 || (code >= 0x2010 && code <= 0x204a)
  return (
    (code >= 0xc0 && code <= 0x1b0 && vietnamese.includes(String.fromCharCode(code))) ||
    (code >= 0x300 && code <= 0x323)
  )
}
const vietnamese = 'ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư'

/** Any other Latin letter or sign: possible, but a wrong byte order makes them too. */
const isLatin = (code: number) => (code >= 0xa0 && code <= 0x24f) || (code >= 0x1e00 && code <= 0x1eff)

function decode(raw: Buffer, { start, big }: Reading): string {
  let bytes = raw.subarray(start)
  if (big)
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  // What ended the frame may have taken the zero half of the last character with it.
  if (bytes.length % 2 === 1) bytes = Buffer.concat([bytes, Buffer.alloc(1)])
  return bytes.toString('utf16le')
}

/** The text without the line ends and NULs behind it. */
export function withoutEnds(text: string): string {
  let end = text.length
  while (end > 0) {
    const last = text.charCodeAt(end - 1)
    if (last !== 10 && last !== 13 && last !== 0) break
    end--
  }
  return text.slice(0, end)
}
