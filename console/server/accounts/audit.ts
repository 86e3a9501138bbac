import type { AuditEntry } from '#core/api.ts'
import type { Clock } from '#core/clock.ts'
import type { Control } from '#store/control/control.ts'

/** Longer parameters are replaced by their size: the audit log tells who did what, it does not keep copies. */
const MAX_PARAMS = 4096

export type AuditRecord = {
  /** Username, or `system`. */
  user: string
  /** Dotted act: `user.created`, `alert.verdict`, `refused`. */
  act: string
  target: string
  params?: Record<string, unknown>
  address?: string
}

/** The append-only log of acts (triggers in the database forbid change and removal). */
export type Audit = {
  /** Writes one entry; inside a transaction of the control database it stands or falls with the act. */
  record(entry: AuditRecord): void
  /** Newest first; `before` is the id of the last entry seen, `among` the only usernames of interest. */
  list(filter: { before?: number; limit: number; user?: string; act?: string; among?: string[] }): AuditEntry[]
}

export function createAudit(control: Control, clock: Clock): Audit {
  return {
    record({ user, act, target, params = {}, address = '' }) {
      let json = JSON.stringify(params)
      if (json.length > MAX_PARAMS) json = JSON.stringify({ omitted: json.length })
      control
        .sql('INSERT INTO audit (at, user, act, target, params, address) VALUES (?, ?, ?, ?, ?, ?)')
        .run(clock.now(), user, act, target.slice(0, 400), json, address)
    },
    list({ before = Number.MAX_SAFE_INTEGER, limit, user = '', act = '', among }) {
      const names = JSON.stringify(among ?? null)
      const rows = control
        .sql(
          `SELECT id, at, user, act, target, params, address FROM audit
           WHERE id < ? AND (? = '' OR user = ?) AND (? = '' OR act = ? OR substr(act, 1, length(?) + 1) = ? || '.')
             AND (? = 'null' OR user IN (SELECT value FROM json_each(?)))
           ORDER BY id DESC LIMIT ?`
        )
        .all(before, user, user, act, act, act, act, names, names, limit) as (Omit<AuditEntry, 'params'> & {
        params: string
      })[]
      return rows.map((row) => ({ ...row, params: JSON.parse(row.params) as AuditEntry['params'] }))
    }
  }
}
