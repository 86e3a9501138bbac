import type { Because } from '#core/health.ts'
import type { Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'

/** An outage of a root, or (system `uplink`) of our own line. */
export type OutageRecord = {
  id: number
  system: string
  state: 'DOWN' | 'DEGRADED'
  level: Level
  since: number
  until: number | null
  /** Models at the worst they were hit. */
  down: number[]
  degraded: number[]
  /** Systems that are named only here. */
  attached: string[]
  because: Because
  fingerprint: string
  alert: string | null
  incident: string | null
}

type Row = Omit<OutageRecord, 'since' | 'until' | 'down' | 'degraded' | 'attached' | 'because'> & {
  since_at: number
  until_at: number | null
  down: string
  degraded: string
  attached: string
  because: string
}

const recordOf = ({ since_at, until_at, down, degraded, attached, because, ...row }: Row): OutageRecord => ({
  ...row,
  since: since_at,
  until: until_at,
  down: JSON.parse(down) as number[],
  degraded: JSON.parse(degraded) as number[],
  attached: JSON.parse(attached) as string[],
  because: JSON.parse(because) as Because
})

const columns =
  'id, system, state, level, since_at, until_at, down, degraded, attached, because, fingerprint, alert, incident'

/** Most outages that one question gets, newest first. */
const MAX_LISTED = 5_000

export type OutageTable = ReturnType<typeof openOutages>

export function openOutages(control: Control, origin: Origin) {
  return {
    open(): OutageRecord[] {
      const rows = control.all<Row>(
        `SELECT ${columns} FROM health_outages WHERE origin = ? AND until_at IS NULL ORDER BY since_at, id`,
        origin
      )
      return rows.map(recordOf)
    },
    /** Outages that touch [from, to), newest first. */
    touching(ofOrigin: Origin, from: number, to: number): OutageRecord[] {
      const rows = control.all<Row>(
        `SELECT ${columns} FROM health_outages WHERE origin = ? AND since_at < ? AND (until_at IS NULL OR until_at > ?)
           ORDER BY since_at DESC, id DESC LIMIT ${MAX_LISTED}`,
        ofOrigin,
        to,
        from
      )
      return rows.map(recordOf)
    },
    insert(record: Omit<OutageRecord, 'id'>): OutageRecord {
      const { lastInsertRowid } = control
        .sql(
          `INSERT INTO health_outages (origin, system, state, level, since_at, until_at, down, degraded, attached, because, fingerprint, alert,
           incident) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(origin, record.system, ...valuesOf(record))
      return { ...record, id: Number(lastInsertRowid) }
    },
    save(record: OutageRecord) {
      control
        .sql(
          `UPDATE health_outages SET state = ?, level = ?, since_at = ?, until_at = ?, down = ?, degraded = ?, attached = ?, because = ?,
           fingerprint = ?, alert = ?, incident = ? WHERE id = ?`
        )
        .run(...valuesOf(record), record.id)
    }
  }
}

const valuesOf = (record: Omit<OutageRecord, 'id'>) =>
  [
    record.state,
    record.level,
    record.since,
    record.until,
    JSON.stringify(record.down),
    JSON.stringify(record.degraded),
    JSON.stringify(record.attached),
    JSON.stringify(record.because),
    record.fingerprint,
    record.alert,
    record.incident
  ] as const
