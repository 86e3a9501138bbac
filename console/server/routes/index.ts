import { accountApi } from '#core/api/accounts.ts'
import { alertsApi } from '#core/api/alerts.ts'
import { auditApi } from '#core/api/audit.ts'
import { catalogueApi } from '#core/api/catalogue.ts'
import { deadLettersApi } from '#core/api/dead-letters.ts'
import { demonstrationApi } from '#core/api/demonstration.ts'
import { dutyApi } from '#core/api/duty.ts'
import { eventsApi } from '#core/api/events.ts'
import { incidentsApi } from '#core/api/incidents.ts'
import { machinesApi } from '#core/api/machines.ts'
import { maintenanceApi } from '#core/api/maintenance.ts'
import { modelsApi } from '#core/api/models.ts'
import { notificationHooksApi } from '#core/api/notification-hooks.ts'
import { notificationsApi } from '#core/api/notifications.ts'
import { oidcApi } from '#core/api/oidc.ts'
import { policyApi } from '#core/api/policy.ts'
import { postureApi } from '#core/api/posture.ts'
import { probesApi } from '#core/api/probes.ts'
import { reportsApi } from '#core/api/reports.ts'
import type { Routes } from '#core/api/routes.ts'
import { rulesApi } from '#core/api/rules.ts'
import { sessionApi } from '#core/api/session.ts'
import { sourcesApi } from '#core/api/sources.ts'
import { summaryApi } from '#core/api/summary.ts'
import { systemsApi } from '#core/api/systems.ts'
import { taskLinksApi } from '#core/api/task-links.ts'
import { tasksApi } from '#core/api/tasks.ts'
import { unitsApi } from '#core/api/units.ts'
import { userAccessApi } from '#core/api/user-access.ts'
import { usersApi } from '#core/api/users.ts'
import { welcomeApi } from '#core/api/welcome.ts'
import type { App, Context } from '../context.ts'
import { accountHandlers } from './account.ts'
import { alertHandlers } from './alerts.ts'
import { auditHandlers } from './audit.ts'
import { catalogueHandlers } from './catalogue.ts'
import { deadLetterHandlers } from './dead-letters.ts'
import { demonstrationHandlers } from './demonstration.ts'
import { dutyHandlers } from './duty.ts'
import { eventHandlers } from './events.ts'
import { incidentHandlers } from './incidents.ts'
import { machineHandlers } from './machines.ts'
import { maintenanceHandlers } from './maintenance.ts'
import { modelHandlers } from './models.ts'
import { notificationHookHandlers } from './notification-hooks.ts'
import { notificationHandlers } from './notifications.ts'
import { oidcHandlers } from './oidc.ts'
import type { Opening } from './opening.ts'
import { policyHandlers } from './policy.ts'
import { postureHandlers } from './posture.ts'
import { probeHandlers } from './probes.ts'
import { reportHandlers } from './reports.ts'
import { ruleHandlers } from './rules.ts'
import { serve, type Handlers } from './serve.ts'
import { sessionHandlers } from './session.ts'
import { sourceHandlers } from './sources.ts'
import { summaryHandlers } from './summary.ts'
import { systemHandlers } from './systems.ts'
import { taskLinkHandlers } from './task-links.ts'
import { taskHandlers } from './tasks.ts'
import { unitHandlers } from './units.ts'
import { userAccessHandlers } from './user-access.ts'
import { userHandlers } from './users.ts'
import { welcomeHandlers } from './welcome.ts'

/** The table of an area, and how it is served. */
export type Area = { api: Routes; serve(app: App, context: Context, opening: Opening): void }

const area = <A extends Routes>(api: A, handlers: (context: Context, opening: Opening) => Handlers<A>): Area => ({
  api,
  serve: (app, context, opening) => serve(app, api, handlers(context, opening))
})

/** Every area of the console. */
export const areas: readonly Area[] = [
  area(sessionApi, sessionHandlers),
  area(oidcApi, oidcHandlers),
  area(accountApi, accountHandlers),
  area(welcomeApi, welcomeHandlers),
  area(summaryApi, summaryHandlers),
  area(alertsApi, alertHandlers),
  area(incidentsApi, incidentHandlers),
  area(tasksApi, taskHandlers),
  area(taskLinksApi, taskLinkHandlers),
  area(eventsApi, eventHandlers),
  area(sourcesApi, sourceHandlers),
  area(deadLettersApi, deadLetterHandlers),
  area(rulesApi, ruleHandlers),
  area(unitsApi, unitHandlers),
  area(modelsApi, modelHandlers),
  area(systemsApi, systemHandlers),
  area(probesApi, probeHandlers),
  area(maintenanceApi, maintenanceHandlers),
  area(catalogueApi, catalogueHandlers),
  area(postureApi, postureHandlers),
  area(reportsApi, reportHandlers),
  area(notificationsApi, notificationHandlers),
  area(dutyApi, dutyHandlers),
  area(notificationHooksApi, notificationHookHandlers),
  area(usersApi, userHandlers),
  area(userAccessApi, userAccessHandlers),
  area(policyApi, policyHandlers),
  area(auditApi, auditHandlers),
  area(demonstrationApi, demonstrationHandlers),
  area(machinesApi, machineHandlers)
]
