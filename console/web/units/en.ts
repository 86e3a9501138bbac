import { unitFeedWords, unitStateWords } from '#core/unit-states.ts'
import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'units.title': 'Units',
  'units.counts': (communes, districts) =>
    `${s(communes, 'commune', 'communes')}, ${s(districts, 'district', 'districts')} and the departments`,
  'units.byDistrict': 'By district',
  'units.byMap': 'Map',
  'units.districts': 'Districts',
  'units.departments': 'Departments',
  'units.communes': (n) => s(n, 'commune', 'communes'),
  'units.districtSelf': 'District level',
  'units.mine': 'Communes',
  'units.empty': 'No unit in this scope',
  'units.empty.how': 'Choose another scope in the top bar.',

  'unit.panel': 'Unit details',
  'unit.unassigned': 'Unknown unit',
  'unit.state.quiet': unitStateWords.quiet.en,
  'unit.state.watch': unitStateWords.watch.en,
  'unit.state.incident': unitStateWords.incident.en,
  'unit.state.sending': unitFeedWords.sending.en,
  'unit.state.silent': unitStateWords.silent.en,
  'unit.state.paused': unitStateWords.paused.en,
  'unit.state.none': unitStateWords.none.en,
  'unit.stateLong.quiet': 'The unit’s sources send, and nothing is open.',
  'unit.stateLong.watch': 'Alerts are open, or a task is late.',
  'unit.stateLong.incident': 'An incident is open.',
  'unit.stateLong.silent': 'A source has stopped sending: nothing can be concluded.',
  'unit.stateLong.paused': 'Every connected source is switched off: nothing can be concluded.',
  'unit.stateLong.none': 'No source of the unit ever sent a log: there is nothing to conclude from.',
  'unit.below': (incident, watch) =>
    `in communes below: ${[incident > 0 ? `${incident} with an incident` : '', watch > 0 ? `${watch} to watch` : ''].filter(Boolean).join(', ')}`,
  'unit.kind.commune': 'commune level',
  'unit.kind.district': 'district level',
  'unit.kind.department': 'department',
  'unit.never': 'never heard',
  'unit.lastSeen': (at) => `last heard ${at}`,
  'unit.ago': (age) => `${age} ago`,
  'unit.alerts': (n, shown) => `${shown} open ${n === 1 ? 'alert' : 'alerts'}`,
  'unit.way.queue': 'Alerts',
  'unit.way.incidents': 'Incidents',
  'unit.way.search': 'Events',
  'unit.way.sources': 'Sources',
  'unit.figures': 'State',
  'unit.lastSeenLabel': 'Last heard',
  'unit.sourcesLabel': 'Sources',
  'unit.alertsLabel': 'Open alerts',
  'unit.incidentsLabel': 'Open incidents',
  'unit.worst': (level) => `worst: ${level}`,
  'unit.contacts': 'Contacts',
  'unit.noContacts': 'No contacts yet. An administrator fills them in here, so that the shift knows whom to call.',
  'unit.editContacts': 'Edit contacts',
  'unit.contactsSaved': 'Contacts saved',
  'unit.contact': (n) => `Contact ${n}`,
  'unit.systems': 'Systems',
  'unit.noSystems': 'The inventory names no system of this unit.',
  'unit.successors': 'After the reorganisation',

  'contact.name': 'Name',
  'contact.role': 'Position',
  'contact.phone': 'Phone',
  'contact.email': 'E-mail',
  'contact.add': 'Add a person',
  'contact.remove': 'Remove',

  'audit.name.contacts.replaced': 'changed contacts',

  'error.unit.unknown': (p) => `There is no unit ${p['unit'] ?? ''}.`,
  'error.unit.required': 'At least one unit must be chosen.',
  'error.unit.not_found': 'There is no such unit, or it is outside your scope.'
}

const s = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`
