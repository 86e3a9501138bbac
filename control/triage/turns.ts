import type { IncidentRow } from '#core/api/alerts.ts'
import type { UnitRef } from '#core/api/common.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Announcement, Notifier, Priority } from '#core/notification.ts'
import { bothLanguages, fillWords, levelWords, unitText } from '#core/words.ts'
import type { Alerts, Turn } from './alerts.ts'
import type { TurnKind } from './record/touched.ts'
import { words } from './words.ts'

const priorities: Record<Level, Priority> = { critical: 1, high: 2, medium: 3, low: 4, informational: 4 }
/** Reasons whose titles name systems and models only: nothing that must not leave the house. */
const speakingTitles = new Set(['root_outage', 'outage_with_alert'])

/**
 * Tells the duty roster what an incident went through, inside the transaction that made it so. Titles of security
 * incidents may hold addresses and what is weak: a message says level, unit and number, the rest is behind the link.
 */
export function announceTurn(notifier: Notifier, { kind, incident }: Turn): void {
  const subject = `incident:${incident.id}`
  switch (kind) {
    case 'taken':
      notifier.acknowledge(subject, incident.assignee?.name ?? '')
      return
    case 'opened':
    case 'reopened':
    case 'raised':
      notifier.announce({
        ...about(incident, titleOf(incident, kind)),
        // Opened once, raised once to each level, opened again as often as it happens.
        key: `${subject}:${kind}${kind === 'opened' ? '' : `:${kind === 'raised' ? incident.level : incident.revision}`}`,
        escalates: priorities[incident.level] <= 2
      })
      return
    case 'closed':
      notifier.announce({
        ...about(incident, titleOf(incident, kind)),
        key: `${subject}:closed:${incident.revision}`,
        priority: Math.max(3, priorities[incident.level]) as Priority,
        escalates: false,
        resolves: true
      })
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

function titleOf(incident: IncidentRow, kind: SpokenTurn): Bilingual {
  if (kind !== 'closed' && speakingTitles.has(incident.reason)) return incident.title
  return fillWords(words.turn[kind], {
    id: incident.id,
    level: levelWords[incident.level],
    place: placeOf(incident.units)
  })
}

function about(incident: IncidentRow, title: Bilingual): Omit<Announcement, 'key' | 'escalates'> {
  return {
    topic: 'incident',
    priority: priorities[incident.level],
    origin: incident.origin,
    subject: `incident:${incident.id}`,
    unit: incident.units[0]?.code ?? '',
    to: [{ kind: 'duty' }],
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
