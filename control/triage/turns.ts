import type { IncidentRow } from '#core/api/alerts.ts'
import type { UnitRef } from '#core/api/common.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Announcement, Notifier, Priority } from '#core/notification.ts'
import { bothLanguages, fillWords, levelWords, unitText } from '#core/words.ts'
import type { Alerts, Turn } from './alerts.ts'
import type { TurnKind } from './record/touched.ts'
import { words } from './words.ts'

/** How urgent a level is. */
export const priorities: Record<Level, Priority> = { critical: 1, high: 2, medium: 3, low: 4, informational: 4 }
/** Reasons whose titles name systems and models only: nothing that must not leave the house. */
const speakingTitles = new Set(['root_outage', 'outage_with_alert'])

type Told = Pick<Announcement, 'escalates' | 'priority' | 'to'> & { resolves?: Announcement['resolves'] }

/**
 * Tells the duty roster what an incident went through, inside the transaction that made it so. Titles of security
 * incidents may hold addresses and what is weak: a message says level, unit and number, the rest is behind the link.
 * The table of docs/notifications.md says the same of every way an incident can go.
 */
export function announceTurn(notifier: Notifier, { kind, incident, into }: Turn): void {
  const subject = `incident:${incident.id}`
  if (kind === 'taken') {
    notifier.acknowledge(subject, incident.assignee?.name ?? '')
    return
  }
  const going = kind === 'merged' && into !== undefined ? `incident:${into}` : subject
  notifier.announce({
    ...about(incident, titleOf(incident, kind, into)),
    // Opened once, raised once to each level; everything else as often as it happens.
    key: `${subject}:${kind}${kind === 'opened' ? '' : `:${kind === 'raised' ? incident.level : incident.revision}`}`,
    ...toldOf(kind, incident),
    // Whoever was told of a merged incident hears from now on of the one it goes on in.
    ...(going === subject ? {} : { subject: going, link: `/incidents/${into}`, resolves: { as: 'merged', subject } })
  })
}

/** Whom a turn wakes, and what it ends. */
function toldOf(kind: SpokenTurn, { level, status }: IncidentRow): Told {
  const priority = priorities[level]
  const later = Math.max(3, priority) as Priority
  const duty: Announcement['to'] = [{ kind: 'duty' }]
  switch (kind) {
    case 'opened':
    case 'reopened':
    case 'raised':
    case 'again':
      return { priority, to: duty, escalates: priority <= 2 }
    case 'unmerged':
      // Somebody who works on it is not woken by it; one that nobody has taken up begins anew.
      return status === 'new'
        ? { priority, to: duty, escalates: priority <= 2 }
        : { priority: later, to: duty, escalates: false }
    case 'closed':
      return { priority: later, to: duty, escalates: false, resolves: { as: 'over' } }
    case 'recovered':
      return { priority: later, to: [], escalates: false, resolves: { as: 'recovered' } }
    case 'merged':
      return { priority: later, to: [], escalates: false, resolves: { as: 'merged' } }
  }
}

/** Somebody has answered a message about an incident in a chat: it stands in the incident's story. */
export function tellAnswer(alerts: Pick<Alerts, 'tell' | 'incident'>, subject: string, by: string): void {
  const id = /^incident:(.+)$/.exec(subject)?.[1]
  if (id !== undefined && alerts.incident(id) !== undefined) {
    alerts.tell({ act: 'incident.heard', incident: id, params: { by } })
  }
}

type SpokenTurn = Exclude<TurnKind, 'taken'>

function titleOf(incident: IncidentRow, kind: SpokenTurn, into = ''): Bilingual {
  const level = levelWords[incident.level]
  const place = placeOf(incident.units)
  const speaks = speakingTitles.has(incident.reason)
  if (speaks && (kind === 'opened' || kind === 'raised' || kind === 'reopened')) return incident.title
  const what = spokenTitle(incident)
  return fillWords(words.turn[kind], { id: incident.id, level, place, what, into })
}

/** An incident in one line that may leave the house. */
export function spokenTitle(incident: IncidentRow): Bilingual {
  if (speakingTitles.has(incident.reason)) return incident.title
  return fillWords(words.turn.what, { level: levelWords[incident.level], place: placeOf(incident.units) })
}

function about(incident: IncidentRow, title: Bilingual): Omit<Announcement, 'key' | keyof Told> {
  return {
    topic: 'incident',
    origin: incident.origin,
    subject: `incident:${incident.id}`,
    unit: incident.units[0]?.code ?? '',
    title,
    body: words.turn.body,
    code: incident.id,
    link: `/incidents/${incident.id}`
  }
}

function placeOf(units: readonly UnitRef[]): Bilingual {
  const [first] = units
  if (first === undefined) return words.place.unknown
  const name = unitText(first)
  const count = units.length - 1
  return count === 0 ? bothLanguages(name) : fillWords(words.place.andMore, { name, count })
}
