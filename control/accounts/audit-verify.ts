import { chainHash, type ChainedRow } from '#control/database/audit-chain.ts'
import type { Control } from '#control/database/control.ts'

export type ChainFault = { id: number; kind: 'changed' | 'missing' }
/** `head` is the newest hash: noted elsewhere, it proves later that nothing before it was touched. */
export type ChainReport = {
  rows: number
  head: string
  fault: ChainFault | null
  /** Whether a hash noted earlier stands in the chain; undefined when none was given. */
  noted?: boolean
}

/**
 * Reads the whole audit log in order and finds the first row that was changed, or that is gone (also at the end: the
 * database remembers the highest id it gave). The chain has no key: whoever can write the database can chain it anew, so only a
 * hash `noted` elsewhere proves more than that nothing was changed by hand. A million rows take a few seconds; meant for the command line.
 */
export function verifyAuditChain(control: Control, noted?: string): ChainReport {
  let head = ''
  let rows = 0
  let found = false
  let last: number | undefined
  const all = control.each<ChainedRow & { hash: string }>(
    'SELECT id, at, user, act, target, params, address, hash FROM audit ORDER BY id'
  )
  for (const row of all) {
    // Ids are given without gaps from the day the chain began; before it a gap may stand, and its neighbours were chained as they were.
    if (chainHash(head, row) !== row.hash) {
      const gap = last === undefined ? row.id > 1 : row.id !== last + 1
      return { rows, head, fault: gap ? { id: (last ?? 0) + 1, kind: 'missing' } : { id: row.id, kind: 'changed' } }
    }
    head = row.hash
    found ||= row.hash === noted
    last = row.id
    rows++
  }
  const given = control.get<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`)
  const missing = given !== undefined && given.seq > (last ?? 0)
  const known = noted === undefined ? {} : { noted: found }
  return { ...known, rows, head, fault: missing ? { id: (last ?? 0) + 1, kind: 'missing' } : null }
}
