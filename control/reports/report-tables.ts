import type { NewReport, ReportRow } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
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

/** Everything but the figures, which are large and read only where they are asked for. */
const HEAD = `seq, id, kind, from_day, to_day, unit, origin, version, draft, reason, made_at, made_by, '' AS figures,
  figures_hash, pdf_hash, docx_hash, pdf_bytes, docx_bytes`

/** The tables of reports and scheduled slots. */
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
  const byId = (id: string) => control.get<StoredReport>(`SELECT ${HEAD} FROM reports WHERE id = ?`, id)

  return {
    row,
    byId,
    newest: ({ kind, period, unit }: NewReport, origin: Origin) =>
      control.get<StoredReport>(
        `SELECT ${HEAD} FROM reports WHERE kind = ? AND from_day = ? AND to_day = ? AND unit = ? AND origin = ?
         ORDER BY version DESC LIMIT 1`,
        kind,
        period.from,
        period.to,
        unit,
        origin
      ),
    insert(report: Omit<StoredReport, 'seq' | 'id'>): StoredReport {
      const { next } = control.single<{ next: number }>('SELECT COALESCE(MAX(seq), 0) + 1 AS next FROM reports')
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
      const found = control.all<StoredReport>(
        `SELECT ${HEAD} FROM reports WHERE seq < :before AND (:kind IS NULL OR kind = :kind)
         AND (:units IS NULL OR unit IN (SELECT value FROM json_each(:units))) ORDER BY seq DESC LIMIT :limit`,
        {
          before,
          kind: filter.kind ?? null,
          units: filter.units === undefined ? null : JSON.stringify([...filter.units]),
          limit: filter.limit + 1
        }
      )
      const page = found.slice(0, filter.limit)
      return { reports: page.map(row), cursor: found.length > filter.limit ? String(page.at(-1)?.seq) : null }
    },
    /** Removes the rows and slots of an origin; returns the files that no report names any more. */
    forget(origin: Origin): { kind: 'pdf' | 'docx'; hash: string }[] {
      return control.transaction(() => {
        type Hashes = Pick<StoredReport, 'pdf_hash' | 'docx_hash'>
        const gone = control.all<Hashes>('SELECT pdf_hash, docx_hash FROM reports WHERE origin = ?', origin)
        control.sql('DELETE FROM reports WHERE origin = ?').run(origin)
        control.sql(`DELETE FROM report_slots WHERE slot LIKE ? || ':%'`).run(origin)
        const stillNamed = new Set(
          control.all<Hashes>('SELECT pdf_hash, docx_hash FROM reports').flatMap((row) => [row.pdf_hash, row.docx_hash])
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
      const { value } = control.single<{ value: string }>(`SELECT value FROM meta WHERE key = 'reports.since'`)
      return Number(value)
    }
  }
}
export type ReportTables = ReturnType<typeof createReportTables>
