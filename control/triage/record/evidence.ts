import type { AlertDetail } from '#core/api/alerts.ts'
import type { EcsEvent, JsonObject } from '#core/event.ts'
import type { Evidence, MatchedField } from '#core/match.ts'
import type { Alert } from './alert.ts'
import type { AlertsContext } from './context.ts'

/** Events kept with an alert: the first ones show how it began, the newest how it stands. The others are in the store. */
const MAX_KEPT = 20
const FIRST_KEPT = 5
/** An event larger than this is kept without its bulk; the whole of it is in the store, under its id. */
const MAX_EVENT_CHARACTERS = 32_768
const MAX_ORIGINAL = 8_192

/** Adds the evidence of one fold to an alert, each event once. */
export function keepEvidence(context: AlertsContext, record: Alert, evidence: readonly Evidence[]): void {
  if (evidence.length === 0) return
  const insert = context.control.sql(
    'INSERT OR IGNORE INTO alert_evidence (alert_seq, event_id, place, time, event, matched) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const newest = context.control.single<{ place: number | null }>(
    'SELECT MAX(place) AS place FROM alert_evidence WHERE alert_seq = ?',
    record.seq
  )
  let place = newest.place ?? 0
  for (const { eventId, time, json, matched } of evidence) {
    const inserted = insert.run(record.seq, eventId, place + 1, time, storedEvent(json), JSON.stringify(matched))
    if (inserted.changes === 0) continue
    place += 1
    if (place > MAX_KEPT) {
      // Places grow by one, so exactly one event is older than the newest that are kept.
      context.control
        .sql('DELETE FROM alert_evidence WHERE alert_seq = ? AND place = ?')
        .run(record.seq, place - MAX_KEPT + FIRST_KEPT)
    }
  }
}

/** The events kept with an alert, first ones first. */
export function evidenceOf(context: AlertsContext, record: Alert): AlertDetail['evidence'] {
  const rows = context.control.all<{ event_id: string; time: number; event: string; matched: string }>(
    'SELECT event_id, time, event, matched FROM alert_evidence WHERE alert_seq = ? ORDER BY place',
    record.seq
  )
  return rows.map((row) => {
    const event = JSON.parse(row.event) as EcsEvent
    const original = event.event['original']
    return {
      eventId: row.event_id,
      time: row.time,
      matched: JSON.parse(row.matched) as MatchedField[],
      ...(typeof original === 'string' ? { original } : {}),
      event
    }
  })
}

/** The first events kept with an alert as their stored text, eight at most. */
export function firstEvents(context: AlertsContext, record: Alert): Pick<Evidence, 'json'>[] {
  return context.control.all<{ json: string }>(
    'SELECT event AS json FROM alert_evidence WHERE alert_seq = ? ORDER BY place LIMIT 8',
    record.seq
  )
}

/** The text as it came; only one that is too large is read and shortened. */
function storedEvent(json: string): string {
  if (json.length <= MAX_EVENT_CHARACTERS) return json
  const event = JSON.parse(json) as EcsEvent
  const original = event.event['original']
  const short: JsonObject = {
    '@timestamp': event['@timestamp'],
    event: {
      id: event.event.id,
      created: event.event.created,
      ...(typeof original === 'string' ? { original: original.slice(0, MAX_ORIGINAL) } : {})
    },
    organization: event.organization,
    soc: { ...(event.soc as unknown as JsonObject), flags: [...(event.soc.flags ?? []), 'shortened'] }
  }
  return JSON.stringify(short)
}
