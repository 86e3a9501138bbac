import { createHash } from 'node:crypto'

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
