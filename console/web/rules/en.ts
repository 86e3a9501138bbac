import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
'rules.title': 'Rules',
'rules.remark': (n, broken, at) => `${n} rules · ${broken} broken · loaded ${at}`,
'rules.filter': 'Filter by title, tag, file',
'rules.empty': 'No rule matches',
'rules.empty.how': 'Rules are Sigma YAML files in the rules folder; a new file is loaded as soon as it is saved.',

'rule.panel': 'Rule details',
'rule.state.all': 'All',
'rule.state.live': 'Live',
'rule.state.off': 'Off',
'rule.state.broken': 'Broken',
'rule.kind.detection': 'detection',
'rule.kind.correlation': 'correlation',
'rule.kind.built_in': 'built in',
'rule.counts.event_count': 'counts events',
'rule.counts.value_count': 'counts distinct values',
'rule.byPlatform': 'judged by the platform',
'rule.maturity.stable': 'stable',
'rule.maturity.test': 'test',
'rule.maturity.experimental': 'experimental',
'rule.maturity.deprecated': 'deprecated',
'rule.maturity.unsupported': 'unsupported',
'rule.line': (kind, file) => (file === '' ? kind : `${kind} · ${file}`),
'rule.alerts': 'Alerts of this rule',
'rule.figures': 'State',
'rule.noVerdicts': 'no verdicts yet',
'rule.status': 'Maturity',
'rule.version': 'Version',
'rule.file': 'File',
'rule.id': 'Rule id',
'rule.text': 'Text',

'error.rule.not_found': 'There is no such rule.',
}
