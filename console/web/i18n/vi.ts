import { catalogue } from './vi/catalogue.ts'
import { evidence } from './vi/evidence.ts'
import { frame } from './vi/frame.ts'
import { health } from './vi/health.ts'
import { people } from './vi/people.ts'
import { province } from './vi/province.ts'
import { tasks } from './vi/tasks.ts'
import { triage } from './vi/triage.ts'

/** Every word of the console in Vietnamese: the source; English is typed by it. */
export const vi = { ...frame, ...triage, ...province, ...evidence, ...people, ...tasks, ...catalogue, ...health }

export type Messages = typeof vi
