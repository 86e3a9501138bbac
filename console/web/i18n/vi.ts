import { vi as shell } from '../shell/vi.ts'
import { vi as kit } from '../kit/vi.ts'
import { vi as format } from '../format/vi.ts'
import { vi as account } from '../account/vi.ts'
import { vi as admin } from '../admin/vi.ts'
import { vi as catalogue } from '../catalogue/vi.ts'
import { vi as health } from '../health/vi.ts'
import { vi as incidents } from '../incidents/vi.ts'
import { vi as mine } from '../mine/vi.ts'
import { vi as notifications } from '../notifications/vi.ts'
import { vi as posture } from '../posture/vi.ts'
import { vi as probes } from '../health/probes.vi.ts'
import { vi as queue } from '../queue/vi.ts'
import { vi as reports } from '../reports/vi.ts'
import { vi as rules } from '../rules/vi.ts'
import { vi as search } from '../search/vi.ts'
import { vi as signIn } from '../sign-in/vi.ts'
import { vi as sources } from '../sources/vi.ts'
import { vi as tasks } from '../tasks/vi.ts'
import { vi as units } from '../units/vi.ts'

/** Every word of the console in Vietnamese, gathered from its features: the source; English is typed by it. */
export const vi = {
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

export type Messages = typeof vi
