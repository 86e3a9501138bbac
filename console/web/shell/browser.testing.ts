import type { AlertRow } from '#core/api/alerts.ts'

/** An alert as the API sends it, for tests; only what matters to a test is said. */
export function alertRow(id: string, more: Partial<AlertRow> = {}): AlertRow {
  return {
    id,
    revision: 1,
    ruleId: 'rule-1',
    title: { vi: 'Luật', en: 'Rule' },
    sentence: { vi: `Câu ${id}`, en: `Sentence ${id}` },
    level: 'high',
    origin: 'real',
    status: 'new',
    verdict: null,
    unit: { code: '19849', name: 'Xã Phong Thu', district: 'Phong Điền' },
    entity: [{ field: 'source.ip', value: '203.0.113.24' }],
    count: 1,
    trend: [],
    firstSeen: 1000,
    lastSeen: 2000,
    raisedAt: 2000,
    assignee: null,
    incident: null,
    escalated: false,
    reopened: 0,
    deadline: null,
    returnsAt: 3,
    ...more
  }
}
