import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { AuditEntry } from '#core/api/people.ts'
import { mask } from '#control/rights/masking.ts'

/** Entries read at once: few milliseconds of the main thread, then everybody else has a turn. */
const PAGE = 500

/**
 * A cell that a spreadsheet shows and never computes: what would begin a formula gets an apostrophe (OWASP, CSV injection),
 * quotes are doubled, control characters become spaces.
 */
export function csvCell(value: string | number): string {
  const plain = String(value).replace(/[\u0000-\u001f\u007f]/g, ' ')
  const safe = /^\s*[=+\-@|%]/.test(plain) && typeof value === 'string' ? `'${plain}` : plain
  return `"${safe.replaceAll('"', '""')}"`
}

const columns = ['id', 'time', 'user', 'act', 'target', 'details', 'address']

/**
 * The audit log as text, page after page. The last line carries the SHA-256 of every byte before it, the number of rows and the
 * newest hash of the chain. Masked like every answer.
 */
export async function* auditExport(options: {
  format: 'csv' | 'jsonl'
  /** The next entries after an id, oldest first. */
  page(after: number, limit: number): AuditEntry[]
  head: string
}): AsyncGenerator<string> {
  const { format, page, head } = options
  const hash = createHash('sha256')
  const hashed = (text: string) => {
    hash.update(text)
    return text
  }
  // The mark at the front makes spreadsheets read the file as UTF-8.
  if (format === 'csv') yield hashed(`\ufeff${columns.map(csvCell).join(',')}\r\n`)
  let after = 0
  let rows = 0
  for (;;) {
    const entries = page(after, PAGE)
    if (entries.length > 0) yield hashed(entries.map((entry) => lineOf(mask(entry), format)).join(''))
    rows += entries.length
    if (entries.length < PAGE) break
    after = entries.at(-1)!.id
    await setImmediate()
  }
  const sha256 = hash.digest('hex')
  yield format === 'csv'
    ? `${['SHA-256', sha256, 'rows', rows, 'chain', head].map(csvCell).join(',')}\r\n`
    : `${JSON.stringify({ sha256, rows, chain: head })}\n`
}

function lineOf(entry: AuditEntry, format: 'csv' | 'jsonl'): string {
  if (format === 'jsonl') return `${JSON.stringify({ ...entry, at: new Date(entry.at).toISOString() })}\n`
  const { id, at, user, act, target, params, address } = entry
  const details = Object.keys(params).length === 0 ? '' : JSON.stringify(params)
  return `${[id, new Date(at).toISOString(), user, act, target, details, address].map(csvCell).join(',')}\r\n`
}
