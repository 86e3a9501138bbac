import type { AlertsContext } from './context.ts'

/**
 * Deletes every alert, incident and entry of origin demonstration, inside the caller's transaction, and says how many
 * alerts and incidents went. Numbers are not given out again.
 */
export function deleteDemonstration(context: AlertsContext): { alerts: number; incidents: number } {
  const run = (text: string) => Number(context.control.sql(text).run().changes)
  const of = `origin = 'demonstration'`
  run(`DELETE FROM timeline WHERE alert_id IN (SELECT id FROM alerts WHERE ${of})`)
  run(`DELETE FROM timeline WHERE incident_id IN (SELECT id FROM incidents WHERE ${of})`)
  const alerts = run(`DELETE FROM alerts WHERE ${of}`)
  const incidents = run(`DELETE FROM incidents WHERE ${of}`)
  run(`DELETE FROM rule_hours WHERE ${of}`)
  return { alerts, incidents }
}
