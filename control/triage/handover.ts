import type { IncidentRow } from '#core/api/alerts.ts'
import type { Bilingual } from '#core/match.ts'
import type { Notifier } from '#core/notification.ts'
import { origins } from '#core/origin.ts'
import { bothLanguages, fillWords } from '#core/words.ts'
import type { Alerts } from './alerts.ts'
import { priorities, spokenTitle } from './turns.ts'
import { words } from './words.ts'

/** Incidents a handover looks at, and those it names; the rest is a number. */
const MAX_READ = 200
const MAX_NAMED = 10

/** A shift that has begun: whose it is, and a key that no other shift has. */
export type BegunShift = { key: string; name: string; users: readonly string[] }

/** Tells the people of a shift that begins what is open, in one message for each origin; nothing when nothing is. */
export function handOver(
  parts: { alerts: Pick<Alerts, 'incidents'>; notifier: Pick<Notifier, 'announce'> },
  shift: BegunShift
): void {
  const { items } = parts.alerts.incidents({ status: 'open', scope: undefined, limit: MAX_READ })
  for (const origin of origins) {
    const open = items
      .filter((incident) => incident.origin === origin)
      .sort((a, b) => priorities[a.level] - priorities[b.level] || b.lastSeen - a.lastSeen)
    if (open.length === 0) continue
    parts.notifier.announce({
      key: `shift:${shift.key}:${origin}`,
      topic: 'incident',
      // A message of the shift, not one that wakes: it stands beside no escalation.
      priority: 2,
      origin,
      subject: `shift:${shift.key}`,
      unit: '',
      to: shift.users.map((userId) => ({ kind: 'user', userId })),
      title: fillWords(words.handover.title, {
        shift: shift.name,
        count: open.length === MAX_READ ? `${MAX_READ}+` : open.length
      }),
      body: bodyOf(open.slice(0, MAX_NAMED), open.length - MAX_NAMED),
      code: '',
      link: '/incidents',
      escalates: false
    })
  }
}

function bodyOf(named: readonly IncidentRow[], rest: number): Bilingual {
  const lines = named.map((incident) =>
    fillWords(words.handover.line, {
      priority: priorities[incident.level],
      id: incident.id,
      title: spokenTitle(incident),
      who: incident.assignee === null ? words.handover.nobody : bothLanguages(incident.assignee.name)
    })
  )
  const all = rest > 0 ? [...lines, fillWords(words.handover.rest, { count: rest })] : lines
  return { vi: all.map(({ vi }) => vi).join('\n'), en: all.map(({ en }) => en).join('\n') }
}
