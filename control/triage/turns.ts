import type { IncidentRow } from '#core/api/alerts.ts'
import type { UnitRef } from '#core/api/common.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Announcement, Notifier, Priority } from '#core/notification.ts'
import type { Alerts, Happening } from './alerts.ts'

const priorities: Record<Level, Priority> = { critical: 1, high: 2, medium: 3, low: 4, informational: 4 }
const levelWords: Record<Level, Bilingual> = {
  critical: { vi: 'nghiêm trọng', en: 'critical' },
  high: { vi: 'cao', en: 'high' },
  medium: { vi: 'trung bình', en: 'medium' },
  low: { vi: 'thấp', en: 'low' },
  informational: { vi: 'thông tin', en: 'informational' }
}
/** Reasons whose titles name systems and models only: nothing that must not leave the house. */
const speakingTitles = new Set(['root_outage', 'outage_with_alert'])

/**
 * Tells the duty roster what an incident went through, inside the transaction that made it so. Titles of security
 * incidents may hold addresses and what is weak: a message says level, unit and number, the rest is behind the link.
 */
export function announceHappening(notifier: Notifier, { kind, incident }: Happening): void {
  const subject = `incident:${incident.id}`
  switch (kind) {
    case 'taken':
      notifier.acknowledge(subject, incident.assignee?.name ?? '')
      return
    case 'opened':
    case 'reopened':
    case 'raised':
      notifier.announce({
        ...about(incident, what(incident, kind)),
        // Opened once, raised once to each level, opened again as often as it happens.
        key: `${subject}:${kind}${kind === 'opened' ? '' : `:${kind === 'raised' ? incident.level : incident.revision}`}`,
        escalates: priorities[incident.level] <= 2
      })
      return
    case 'closed':
      notifier.announce({
        ...about(incident, what(incident, kind)),
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

function what(incident: IncidentRow, kind: 'opened' | 'reopened' | 'raised' | 'closed'): Bilingual {
  const where = placeOf(incident.units)
  const level = levelWords[incident.level]
  if (kind === 'closed') {
    return { vi: `Sự cố ${incident.id} đã đóng: ${where.vi}`, en: `Incident ${incident.id} closed: ${where.en}` }
  }
  if (speakingTitles.has(incident.reason)) return incident.title
  const verb = {
    opened: { vi: 'Sự cố mới', en: 'New incident' },
    reopened: { vi: 'Sự cố mở lại', en: 'Incident opened again' },
    raised: { vi: 'Sự cố tăng mức', en: 'Incident raised' }
  }[kind]
  return { vi: `${verb.vi} mức ${level.vi}: ${where.vi}`, en: `${verb.en}, ${level.en}: ${where.en}` }
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
    // The channels put title and code before it.
    body: {
      vi: 'Mở bảng điều khiển để xem bằng chứng và xử lý.',
      en: 'Open the console for the evidence and the work.'
    },
    code: incident.id,
    link: `/incidents/${incident.id}`
  }
}

function placeOf(units: readonly UnitRef[]): Bilingual {
  const [first] = units
  if (first === undefined) return { vi: 'chưa rõ đơn vị', en: 'unit not known' }
  const name = first.district === '' ? first.name : `${first.name} (${first.district})`
  const more = units.length - 1
  return more === 0 ? { vi: name, en: name } : { vi: `${name} và ${more} đơn vị nữa`, en: `${name} and ${more} more` }
}
