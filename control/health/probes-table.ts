import { randomBytes } from 'node:crypto'
import type { ProbeDraft, ProbeResultView } from '#core/api/health.ts'
import { RESULT_DETAIL_MAX, type Probe, type ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'

/** Results that are kept of a probe. */
export const RESULTS_KEPT = 200
/** Longest code of a result; longer ones are cut. */
const CODE_MAX = 60

type ProbeRecord = { id: string; draft: string; created_at: number; heartbeat_key: string }
type ResultRecord = {
  slot: number
  seq: number
  due_at: number
  started_at: number
  finished_at: number
  outcome: ProbeResult['outcome']
  code: string
  detail: string
  attempts: number
  latency_ms: number | null
  certificate_until: number | null
}

export const probeOf = (id: string, origin: Origin, draft: ProbeDraft): Probe => ({ id, origin, ...draft })
export const draftOf = ({ id: _id, origin: _origin, ...draft }: Probe): ProbeDraft => draft

/** Probes of one origin with their keys and newest results. */
export type ProbesTable = ReturnType<typeof openProbes>

export function openProbes(control: Control, origin: Origin) {
  return {
    all(): { probe: Probe; createdAt: number }[] {
      const rows = control.all<ProbeRecord>(
        'SELECT * FROM health_probes WHERE origin = ? ORDER BY created_at, id',
        origin
      )
      return rows.map((row) => ({
        probe: probeOf(row.id, origin, JSON.parse(row.draft) as ProbeDraft),
        createdAt: row.created_at
      }))
    },
    newId: () => `p${randomBytes(8).toString('hex')}`,
    save(probe: Probe, createdAt: number) {
      control
        .sql(
          `INSERT INTO health_probes (id, origin, draft, created_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET draft = excluded.draft`
        )
        .run(probe.id, origin, JSON.stringify(draftOf(probe)), createdAt)
    },
    remove(id: string) {
      control.sql('DELETE FROM health_probes WHERE id = ? AND origin = ?').run(id, origin)
    },
    /** A new key, 32 random bytes; the one before is worth nothing from now on. */
    newKey(id: string): string {
      const key = randomBytes(32).toString('base64url')
      control.sql('UPDATE health_probes SET heartbeat_key = ? WHERE id = ? AND origin = ?').run(key, id, origin)
      return key
    },
    keys(): Map<string, string> {
      const rows = control.all<ProbeRecord>(
        `SELECT id, heartbeat_key FROM health_probes WHERE origin = ? AND heartbeat_key <> ''`,
        origin
      )
      return new Map(rows.map((row) => [row.id, row.heartbeat_key]))
    },
    saveResult(result: ProbeResult, seq: number) {
      control
        .sql(
          `INSERT OR REPLACE INTO health_results (probe, slot, seq, due_at, started_at, finished_at, outcome, code, detail, attempts,
           latency_ms, certificate_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(
          result.probe,
          seq % RESULTS_KEPT,
          seq,
          result.dueAt,
          result.startedAt,
          result.finishedAt,
          result.outcome,
          result.code.slice(0, CODE_MAX),
          result.detail.slice(0, RESULT_DETAIL_MAX),
          result.attempts,
          result.latencyMs,
          result.certificateUntil
        )
    },
    /** The newest result of a probe with its number. */
    lastResult(id: string): { seq: number; result: ProbeResult } | undefined {
      const row = control.get<ResultRecord>(
        'SELECT * FROM health_results WHERE probe = ? ORDER BY seq DESC LIMIT 1',
        id
      )
      if (row === undefined) return undefined
      return {
        seq: row.seq,
        result: {
          probe: id,
          origin,
          dueAt: row.due_at,
          startedAt: row.started_at,
          finishedAt: row.finished_at,
          outcome: row.outcome,
          code: row.code,
          detail: row.detail,
          attempts: row.attempts,
          latencyMs: row.latency_ms,
          certificateUntil: row.certificate_until
        }
      }
    },
    /** Newest first. */
    results(id: string): ProbeResultView[] {
      const rows = control.all<ResultRecord>('SELECT * FROM health_results WHERE probe = ? ORDER BY seq DESC', id)
      return rows.map((row) => ({
        at: row.finished_at,
        outcome: row.outcome,
        code: row.code,
        detail: row.detail,
        attempts: row.attempts,
        latencyMs: row.latency_ms,
        certificateUntil: row.certificate_until
      }))
    }
  }
}
