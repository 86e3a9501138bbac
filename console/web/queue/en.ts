import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'queue.title': 'Queue',
  'queue.tabs': 'Groups of alerts',
  'queue.tab.new': 'New',
  'queue.tab.mine': 'Mine',
  'queue.tab.waiting': 'Waiting for unit',
  'queue.tab.escalated': 'Escalated again',
  'queue.tab.archived': 'Hidden until it grows',
  'queue.tab.closed': 'Closed',
  'queue.tab.all': 'All',
  'queue.filter': 'Filter by words',
  'queue.level': 'Severity',
  'queue.level.any': 'Any severity',
  'queue.rule': (name) => `Rule: ${name} ×`,
  'queue.rule.clear': 'Clear rule filter',
  'queue.select': (sentence) => `Select: ${sentence}`,
  'queue.held': (n) => `${n} new ↑`,
  'queue.heldMany': (n) => `more than ${n} new ↑`,
  'queue.count.title': (n) => `${n} times`,
  'queue.lastSeen': (at) => `Last seen ${at}`,
  'queue.deadline': (at) => `Due ${at}`,
  'queue.from': (at) => `from ${at}`,
  'queue.empty.new': 'No new alerts',
  'queue.empty.mine': 'You have taken no alerts',
  'queue.empty.waiting': 'No alert waits for a unit',
  'queue.empty.escalated': 'No alert has escalated again',
  'queue.empty.archived': 'No alert is hidden',
  'queue.empty.closed': 'No alert has been closed yet',
  'queue.empty.all': 'There are no alerts yet',
  'queue.empty.how':
    'Alerts appear here as soon as a rule matches an event. If you filter by unit, severity or words, clear the filter; if no source sends yet, add one on the Sources page.',

  'alert.panel': 'Alert details',
  'alert.times': (n, from, to) => `Times: ${n} · from ${from} to ${to}`,
  'alert.assignee': (name) => `Taken by ${name}`,
  'alert.escalated': 'escalated',
  'alert.reopened': (n) => `reopened ${n}×`,
  'alert.openIncident': (id) => `Open incident ${id}`,
  'alert.returns': (n) => `hidden; comes back at ${n} an hour or at another unit`,
  'alert.status.new': 'new',
  'alert.status.acknowledged': 'acknowledged',
  'alert.status.waiting': 'waiting for unit',
  'alert.status.archived': 'hidden until it grows',
  'alert.status.closed': 'closed',

  'verdict.true_positive': 'True positive',
  'verdict.benign': 'True, benign',
  'verdict.false_positive': 'False positive',
  'verdict.duplicate': 'Duplicate',
  'verdict.test': 'Test',
  'verdict.happened': 'True positive',
  'verdict.short.true_positive': 'true positive',
  'verdict.short.benign': 'benign',
  'verdict.short.false_positive': 'false positive',
  'verdict.short.duplicate': 'duplicate',
  'verdict.short.test': 'test',

  'act.bar': 'Act on the alert',
  'act.onTicked': (n) => `These buttons act on the ${n} selected rows`,
  'act.acknowledge': 'Acknowledge',
  'act.merge': 'Merge into incident',
  'act.note': 'Note',
  'act.assign': 'Assign',
  'act.wait': 'Wait for unit',
  'act.archiveUntil': (n) => `Hide until ${n} an hour`,
  'act.archive': 'Hide until it grows',
  'act.reopen': 'Reopen',
  'act.undo': (seconds) => `Undo · ${seconds} s`,
  'act.undone': 'Undone',
  'act.said.acknowledge': (n) => `${alerts(n)} acknowledged`,
  'act.said.assign': (n) => `${alerts(n)} assigned`,
  'act.said.note': (n) => `Note added to ${alerts(n)}`,
  'act.said.reopen': (n) => `${alerts(n)} reopened`,
  'act.said.undo': (n) => `${alerts(n)} undone`,
  'act.said.wait': (n) => `${alerts(n)} waiting for the unit`,
  'act.said.archive': (n) => `${alerts(n)} hidden until it grows`,
  'act.said.verdict': (n, verdict) => `${alerts(n)} closed: ${verdict}`,
  'act.said.merge': (n, incident) => `${alerts(n)} merged into ${incident}`,

  'bulk.bar': 'Act on the selected rows',
  'bulk.selected': (n) => `${n} selected`,
  'bulk.all': (n) => `Select all ${n}`,
  'bulk.clear': 'Clear selection',
  'note.label': 'Note (everybody who opens this alert reads it)',
  'note.save': 'Save note',

  'merge.new': 'New incident',
  'merge.title': 'Title (left empty, it is taken from the alert)',
  'merge.create': 'Create incident',
  'merge.into': 'or merge into an open incident',
  'merge.none': 'No incident is open.',
  'assign.label': 'Assign to',
  'assign.none': 'There is nobody to assign to.',

  'why.title': 'Why it fired',
  'why.counted': 'Counted over many events, not one field.',
  'why.events': (n) => `${n} events of evidence alike`,
  'why.system': 'System:',
  'why.noProbes': 'This system has no probe that you may see.',
  'why.moreProbes': (n) => `and ${n} more probes`,
  'why.ifFalse':
    'If it is false: close it with the verdict “false positive”, or hide it until it grows. Exceptions cannot be declared yet.',
  'why.noEvidence': 'This rule keeps no event as evidence.',
  'why.falsePositives': 'May be false when',

  'rarity.title': 'Rare?',
  'rarity.entity': 'This entity',
  'rarity.first': 'first time in the province',
  'rarity.seen': (at) => `first seen ${at}`,
  'rarity.units': (units, shown) => `${shown} alerts in ${units} ${plural(units, 'unit', 'units')}`,
  'rarity.history': (n) => (n === 0 ? 'Before' : `${n} ${plural(n, 'time', 'times')} before`),
  'rarity.noHistory': 'never an alert like this before',
  'rarity.noVerdict': 'no verdict so far',
  'rarity.previous': 'see the last one',
  'way.title': 'Way of the alert',
  'way.machine': (took) => `received → raised: ${took}`,
  'hops.notYet': 'not yet',
  'hops.slow': 'slow',

  'hop.event': 'event',
  'hop.received': 'received',
  'hop.matched': 'matched',
  'hop.raised': 'raised',
  'hop.acknowledged': 'acknowledged',

  'original.title': 'Original',
  'original.event': 'Event as read',
  'original.open': 'Open in search',

  'story.alert.opened': 'alert opened',
  'story.alert.acknowledged': 'acknowledged',
  'story.alert.assigned': 'assigned',
  'story.alert.verdict': (p) => `verdict: ${spaced(p['verdict'])}`,
  'story.alert.reopened': 'reopened',
  'story.alert.escalated': (p) =>
    p['why'] === 'new_unit'
      ? 'back on the queue: met at another unit'
      : p['count'] === undefined
        ? 'escalated again'
        : `back on the queue: ${p['count']} in one hour, ${p['peak']} when hidden`,
  'story.alert.archived': (p) =>
    p['hourly'] === undefined ? 'hidden until it grows' : `hidden until ${p['hourly']} an hour or another unit`,
  'story.alert.waiting': 'waiting for the unit',
  'story.alert.level': (p) => `severity by the rule: ${spaced(p['to'])}`,
  'story.alert.undone': 'last act undone',
  'story.alert.recovered': 'root outage over: the system is up again',

  'audit.name.alert': 'acted on alerts',

  'error.alert.unknown': 'There is no such alert, or it is outside your scope.',
  'error.alert.not_found': 'There is no such alert, or it is outside your scope.',
  'error.alert.newer_open': (p) => `Cannot reopen: ${p['open'] ?? 'a newer alert'} of the same kind is open.`,
  'error.undo': 'Cannot be undone any more: 30 seconds are over or somebody else has changed it.'
}

const alerts = (n: number) => `${n} ${plural(n, 'alert', 'alerts')}`

const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

const spaced = (code: string | number | undefined) => String(code ?? '').replaceAll('_', ' ')
