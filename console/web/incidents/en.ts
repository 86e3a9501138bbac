import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'related.title': 'Related',
  'related.window': '± 1 hour',
  'related.none': 'No other alert of the same entity or unit.',
  'related.more': (n) => `and ${n} more`,

  'incidents.title': 'Incidents',
  'incidents.total': (n) => `${n} incidents`,
  'incidents.empty': 'No incidents here',
  'incidents.empty.how':
    'An incident opens by itself for a critical alert or two rules on one entity within an hour; or by hand: select alerts in the queue and press m.',

  'incident.status.open': 'Open',
  'incident.status.new': 'New',
  'incident.status.in_progress': 'In progress',
  'incident.status.waiting': 'Waiting for unit',
  'incident.status.review': 'Review',
  'incident.status.closed': 'Closed',
  'incident.status.all': 'All',
  'incident.reason.critical_alert': 'critical alert',
  'incident.reason.two_rules_one_entity': 'two rules on one entity',
  'incident.reason.root_outage': 'root outage',
  'incident.reason.outage_with_alert': 'outage together with an alert',
  'incident.reason.by_hand': 'opened by hand',
  'incident.nobody': 'nobody assigned',
  'incident.moreUnits': (n) => ` and ${n} more`,
  'incident.alerts': (n, shown) => `${shown} ${plural(n, 'alert', 'alerts')}`,
  'incident.alertsTitle': 'Alerts of the incident',
  'incident.noAlerts': 'This incident has no alerts left.',
  'incident.opened': (at) => `opened ${at}`,
  'incident.back': '← Incidents',
  'incident.acts': 'Work on the incident',
  'incident.statusLabel': 'Status',
  'incident.assigneeLabel': 'Assignee',
  'incident.rename': 'Rename',
  'incident.titleLabel': 'Title of the incident',
  'incident.merge': 'Merge another one here',
  'incident.mergeLabel': 'Number of the incident to merge here, e.g. VL-0231',
  'incident.merged.title': 'Merged into this one',
  'incident.merged.row': (id, n) => `${id} · ${n} alerts`,
  'incident.unmerge': (id) => `Take ${id} out`,
  'incident.release': 'Take alerts out',
  'incident.release.which': 'Choose alerts that leave this incident',
  'incident.release.new': 'Into a new incident',
  'incident.release.none': 'Into none',
  'incident.note': 'Write into the story',
  'incident.saved': 'Saved',

  'story.title': 'Story',
  'story.none': 'Nothing has happened yet.',
  'story.system': 'system',
  'story.note': 'note',
  'story.note.withdrawn': 'note withdrawn',
  'story.incident.opened': (p) => `incident opened: ${spaced(p['reason'])}`,
  'story.incident.assigned': 'assignee changed',
  'story.incident.status': (p) => `status: ${spaced(p['to'])}`,
  'story.incident.title': 'renamed',
  'story.incident.merged': (p) => `${p['from']} merged into ${p['into']}`,
  'story.incident.heard': (p) => `${p['by']} took it up, answering the message`,
  'story.incident.reopened': 'incident opened again',
  'story.incident.alert_left': (p) => `alert ${p['alert'] ?? ''} taken out`,
  'story.incident.unmerged': (p) => `${p['from']} taken out of ${p['into']} again`,
  'story.incident.outage_after_alert': (p) => `down ${p['minutes']} min after alert ${p['alert']}`,
  'story.incident.alert_after_outage': (p) => `alert ${p['alert']} came ${p['minutes']} min after it went down`,
  'story.incident.alert_joined': (p) => `alert ${p['alert'] ?? ''} joined`,
  'story.incident.emptied': 'no alerts left',

  'audit.name.incident': 'acted on an incident',

  'error.incident.not_merged': 'That incident is not merged into this one, or not any more.',
  'error.incident.not_found': 'There is no such incident, or it is outside your scope.',
  'error.incident.unknown': 'There is no such incident.',
  'error.incident.closed': (p) => `${p['id'] ?? 'The incident'} is closed.`,
  'error.incident.merged': (p) => `${p['id'] ?? 'The incident'} was merged into ${p['into'] ?? 'another one'}.`,
  'error.incident.itself': 'An incident cannot be merged into itself.',
  'error.incident.origins': 'Demonstration and real data never mix in one incident.'
}

const spaced = (code: string | number | undefined) => String(code ?? '').replaceAll('_', ' ')

const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)
