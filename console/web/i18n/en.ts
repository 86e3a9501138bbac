import { accounts } from './en/accounts.ts'
import { catalogue } from './en/catalogue.ts'
import { evidence } from './en/evidence.ts'
import { frame } from './en/frame.ts'
import { health } from './en/health.ts'
import { notifications } from './en/notifications.ts'
import { people } from './en/people.ts'
import { posture } from './en/posture.ts'
import { province } from './en/province.ts'
import { records } from './en/records.ts'
import { reports } from './en/reports.ts'
import { tasks } from './en/tasks.ts'
import { triage } from './en/triage.ts'
import type { Messages } from './vi.ts'

/** Every word of the console in English; a missing or extra key is a type error. */
export const en: Messages = {
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
