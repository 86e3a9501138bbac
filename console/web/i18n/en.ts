import { en as shell } from '../shell/en.ts'
import { en as kit } from '../kit/en.ts'
import { en as format } from '../format/en.ts'
import { en as account } from '../account/en.ts'
import { en as admin } from '../admin/en.ts'
import { en as catalogue } from '../catalogue/en.ts'
import { en as health } from '../health/en.ts'
import { en as incidents } from '../incidents/en.ts'
import { en as mine } from '../mine/en.ts'
import { en as notifications } from '../notifications/en.ts'
import { en as posture } from '../posture/en.ts'
import { en as probes } from '../health/probes.en.ts'
import { en as queue } from '../queue/en.ts'
import { en as reports } from '../reports/en.ts'
import { en as rules } from '../rules/en.ts'
import { en as search } from '../search/en.ts'
import { en as signIn } from '../sign-in/en.ts'
import { en as sources } from '../sources/en.ts'
import { en as tasks } from '../tasks/en.ts'
import { en as units } from '../units/en.ts'
import type { Messages } from './vi.ts'

/** Every word of the console in English; a missing or extra key is a type error. */
export const en: Messages = {
  ...shell,
  ...kit,
  ...format,
  ...account,
  ...admin,
  ...catalogue,
  ...health,
  ...incidents,
  ...mine,
  ...notifications,
  ...posture,
  ...probes,
  ...queue,
  ...reports,
  ...rules,
  ...search,
  ...signIn,
  ...sources,
  ...tasks,
  ...units
}
