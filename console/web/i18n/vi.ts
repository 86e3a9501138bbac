import { accounts } from './vi/accounts.ts'
import { catalogue } from './vi/catalogue.ts'
import { evidence } from './vi/evidence.ts'
import { frame } from './vi/frame.ts'
import { health } from './vi/health.ts'
import { notifications } from './vi/notifications.ts'
import { people } from './vi/people.ts'
import { posture } from './vi/posture.ts'
import { province } from './vi/province.ts'
import { records } from './vi/records.ts'
import { reports } from './vi/reports.ts'
import { tasks } from './vi/tasks.ts'
import { triage } from './vi/triage.ts'

/** Every word of the console in Vietnamese: the source; English is typed by it. */
export const vi = {
  ...frame,
  ...triage,
  ...province,
  ...posture,
  ...reports,
  ...evidence,
  ...records,
  ...people,
  ...accounts,
  ...tasks,
  ...notifications,
  ...catalogue,
  ...health
}

export type Messages = typeof vi
