import type { NewReport, NewSubscriber, ReportRow, ReportSubscriber } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'

/** One row of the table `reports`. */
export type StoredReport = {
  seq: number
  id: string
  kind: ReportKind
  from_day: string
  to_day: string
  unit: string
  origin: Origin
  version: number
  draft: number
  reason: string
  made_at: number
  made_by: string
  figures: string
  figures_hash: string
  pdf_hash: string
  docx_hash: string
  pdf_bytes: number
  docx_bytes: number
}
type SubscriberRow = {
  id: string
  kind: ReportKind
  unit: string
  user_id: string | null
  address: string
  name: string
}

/** Subscribers of one kind and unit; each gets a message per report. */
const MAX_SUBSCRIBERS = 200
/** Everything but the figures, which are large and read only where they are asked for. */
const HEAD = `seq, id, kind, from_day, to_day, unit, origin, version, draft, reason, made_at, made_by, '' AS figures,
  figures_hash, pdf_hash, docx_hash, pdf_bytes, docx_bytes`

/** The tables of reports, subscribers and scheduled slots. */
export function createReportTables(control: Control, inventory: Inventory) {
  const row = (stored: StoredReport): ReportRow => ({
    id: stored.id,
    kind: stored.kind,
    period: { from: stored.from_day, to: stored.to_day },
    unit: stored.unit === '' ? null : inventory.label(stored.unit),
    origin: stored.origin,
    version: stored.version,
    draft: stored.draft === 1,
    reason: stored.reason,
    madeAt: stored.made_at,
    madeBy: stored.made_by,
    figuresHash: stored.figures_hash,
    pdf: { hash: stored.pdf_hash, bytes: stored.pdf_bytes },
    docx: { hash: stored.docx_hash, bytes: stored.docx_bytes }
  })
  const subscriberOf = (subscriber: SubscriberRow): ReportSubscriber => ({
    id: subscriber.id,
    kind: subscriber.kind,
    unit: subscriber.unit === '' ? null : inventory.label(subscriber.unit),
    userId: subscriber.user_id,
    address: subscriber.address,
    name: subscriber.name
  })
  const byId = (id: string) =>
    control.sql(`SELECT ${HEAD} FROM reports WHERE id = ?`).get(id) as StoredReport | undefined

  return {
    row,
    byId,
    newest: ({ kind, period, unit }: NewReport, origin: Origin) =>
      control
        .sql(
          `SELECT ${HEAD} FROM reports WHERE kind = ? AND from_day = ? AND to_day = ? AND unit = ? AND origin = ?
           ORDER BY version DESC LIMIT 1`
        )
        .get(kind, period.from, period.to, unit, origin) as StoredReport | undefined,
    insert(report: Omit<StoredReport, 'seq' | 'id'>): StoredReport {
      const { next } = control.sql('SELECT COALESCE(MAX(seq), 0) + 1 AS next FROM reports').get() as { next: number }
      const stored = { ...report, seq: next, id: `BC-${String(next).padStart(4, '0')}` }
      const columns = Object.keys(stored)
      control
        .sql(`INSERT INTO reports (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})`)
        .run(stored)
      return stored
    },
    /** Newest first. `units`: only reports of these units; reports of the province are for those without a scope. */
    list(filter: { kind?: ReportKind; units?: ReadonlySet<string>; cursor?: string; limit: number }) {
      const before = /^\d{1,15}$/.test(filter.cursor ?? '') ? Number(filter.cursor) : Number.MAX_SAFE_INTEGER
      const found = control
        .sql(
          `SELECT ${HEAD} FROM reports WHERE seq < :before AND (:kind IS NULL OR kind = :kind)
           AND (:units IS NULL OR unit IN (SELECT value FROM json_each(:units))) ORDER BY seq DESC LIMIT :limit`
        )
        .all({
          before,
          kind: filter.kind ?? null,
          units: filter.units === undefined ? null : JSON.stringify([...filter.units]),
          limit: filter.limit + 1
        }) as StoredReport[]
      const page = found.slice(0, filter.limit)
      return { reports: page.map(row), cursor: found.length > filter.limit ? String(page.at(-1)?.seq) : null }
    },
    /** Removes the rows and slots of an origin; returns the files that no report names any more. */
    forget(origin: Origin): { kind: 'pdf' | 'docx'; hash: string }[] {
      return control.transaction(() => {
        const gone = control.sql('SELECT pdf_hash, docx_hash FROM reports WHERE origin = ?').all(origin) as Pick<
          StoredReport,
          'pdf_hash' | 'docx_hash'
        >[]
        control.sql('DELETE FROM reports WHERE origin = ?').run(origin)
        control.sql(`DELETE FROM report_slots WHERE slot LIKE ? || ':%'`).run(origin)
        const stillNamed = new Set(
          (control.sql('SELECT pdf_hash, docx_hash FROM reports').all() as typeof gone).flatMap((row) => [
            row.pdf_hash,
            row.docx_hash
          ])
        )
        return gone
          .flatMap((row) => [
            { kind: 'pdf' as const, hash: row.pdf_hash },
            { kind: 'docx' as const, hash: row.docx_hash }
          ])
          .filter(({ hash }) => !stillNamed.has(hash))
      })
    },
    slotFilled: (slot: string) => control.sql('SELECT 1 FROM report_slots WHERE slot = ?').get(slot) !== undefined,
    fillSlot(slot: string, reportId: string, at: number) {
      control
        .sql('INSERT OR IGNORE INTO report_slots (slot, report_id, made_at) VALUES (?, ?, ?)')
        .run(slot, reportId, at)
    },
    /** When this platform first looked at its schedule: slots due before are not its own. */
    since(now: number): number {
      control.sql(`INSERT OR IGNORE INTO meta (key, value) VALUES ('reports.since', ?)`).run(String(now))
      const { value } = control.sql(`SELECT value FROM meta WHERE key = 'reports.since'`).get() as { value: string }
      return Number(value)
    },
    subscribers: () =>
      (control.sql('SELECT * FROM report_subscribers ORDER BY kind, unit, name').all() as SubscriberRow[]).map(
        subscriberOf
      ),
    subscribersOf: (kind: ReportKind, unit: string) =>
      (
        control
          .sql(`SELECT * FROM report_subscribers WHERE kind = ? AND unit = ? LIMIT ${MAX_SUBSCRIBERS}`)
          .all(kind, unit) as SubscriberRow[]
      ).map(subscriberOf),
    subscribedUnits: () =>
      (
        control.sql(`SELECT DISTINCT unit FROM report_subscribers WHERE kind = 'unit_weekly'`).all() as {
          unit: string
        }[]
      )
        .map(({ unit }) => unit)
        .filter((unit) => unit !== ''),
    subscribe(draft: NewSubscriber, by: string, at: number): ReportSubscriber {
      if (draft.unit !== '' && inventory.unit(draft.unit) === undefined) {
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: draft.unit } })
      }
      if ((draft.kind === 'unit_weekly') !== (draft.unit !== '')) {
        throw new SocError('report.unit', 'a report for a unit names it, and only that kind does', { status: 422 })
      }
      const isAddress = /^[^\s@<>",;]{1,100}@[^\s@<>",;]{1,90}$/.test(draft.address)
      if (draft.userId === null ? !isAddress : draft.address !== '') {
        throw new SocError('report.address', 'a subscriber is an account or an e-mail address', { status: 422 })
      }
      if (draft.userId !== null && control.sql('SELECT 1 FROM users WHERE id = ?').get(draft.userId) === undefined) {
        throw new SocError('user.unknown', 'no such account', { status: 422 })
      }
      const { n } = control
        .sql('SELECT COUNT(*) AS n FROM report_subscribers WHERE kind = ? AND unit = ?')
        .get(draft.kind, draft.unit) as { n: number }
      if (n >= MAX_SUBSCRIBERS) {
        throw new SocError('report.subscribers', `at most ${MAX_SUBSCRIBERS} subscribers`, { status: 422 })
      }
      const made: SubscriberRow = {
        id: randomId(),
        kind: draft.kind,
        unit: draft.unit,
        user_id: draft.userId,
        address: draft.address,
        name: draft.name
      }
      control
        .sql(
          `INSERT INTO report_subscribers (id, kind, unit, user_id, address, name, created_at, created_by)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(made.id, made.kind, made.unit, made.user_id, made.address, made.name, at, by)
      return subscriberOf(made)
    },
    unsubscribe(id: string) {
      const { changes } = control.sql('DELETE FROM report_subscribers WHERE id = ?').run(id)
      if (changes === 0) throw new SocError('report.subscriber_not_found', 'no such subscriber', { status: 404 })
    }
  }
}
