import { expect, it } from 'vitest'
import { verdicts } from '#core/api/alerts.ts'
import { actor, closing, colleague, sampleFold, testBench } from '#testing/folds.ts'

/** An incident of three alerts: one new, one judged already, one archived. */
function withThree() {
  const bench = testBench()
  for (const rule of ['a', 'b', 'c']) bench.alerts.raise(sampleFold({ rule, entity: rule }))
  const ids = ['CB-0001', 'CB-0002', 'CB-0003']
  bench.alerts.act({ ids, act: { kind: 'merge', incident: null } }, actor)
  bench.alerts.act({ ids: ['CB-0002'], act: { kind: 'verdict', verdict: 'duplicate' } }, actor)
  bench.alerts.act({ ids: ['CB-0003'], act: { kind: 'archive' } }, actor)
  const close = (act: object) =>
    bench.alerts.actOnIncident('VL-0001', { kind: 'status', status: 'closed', ...act }, colleague)
  const alert = (id: string) => bench.alerts.detail(id)!.alert
  return { ...bench, close, alert }
}

const sentence = 'Máy quét của tỉnh, đã báo đơn vị.'

it.each([
  ['incident.verdict_needed', {}],
  ['incident.verdict_needed', { conclusion: sentence }],
  ['incident.conclusion_needed', { verdict: 'benign' }],
  ['incident.conclusion_needed', { verdict: 'benign', conclusion: '' }],
  ['incident.conclusion_needed', { verdict: 'benign', conclusion: ' \n\t' }],
  ['incident.conclusion_needed', { verdict: 'benign', conclusion: '...' }],
  ['incident.conclusion_needed', { verdict: 'benign', note: sentence }]
])('closing is refused as %s with %j, and nothing has changed', (code, act) => {
  const { alerts, close } = withThree()
  const before = alerts.incident('VL-0001')
  expect(() => close(act)).toThrow(expect.objectContaining({ code, status: 422 }))
  expect(alerts.incident('VL-0001')).toEqual(before)
})

it.each(verdicts)('closing as %s closes the open alerts with it, in the same deed', (verdict) => {
  const { alerts, alert, close, pushed } = withThree()
  pushed.length = 0
  const detail = close({ verdict, conclusion: `  ${sentence} ` })
  expect(pushed).toHaveLength(1)
  expect(detail.incident.status).toBe('closed')
  expect(alert('CB-0001')).toMatchObject({ status: 'closed', verdict, assignee: { id: 'u2' } })
  // What was judged keeps its verdict, what was put away until it grows stays away.
  expect(alert('CB-0002')).toMatchObject({ status: 'closed', verdict: 'duplicate' })
  expect(alert('CB-0003').status).toBe('archived')
  expect(detail.timeline.slice(-2)).toMatchObject([
    { act: 'alert.verdict', params: { verdict }, by: { id: 'u2' } },
    { act: 'incident.status', params: { to: 'closed', verdict }, text: sentence, by: { id: 'u2' } }
  ])
  expect(alerts.detail('CB-0001')!.timeline.at(-1)).toMatchObject({ act: 'alert.verdict', params: { verdict } })
})

it('sent twice it changes nothing the second time', () => {
  const { close } = withThree()
  const once = close({ verdict: 'benign', conclusion: sentence })
  expect(close({ verdict: 'benign', conclusion: sentence })).toEqual(once)
})

it('the legal clocks of a closed incident stop, and run again when it is opened again', () => {
  const { alerts, close } = withThree()
  const running = alerts.incident('VL-0001')!.clocks
  expect(running).toHaveLength(4)
  expect(close(closing).clocks).toEqual([])
  const again = alerts.actOnIncident('VL-0001', { kind: 'status', status: 'in_progress' }, actor)
  expect(again.clocks).toEqual(running)
})

it('an undo on an alert does not open it inside the closed incident', () => {
  const { alerts, alert, close } = withThree()
  close(closing)
  const undo = () => alerts.act({ ids: ['CB-0001'], act: { kind: 'undo' } }, colleague)
  expect(undo).toThrow(expect.objectContaining({ code: 'undo.nothing' }))
  expect(alert('CB-0001').status).toBe('closed')
})
