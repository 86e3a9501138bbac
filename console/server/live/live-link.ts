import type { IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { Changes } from '#control/changes.ts'
import type { Live } from './live.ts'

/** The wall says who was notified of an outage and whether they took it up. */
const isOfOutage = ({ reason }: IncidentRow) => reason === 'root_outage' || reason === 'outage_with_alert'

/** Takes what changes in the control plane to the screens; returns the function that parts them. */
export function linkLive(changes: Changes, live: Live, wallNow: () => Wall): () => void {
  return changes.on({
    triage({ alerts, incidents }) {
      for (const alert of alerts) live.publishAlert(alert)
      for (const incident of incidents) live.publishIncident(incident)
      live.publishSummary()
      if (incidents.some(isOfOutage)) live.publishHealth(wallNow())
    },
    task: (row) => live.publishTask(row),
    notification: (row) => live.publishNotification(row),
    wall: (wall) => live.publishHealth(wall),
    notice({ kind, sender, at }) {
      if (kind === 'first_event') live.senderHeard({ sender, at })
      if (kind === 'wrong_token') live.senderHeard({ sender, at, refusal: kind })
    },
    // The data plane said how it is: what is counted on the screens may have moved.
    dataPlane: () => live.publishSummary()
  })
}
