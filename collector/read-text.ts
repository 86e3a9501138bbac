import { isAscii, isUtf8 } from 'node:buffer'

/** A frame's bytes as text. */
export type FrameText = {
  /** As received, without a BOM and without trailing LF, CR and NUL. */
  text: string
  /** The bytes were no valid UTF-8: damaged places read as U+FFFD. */
  badUtf8: boolean
}

/**
 * Bytes → text. Senders end datagrams with LF and relays add NUL: both are framing, not content. A UTF-16LE BOM is
 * believed (Windows tools write it); otherwise the bytes are UTF-8, damaged or not.
 */
export function readText(raw: Buffer): FrameText {
  if (raw.length >= 2 && raw[0] === 0xff && raw[1] === 0xfe) {
    return { text: raw.toString('utf16le', 2).replace(/[\n\r\0]+$/, ''), badUtf8: false }
  }
  let end = raw.length
  while (end > 0) {
    const last = raw[end - 1]
    if (last !== 10 && last !== 13 && last !== 0) break
    end--
  }
  const start = end >= 3 && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0
  // One-byte strings are what the scanners below are fastest on.
  if (isAscii(raw)) return { text: raw.toString('latin1', start, end), badUtf8: false }
  return { text: raw.toString('utf8', start, end), badUtf8: !isUtf8(raw) }
}
