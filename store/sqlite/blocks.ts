import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { SocError } from '#core/errors.ts'

/** What a block keeps of one event. `json` and `text` have no line breaks. */
export type BlockRow = { id: string; json: string; text: string }

/**
 * Events per block. 64 measured: as small as 128 on disk (page rounding eats smaller ones), half the time to open one
 * event. Changing it needs a new file layout: an event's place is block × 64 + index.
 */
export const BLOCK_EVENTS = 64
/** Characters at which a block is closed early, so that opening one event stays quick when events are large. */
export const BLOCK_CHARACTERS = 128 * 1024
/** A block that claims to be larger is damage: 64 events of the largest frame (1 MiB) with its text, escaped. */
const MAX_BLOCK_BYTES = 512 * 1024 * 1024

const lineBreaks = /[\n\r]/g

/** One event as a block row; line breaks become spaces in the text, and are re-written as JSON in the document. */
export function blockRow(id: string, json: string, text: string): BlockRow {
  return {
    id: id.replace(lineBreaks, ' '),
    json: json.includes('\n') || json.includes('\r') ? JSON.stringify(JSON.parse(json)) : json,
    text: text.replace(lineBreaks, ' ')
  }
}

export function packBlock(rows: readonly BlockRow[]): Buffer {
  const lines: string[] = []
  for (const row of rows) lines.push(row.id, row.json, row.text)
  return zstdCompressSync(lines.join('\n'), { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
}

/** Throws `store.damaged` when the bytes are no block. */
export function unpackBlock(bytes: Uint8Array): BlockRow[] {
  let lines: string[]
  try {
    lines = zstdDecompressSync(bytes, { maxOutputLength: MAX_BLOCK_BYTES }).toString('utf8').split('\n')
  } catch (error) {
    throw new SocError('store.damaged', 'a block of events cannot be read', { cause: error })
  }
  const rows: BlockRow[] = []
  for (let at = 0; at + 2 < lines.length; at += 3)
    rows.push({ id: lines[at]!, json: lines[at + 1]!, text: lines[at + 2]! })
  return rows
}
