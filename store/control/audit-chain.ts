import { createHash } from 'node:crypto'
import type { Control } from './control.ts'

/** One row of the audit log as the chain sees it. */
export type ChainedRow = {
  id: number
  at: number
  user: string
  act: string
  target: string
  params: string
  address: string
}

/**
 * The hash of an audit row: SHA-256 over the hash of the row before it ('' for the first) and every column, each with its
 * length in bytes before it, so that no text can pass for another's border. Hex.
 */
export function chainHash(previous: string, row: ChainedRow): string {
  const hash = createHash('sha256')
  for (const part of [previous, String(row.id), String(row.at), row.user, row.act, row.target, row.params, row.address])
    hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex')
}

export type ChainFault = { id: number; kind: 'changed' | 'missing' }
/** `head` is the newest hash: noted elsewhere, it proves later that nothing before it was touched. */
export type ChainReport = { rows: number; head: string; fault: ChainFault | null }

/**
 * Reads the whole audit log in order and finds the first row that was changed, or that is gone (also at the end: the
 * database remembers the highest id it gave). A million rows take a few seconds; meant for the command line.
 */
export function verifyAuditChain(control: Control): ChainReport {
  let head = ''
  let rows = 0
  let last: number | undefined
  const all = control.sql('SELECT id, at, user, act, target, params, address, hash FROM audit ORDER BY id').iterate()
  for (const row of all as Iterable<ChainedRow & { hash: string }>) {
    // Ids are given without gaps from the day the chain began; before it a gap may stand, and its neighbours were chained as they were.
    if (chainHash(head, row) !== row.hash) {
      const gap = last === undefined ? row.id > 1 : row.id !== last + 1
      return { rows, head, fault: gap ? { id: (last ?? 0) + 1, kind: 'missing' } : { id: row.id, kind: 'changed' } }
    }
    head = row.hash
    last = row.id
    rows++
  }
  const given = control.sql(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`).get() as { seq: number } | undefined
  const missing = given !== undefined && given.seq > (last ?? 0)
  return { rows, head, fault: missing ? { id: (last ?? 0) + 1, kind: 'missing' } : null }
}
