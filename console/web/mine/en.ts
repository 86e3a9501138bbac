import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'mine.title': 'My units',
  'mine.quiet': 'No alert is open.',
  'mine.open': (n, shown) => `${shown} open ${n === 1 ? 'alert' : 'alerts'}; the SOC follows them with you.`,
  'mine.alerts': 'Open alerts',
  'mine.all': 'See all alerts',
  'mine.empty': 'No open alerts',
  'mine.empty.how': 'When a rule matches a log of your unit, the alert appears here at once.',
  'mine.sources': 'Log sources',
  'mine.noSources': 'No source of your units sends yet. Ask the SOC to declare one.',
  'mine.units': 'State of the units',
  'mine.tasks': 'To do',
  'mine.tasks.none': 'The SOC asks for nothing',
  'mine.tasks.how':
    'When the SOC needs something of the unit it stands here with its deadline; contacts also get a message with a link.',
  'mine.tasks.open': (n) => (n === 1 ? '1 task to do' : `${n} tasks to do`),
  'mine.tasks.ended': 'Ended tasks',
  'mine.systems': 'Systems of the unit',
  'mine.systems.none': 'The catalogue names no system that the unit answers for.',
  'mine.contacts': 'Contacts of the unit',
  'mine.contacts.none': 'No contacts: the SOC does not know whom to write to. Ask the SOC’s administrator to add one.'
}
