import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { Live } from './live.ts'
import type { IntakeNotice } from '#core/data-plane.ts'

/**
 * What changes in the control plane, on its way to the screens. Before the server listens nobody can watch: what changes
 * until then is fetched by the first page.
 */
export function createLiveLink(wallNow: () => Wall) {
  let live: Live | undefined
  /** The wall says who was told of an outage and whether they took it up. */
  const ofOutage = ({ reason }: IncidentRow) => reason === 'root_outage' || reason === 'outage_with_alert'
  return {
    connect(target: Live) {
      live = target
    },
    changed(changed: { alerts: AlertRow[]; incidents: IncidentRow[] }) {
      for (const alert of changed.alerts) live?.publishAlert(alert)
      for (const incident of changed.incidents) live?.publishIncident(incident)
      live?.publishSummary()
      if (live !== undefined && changed.incidents.some(ofOutage)) live.publishHealth(wallNow())
    },
    wall(wall: Wall) {
      live?.publishHealth(wall)
    },
    notice(notice: IntakeNotice) {
      if (notice.kind === 'first_event') live?.senderHeard({ sender: notice.sender, at: notice.at })
      if (notice.kind === 'wrong_token')
        live?.senderHeard({ sender: notice.sender, at: notice.at, refusal: notice.kind })
    },
    /** The data plane said how it is: what is counted on the screens may have moved. */
    stateChanged() {
      live?.publishSummary()
    }
  }
}
