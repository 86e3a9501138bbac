import type { Decision } from '#core/api/posture.ts'
import { bothLanguages, fillWords } from '#core/words.ts'
import type { Places } from './catalogue.ts'
import { needsDecision, rank, type IncidentFact, type Standing } from './standing.ts'
import type { TaskFact } from './task-facts.ts'
import { progressWords, taskReceived, taskUnanswered, unitIsLate, unnamedTask } from './words.ts'

/** More are counted (`incidents.needDecision`, `tasks.overdueAtEnd`), not listed: nobody decides about more in one sitting. */
export const MAX_DECISIONS = 200

/** What needs somebody's decision at the end of a period: latest first, then graver, then older. */
export function decisionsOf(standing: Standing, places: Places): Decision[] {
  const open = standing.incidents.filter(needsDecision)
  const covered = new Set(open.flatMap((incident) => incident.overdue.map((task) => task.id)))
  const rows = [
    ...open.map((incident) => ofIncident(incident, standing.span.asOf, places)),
    ...standing.overdue.filter((task) => !covered.has(task.id)).map((task) => ofTask(task, standing, places))
  ]
  return rows
    .sort(
      (a, b) =>
        (b.overdueMs ?? -1) - (a.overdueMs ?? -1) ||
        rank(b.level) - rank(a.level) ||
        (a.incident ?? a.task ?? '').localeCompare(b.incident ?? b.task ?? '')
    )
    .slice(0, MAX_DECISIONS)
}

function ofIncident(incident: IncidentFact, asOf: number, places: Places): Decision {
  const late = incident.overdue.reduce<TaskFact | undefined>(
    (worst, task) => (worst === undefined || task.deadline < worst.deadline ? task : worst),
    undefined
  )
  const code = late?.unit ?? incident.units[0] ?? incident.leading?.unit ?? ''
  const others = incident.units.filter((unit) => unit !== places.home(code)).length
  const how = late === undefined ? (progressWords[incident.status] ?? bothLanguages('')) : unitIsLate
  return {
    unit: places.ref(code),
    why: {
      vi: `${incident.title.vi}, ${how.vi}${others === 0 ? '' : `; cùng ${others} đơn vị khác`}`,
      en: `${incident.title.en}, ${how.en}${others === 0 ? '' : `; with ${others} other ${others === 1 ? 'unit' : 'units'}`}`
    },
    level: incident.grade,
    incident: incident.id,
    task: late?.id ?? null,
    overdueMs: late === undefined ? null : asOf - late.deadline
  }
}

function ofTask(task: TaskFact, { span, alerts }: Standing, places: Places): Decision {
  const alert = alerts.find((candidate) => candidate.id === task.alert)
  const answered = task.answeredAt !== null
  return {
    unit: places.ref(task.unit),
    why: fillWords(answered ? taskReceived : taskUnanswered, { title: alert?.title ?? unnamedTask }),
    level: task.level,
    // Its incident, when it has one, is closed: the task alone is left.
    incident: null,
    task: task.id,
    overdueMs: span.asOf - task.deadline
  }
}
