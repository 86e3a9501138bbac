import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'search.placeholder': 'Search events, IPs, units, codes CB-, VL-, NV-…',
  'search.query': 'Query',
  'search.example': 'source.ip:203.0.113.24 AND event.outcome:failure',
  'search.range': 'Time range',
  'search.range.15m': 'last 15 minutes',
  'search.range.1h': 'last hour',
  'search.range.24h': 'last 24 hours',
  'search.range.7d': 'last 7 days',
  'search.range.30d': 'last 30 days',
  'search.range.custom': 'from … to …',
  'search.from': 'From',
  'search.to': 'To',
  'search.origin': 'Origin',
  'search.origin.any': 'Real and demonstration',
  'search.go': 'Search',
  'search.running': 'Searching…',
  'search.hits': (n, ms) => `${n} events · ${ms} ms`,
  'search.total': (n, ms) => `${n} events · ${ms} ms`,
  'search.damaged': (days) =>
    `Incomplete: the store of ${days} (day received) is damaged and cannot be read. Its events are missing here.`,
  'search.partial': 'Not complete: the time allowed is over, narrow the range.',
  'search.ceiling': (n) => `Only the first ${n} rows are kept, narrow the query.`,
  'search.results': 'Results',
  'search.wrong': 'The query is not right yet',
  'search.empty': 'No event matches',
  'search.empty.how':
    'Try a wider range, fewer conditions or another unit scope. Syntax: field:value, AND OR NOT, "a phrase", wildcard *.',
  'search.only': (field) => `Only this ${field}`,
  'search.errand.alert': (id) => `Open alert ${id}`,
  'search.errand.incident': (id) => `Open incident ${id}`,
  'search.errand.task': (id) => `Open task ${id}`,
  'search.errand.address': (ip) => `Search events from or to ${ip}`,
  'search.errand.events': (words) => `Search events: ${words}`,
  'search.errand.unit': (name) => `Open unit ${name}`,
  'search.range.wrong': 'The start must come before the end.',
  'search.at': (n) => `At character ${n}`,
  'search.ahead': (n) => `${n} events with a time after now`,
  'search.unseen': (field) => `The field ${field} has not been seen in this range.`,
  'search.unseenNearest': (field, names) => `The field ${field} has not been seen in this range; nearest: ${names}.`,
  'search.wordsOnly': (word) =>
    `Words without a field are searched in the message only; in a field: host.name:${word}, in the whole raw line: event.original:*${word}*.`,
  'search.onlyValue': (field, value) => `Only ${field}: ${value}`,
  'search.without': (field) => `Without this ${field}`,
  'search.withoutValue': (field, value) => `Without ${field}: ${value}`,
  'search.masked': 'masked, cannot be filtered',
  'histogram.label': (n, from, to) => `${n} events from ${from} to ${to}`,
  'histogram.top': (n) => `highest bar ${n}`,

  'event.panel': 'Event details',
  'event.fields': 'Fields',
  'event.fieldsHint': '+ keeps only the value, − leaves it out',
  'event.copy': 'Copy JSON',
  'event.unmask': 'Show masked numbers',
  'event.unmaskTitle': 'This is written to the audit log',
  'event.unmasked': 'real numbers shown, audited',

  'audit.name.event.number_searched': 'searched by digits',
  'audit.name.event.unmasked': 'saw masked numbers',

  'error.query': (p) => `The query is wrong${p['position'] === undefined ? '' : ` at character ${p['position']}`}.`,
  'error.query.bad_field': 'This is not a field name.',
  'error.query.bad_range': 'A range has the form [a TO b] or {a TO b}; * leaves a side open.',
  'error.query.reversed_range': (p) =>
    `The range is reversed or empty: “${p['low'] ?? ''}” must come before “${p['high'] ?? ''}”.`,
  'error.query.mixed_range': 'Both ends of a range must be of one kind: two numbers, dates, addresses or texts.',
  'error.query.bad_date': (p) =>
    `“${p['text'] ?? ''}” is no date or moment; write 30/11/2026, "07:27 30/11/2026", 2026-11-30 or >=now-1h (s, m, h, d, w).`,
  'error.query.bad_address': (p) =>
    `“${p['text'] ?? ''}” is no address or network for “${p['field'] ?? ''}”; write 10.1.2.3, 10.0.0.0/8, 2001:db8::/32 or 10.1.*.`,
  'error.query.bad_bound': (p) =>
    `“${p['field'] ?? ''}” is compared as a number and “${p['text'] ?? ''}” is none; for example ${p['field'] ?? ''}:>=400.`,
  'error.query.write_instead': (p) =>
    `“${p['found'] ?? ''}” is not part of this language; write ${p['instead'] ?? ''}.`,
  'error.query.bad_cursor': 'The list has changed. Search again from the start.',
  'error.query.hidden_number': (p) =>
    `“${p['text'] ?? ''}” could match masked digits (ID, phone, account) that your account may not see. Search by IP address, host, event code or words; or ask somebody who may see masked numbers.`,
  'error.query.missing_operand':
    'A condition is missing beside AND, OR, NOT or inside the parentheses; to search for the word itself write "and".',
  'error.query.missing_value': (p) =>
    p['field'] === undefined ? 'A value is missing.' : `A value must follow “${p['field']}:” at once.`,
  'error.query.no_words': (p) =>
    `“${p['text'] ?? ''}” has no letter or digit to search for; name a field, for example url.path:"…".`,
  'error.query.term_too_long': (p) => `A value is longer than ${p['limit'] ?? ''} characters.`,
  'error.query.too_deep': (p) => `Too many parentheses or NOT inside each other: at most ${p['limit'] ?? ''}.`,
  'error.query.too_long': (p) => `The query is too long: at most ${p['limit'] ?? ''} bytes.`,
  'error.query.too_many_terms': (p) => `Too many conditions: at most ${p['limit'] ?? ''}.`,
  'error.query.too_many_wildcards': (p) => `A value has more than ${p['limit'] ?? ''} wildcards * and ?.`,
  'error.query.unexpected': (p) => `“${p['found'] ?? ''}” is not expected here.`,
  'error.query.unclosed_parenthesis': 'The closing parenthesis is missing.',
  'error.query.unclosed_quote': 'The closing quotation mark is missing.',
  'error.query.time_range': 'The range ends before it begins.',
  'error.event.not_found': 'The event is gone, or it is outside your scope.'
}
