import type { AlertsContext } from './context.ts'

/**
 * Deletes every alert, incident and entry of origin demonstration, inside the caller's transaction, and says how many
 * alerts and incidents went. Numbers are not given out again.
 */
export function deleteDemonstration(context: AlertsContext): { alerts: number; incidents: number } {
  const run = (text: string) => Number(context.control.sql(text).run().changes)
  const demonstrated = `origin = 'demonstration'`
  run(`DELETE FROM timeline WHERE alert_id IN (SELECT id FROM alerts WHERE ${demonstrated})`)
  run(`DELETE FROM timeline WHERE incident_id IN (SELECT id FROM incidents WHERE ${demonstrated})`)
  const alerts = run(`DELETE FROM alerts WHERE ${demonstrated}`)
  const incidents = run(`DELETE FROM incidents WHERE ${demonstrated}`)
  run(`DELETE FROM rule_hours WHERE ${demonstrated}`)
  return { alerts, incidents }
}
