import { accountCalls } from '../account/api.ts'
import { adminCalls } from '../admin/api.ts'
import { catalogueCalls } from '../catalogue/api.ts'
import { healthCalls } from '../health/api.ts'
import { incidentCalls } from '../incidents/api.ts'
import { notificationCalls } from '../notifications/api.ts'
import { postureCalls } from '../posture/api.ts'
import { queueCalls } from '../queue/api.ts'
import { reportCalls } from '../reports/api.ts'
import { ruleCalls } from '../rules/api.ts'
import { searchCalls } from '../search/api.ts'
import { shellCalls } from '../shell/api.ts'
import { signInCalls } from '../sign-in/api.ts'
import { sourceCalls } from '../sources/api.ts'
import { taskCalls } from '../tasks/api.ts'
import { unitCalls } from '../units/api.ts'
import { callsOf, createTransport, type ApiParts } from './call.ts'

/** The calls of every feature over one transport. */
export function createApi(parts: ApiParts) {
  const transport = createTransport(parts)
  return {
    ...signInCalls(callsOf(transport)),
    ...accountCalls(callsOf(transport)),
    ...shellCalls(callsOf(transport)),
    ...queueCalls(callsOf(transport)),
    ...incidentCalls(callsOf(transport)),
    ...taskCalls(callsOf(transport)),
    ...searchCalls(callsOf(transport)),
    ...sourceCalls(callsOf(transport)),
    ...ruleCalls(callsOf(transport)),
    ...unitCalls(callsOf(transport)),
    ...healthCalls(callsOf(transport)),
    ...catalogueCalls(callsOf(transport)),
    ...postureCalls(callsOf(transport)),
    ...reportCalls(callsOf(transport)),
    ...notificationCalls(callsOf(transport)),
    ...adminCalls(callsOf(transport))
  }
}

export type Api = ReturnType<typeof createApi>
