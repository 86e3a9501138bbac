import type { AuditEntry } from '#core/api/people.ts'
import type { Clock } from '#core/clock.ts'
import { chainHash } from '#control/database/audit-chain.ts'
import type { Control } from '#control/database/control.ts'

/** Longer parameters are replaced by their size: the audit log tells who did what, it does not keep copies. */
const MAX_PARAMS = 4096
const MAX_ID = Number.MAX_SAFE_INTEGER

export type AuditRecord = {
  /** Username, or `system`. */
  user: string
  /** Dotted act: `user.created`, `alert.verdict`, `refused`. */
  act: string
  target: string
  params?: Record<string, unknown>
  address?: string
}

export type AuditFilter = {
  user?: string
  /** An act, or the first words of its name: `session` finds `session.opened`. */
  act?: string
  target?: string
  /** Milliseconds, `to` not included. */
  from?: number
  to?: number
  /** The only usernames of interest. */
  among?: string[]
}

/** The append-only log of acts (triggers in the database forbid change and removal), each entry's hash over the one before. */
export type Audit = {
  /** Writes one entry; inside a transaction of the control database it stands or falls with the act. */
  record(entry: AuditRecord): void
  /** Newest first; `before` is the id of the last entry seen. */
  list(filter: AuditFilter & { before?: number; limit: number }): AuditEntry[]
  /** Oldest first after the id `after` up to `upTo`, for an export. */
  page(filter: AuditFilter & { after: number; upTo: number; limit: number }): AuditEntry[]
  /** Id and hash of the newest entry; 0 and '' for none. */
  head(): { id: number; hash: string }
  /** Every act that was ever written, by name. */
  acts(): string[]
}

type Row = Omit<AuditEntry, 'params'> & { params: string }

export function createAudit(control: Control, clock: Clock): Audit {
  const entryOf = (row: Row): AuditEntry => ({ ...row, params: JSON.parse(row.params) as AuditEntry['params'] })

  // One step through an index per name, not a walk over all rows.
  const acts = () =>
    control
      .all<{ act: string }>(
        `WITH RECURSIVE names(act) AS (
             SELECT min(act) FROM audit UNION ALL SELECT (SELECT min(act) FROM audit WHERE act > names.act) FROM names WHERE act IS NOT NULL
           ) SELECT act FROM names WHERE act IS NOT NULL`
      )
      .map((row) => row.act)

  /** Ids of a time range: times never run backwards in the log, so the index over time gives both ends. */
  function idsOf({ from, to }: AuditFilter): { least: number; most: number } {
    const first = (at: number) =>
      control.get<{ id: number }>('SELECT id FROM audit WHERE at >= ? ORDER BY at, id LIMIT 1', at)?.id
    const least = from === undefined ? 0 : (first(from) ?? MAX_ID)
    const end = to === undefined ? undefined : first(to)
    return { least, most: end === undefined ? MAX_ID : end - 1 }
  }

  /** Entries with ids from `least` to `most`, in the order asked for; one walk along one index for each name of an act. */
  function select(filter: AuditFilter, least: number, most: number, limit: number, newestFirst: boolean): AuditEntry[] {
    const { user = '', act = '', target = '', among } = filter
    if (least > most) return []
    const named = act === '' ? [''] : acts().filter((name) => name === act || name.startsWith(`${act}.`))
    const order = newestFirst ? 'DESC' : 'ASC'
    const found = named.flatMap((name) => {
      // The narrowest filter chooses the index; the unary plus keeps SQLite from choosing another.
      const walk = target !== '' ? ['target'] : ['user', 'act']
      const tests = [
        target === '' ? '' : 'AND target = :target',
        user === '' ? '' : `AND ${walk.includes('user') ? '' : '+'}user = :user`,
        name === '' ? '' : `AND ${walk.includes('act') ? '' : '+'}act = :act`,
        among === undefined ? '' : 'AND +user IN (SELECT value FROM json_each(:among))'
      ].join(' ')
      return control.all<Row>(
        `SELECT id, at, user, act, target, params, address FROM audit
           WHERE id BETWEEN :least AND :most ${tests} ORDER BY id ${order} LIMIT :limit`,
        {
          least,
          most,
          limit,
          ...(target === '' ? {} : { target }),
          ...(user === '' ? {} : { user }),
          ...(name === '' ? {} : { act: name }),
          ...(among === undefined ? {} : { among: JSON.stringify(among) })
        }
      )
    })
    if (named.length > 1) found.sort((a, b) => (newestFirst ? b.id - a.id : a.id - b.id))
    return found.slice(0, limit).map(entryOf)
  }
  const head = () =>
    control.get<{ id: number; hash: string }>('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1') ?? {
      id: 0,
      hash: ''
    }

  return {
    record({ user, act, target, params = {}, address = '' }) {
      let json = JSON.stringify(params)
      if (json.length > MAX_PARAMS) json = JSON.stringify({ omitted: json.length })
      // The last row is read and the next one written under one lock: the command line writes here too.
      control.transaction(() => {
        const last = control.get<{ id: number; at: number; hash: string }>(
          'SELECT id, at, hash FROM audit ORDER BY id DESC LIMIT 1'
        )
        const row = {
          id: (last?.id ?? 0) + 1,
          // A clock that was set back must not put an act before the one it followed.
          at: Math.max(clock.now(), last?.at ?? 0),
          user,
          act,
          target: target.slice(0, 400).toWellFormed(),
          params: json,
          address
        }
        control
          .sql('INSERT INTO audit (id, at, user, act, target, params, address, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
          .run(row.id, row.at, user, act, row.target, json, address, chainHash(last?.hash ?? '', row))
      })
    },
    list({ before = MAX_ID, limit, ...filter }) {
      const { least, most } = idsOf(filter)
      return select(filter, least, Math.min(most, before - 1), limit, true)
    },
    page({ after, upTo, limit, ...filter }) {
      const { least, most } = idsOf(filter)
      return select(filter, Math.max(least, after + 1), Math.min(most, upTo), limit, false)
    },
    head,
    acts
  }
}
