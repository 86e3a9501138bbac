import type { Decision } from '#core/api/posture.ts'
import type { Bilingual } from '#core/match.ts'
import { bothLanguages, fillWords, levelWords } from '#core/words.ts'
import type { Places } from './catalogue.ts'
import { needsDecision, rank, untakenIn, type IncidentFact, type Standing } from './standing.ts'
import type { AlertState } from './states.ts'
import type { TaskFact } from './task-facts.ts'
import {
  progressWords,
  taskReceived,
  taskUnanswered,
  unitIsLate,
  unnamedTask,
  untakenOfRule,
  untakenOfRules
} from './words.ts'
import { number } from './phrases.ts'

/** More are counted (`incidents.needDecision`, `tasks.overdueAtEnd`), not listed: nobody decides about more in one sitting. */
export const MAX_DECISIONS = 200

/**
 * What needs somebody's decision at the end of a period: incidents and tasks that are late first, then graver ones. Untaken
 * alerts stand as one row a unit.
 */
export function decisionsOf(
  standing: Standing,
  places: Places,
  titles: Readonly<Record<string, Bilingual>>
): Decision[] {
  const open = standing.incidents.filter(needsDecision)
  const covered = new Set(open.flatMap((incident) => incident.overdue.map((task) => task.id)))
  const rows = [
    ...open.map((incident) => ofIncident(incident, standing.span.asOf, places)),
    ...standing.overdue.filter((task) => !covered.has(task.id)).map((task) => ofTask(task, standing, places)),
    ...untakenRows(standing, places, titles)
  ]
  return rows
    .sort(
      (a, b) =>
        (b.overdueMs ?? -1) - (a.overdueMs ?? -1) ||
        rank(b.level) - rank(a.level) ||
        (b.waitingMs ?? -1) - (a.waitingMs ?? -1) ||
        (a.incident ?? a.task ?? a.unit.code).localeCompare(b.incident ?? b.task ?? b.unit.code)
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
  const how = late === undefined ? (progressWords.get(incident.status) ?? bothLanguages('')) : unitIsLate
  return {
    unit: places.ref(code),
    why: {
      vi: `${incident.title.vi}, ${how.vi}${others === 0 ? '' : `; cùng ${others} đơn vị khác`}`,
      en: `${incident.title.en}, ${how.en}${others === 0 ? '' : `; with ${others} other ${others === 1 ? 'unit' : 'units'}`}`
    },
    level: incident.grade,
    incident: incident.id,
    task: late?.id ?? null,
    overdueMs: late === undefined ? null : asOf - late.deadline,
    waitingMs: incident.status === 'new' ? asOf - incident.openedAt : null
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
    overdueMs: span.asOf - task.deadline,
    waitingMs: null
  }
}

function untakenRows(standing: Standing, places: Places, titles: Readonly<Record<string, Bilingual>>): Decision[] {
  const units = new Map<string, AlertState[]>()
  for (const alert of untakenIn(standing)) {
    const code = places.home(alert.unit)
    const list = units.get(code)
    if (list === undefined) units.set(code, [alert])
    else list.push(alert)
  }
  return [...units].map(([code, alerts]) => {
    const worst = alerts.reduce((a, b) => (rank(b.level) > rank(a.level) ? b : a))
    const rules = new Set(alerts.map((alert) => alert.ruleId))
    const oldest = alerts.reduce((first, alert) => Math.min(first, alert.raisedAt), Infinity)
    const words = { alerts: number(alerts.length), rules: number(rules.size), level: levelWords[worst.level] }
    const newest = alerts.at(-1)!
    const title = Object.hasOwn(titles, newest.ruleId) ? titles[newest.ruleId]! : newest.title
    return {
      unit: places.ref(code),
      why: rules.size === 1 ? fillWords(untakenOfRule, { ...words, title }) : fillWords(untakenOfRules, words),
      level: worst.level,
      incident: null,
      task: null,
      overdueMs: null,
      waitingMs: standing.span.asOf - oldest
    }
  })
}
