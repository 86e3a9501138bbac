import { SocError } from '#core/errors.ts'
import type { MatchBatch } from '#core/match.ts'
import type { AlertsContext } from './context.ts'

/** How far the matches of a spool are committed (-1: not at all), and the newest correlation state with its offset. */
export type DetectorPosition = { offset: number; checkpoint?: { offset: number; state: Uint8Array } }

export function positionOf(context: AlertsContext, spoolId: string, partition: number): DetectorPosition {
  const row = context.control.get<{ offset: number; checkpoint_offset: number; checkpoint: Uint8Array | null }>(
    'SELECT offset, checkpoint_offset, checkpoint FROM detector_position WHERE partition = ? AND spool_id = ?',
    partition,
    spoolId
  )
  if (row === undefined) return { offset: -1 }
  if (row.checkpoint === null) return { offset: row.offset }
  return { offset: row.offset, checkpoint: { offset: row.checkpoint_offset, state: row.checkpoint } }
}

/**
 * Moves the position to the end of a batch; false when the batch was committed before and must be skipped whole. A new
 * spool (the old one was lost or replaced) starts anew. Throws `alerts.range` for a range that is only partly
 * committed: counting it would count twice, skipping it would lose matches.
 */
export function advance(context: AlertsContext, batch: MatchBatch, spoolId: string): boolean {
  const row = context.control.get<{ spool_id: string; offset: number }>(
    'SELECT spool_id, offset FROM detector_position WHERE partition = ?',
    batch.partition
  )
  const committed = row?.spool_id === spoolId ? row.offset : -1
  if (batch.to <= committed) return false
  if (batch.from <= committed) {
    throw new SocError(
      'alerts.range',
      `the range ${batch.from}–${batch.to} of partition ${batch.partition} is committed up to ${committed}`
    )
  }
  context.control
    .sql(
      `INSERT INTO detector_position (partition, spool_id, offset) VALUES (?, ?, ?) ON CONFLICT (partition) DO UPDATE SET
       checkpoint_offset = CASE WHEN spool_id = excluded.spool_id THEN checkpoint_offset ELSE -1 END,
       checkpoint = CASE WHEN spool_id = excluded.spool_id THEN checkpoint ELSE NULL END,
       spool_id = excluded.spool_id, offset = excluded.offset`
    )
    .run(batch.partition, spoolId, batch.to)
  if (batch.checkpoint !== undefined) {
    context.control
      .sql('UPDATE detector_position SET checkpoint_offset = ?, checkpoint = ? WHERE partition = ?')
      .run(batch.to, batch.checkpoint, batch.partition)
  }
  return true
}
