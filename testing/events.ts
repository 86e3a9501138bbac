import type { EcsEvent, JsonObject } from '#core/event.ts'
import type { JudgedEvent } from '#detector/folds.ts'
import type { CorrelationRule, DetectionRule, SigmaEvent, SigmaPackage } from '#detector/sigma/parse/types.ts'

const base = { file: 'rules/test.yml', line: 1, status: 'test', description: '', tags: [], falsePositives: [] }

/** For tests: a rule that is true for events of one `event.action`. */
export function actionRule(action: string, soc: JsonObject = {}): DetectionRule {
  return {
    ...base,
    kind: 'detection',
    id: `rule-${action}`,
    name: action,
    title: `Action ${action}`,
    level: 'medium',
    custom: { soc },
    text: `action ${action} ${JSON.stringify(soc)}`,
    logsource: {},
    detection: action
  }
}

/** For tests: a correlation over {@link actionRule}s. */
export function correlationRule(
  given: Partial<CorrelationRule> & { id: string },
  soc: JsonObject = {}
): CorrelationRule {
  const rule: CorrelationRule = {
    ...base,
    kind: 'correlation',
    title: `Correlation ${given.id}`,
    level: 'high',
    custom: { soc },
    text: '',
    type: 'event_count',
    rules: ['fail'],
    groupBy: ['source.ip'],
    aliases: {},
    timespanMs: 60_000,
    condition: [{ op: 'gte', value: 3 }],
    fields: [],
    generate: false,
    ...given
  }
  return { ...rule, text: given.text ?? JSON.stringify(rule) }
}

/** For tests: the least engine there can be, without the real one's parser and index. */
export const actionEngine: Pick<SigmaPackage, 'compileRules' | 'toSigmaEvent'> & { listenerNames: string[] } = {
  listenerNames: ['syslog-tcp', 'http'],
  compileRules(rules) {
    const good = rules.filter((rule) => rule.detection !== 'refused')
    const errors = rules
      .filter((rule) => rule.detection === 'refused')
      .map(({ file, line, id, title }) => ({ file, line, code: 'test', message: 'refused', ruleId: id, title }))
    return {
      rules: good,
      errors,
      match(event) {
        if (event.get('event.action') === 'throw') throw new Error('the engine has a fault')
        return good
          .filter((rule) => rule.detection === event.get('event.action'))
          .map((rule) => ({
            rule,
            explain: () => [{ selection: 'selection', field: 'event.action', value: String(rule.detection) }]
          }))
      }
    }
  },
  toSigmaEvent: (document): SigmaEvent => ({
    product: '',
    service: '',
    categories: [],
    get: (field) =>
      field === 'event.action' ? (document['event'] as JsonObject)['action'] : field === 'Sigma' ? 'seen' : undefined
  })
}

/** For tests: one event at a second, received `late` seconds after it. */
export function heard(
  given: { at: number; late?: number; action?: string; unit?: string; origin?: string; sender?: string; id?: string },
  fields: JsonObject = {}
): JudgedEvent {
  const { at, late = 0, action = 'fail', unit = '19849', origin = 'real', sender = 'sender-1' } = given
  const id = given.id ?? `${at}/${late}/${action}/${unit}`
  const event = {
    '@timestamp': new Date(at * 1_000).toISOString(),
    event: { id, created: new Date((at + late) * 1_000).toISOString(), action },
    organization: { id: unit, name: `Unit ${unit}` },
    source: { ip: '192.0.2.7' },
    soc: { origin, sender, sender_unit: unit, listener: 'syslog-tcp', peer: '192.0.2.1:514', parser: 'test' },
    ...fields
  } as EcsEvent
  return { offset: at, event, receivedAt: (at + late) * 1_000, sender }
}
