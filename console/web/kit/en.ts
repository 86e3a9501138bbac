import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'list.loading': 'Loading…',
  'list.failed': (at) => `Could not load since ${at}`,
  'list.retry': 'Try again',
  'list.more': 'Show more',
  'list.asOf': (at) => `as of ${at}`,

  'rule.authorsEnglish': '(the rule’s author)',

  'panel.close': 'Close',
  'panel.full': 'Full page',
  'panel.narrow': 'Narrow',
  'panel.cancel': 'Cancel',
  'form.save': 'Save',

  'copy.copy': 'Copy',
  'copy.done': 'Copied',
  'copy.failed': 'Could not copy',
  'json.cut': (n) => `Only the first ${n} fields are shown.`,

  'table.unit': 'Unit',
  'table.units': 'Scope',
  'table.state': 'State',
  'table.source': 'Source',
  'table.lastHeard': 'Last heard',
  'table.protocol': 'Protocol',
  'table.address': 'Address',
  'table.frames': 'Frames',
  'table.bytes': 'Bytes',
  'table.refused': 'Refused',
  'table.rule': 'Rule',
  'table.logsource': 'Log source',
  'table.matches': 'Matches 24 h',
  'table.falsePositives': 'False positives',
  'table.user': 'User',
  'table.role': 'Role',
  'table.lastSignIn': 'Last sign-in',
  'table.sessions': 'Sessions',
  'table.time': 'Time',
  'table.act': 'Act',
  'table.target': 'Target',
  'table.params': 'Details',
  'table.figure': 'Figure',
  'table.printed': 'As printed',
  'table.recomputed': 'Recomputed'
}
