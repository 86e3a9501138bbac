import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AlertAct } from '#core/api/alerts.ts'
import { MINUTE_MS } from '#core/time.ts'
import { actor, closing, colleague, sampleFold, testBench } from '#testing/folds.ts'

function withAlerts(count: number) {
  const bench = testBench()
  for (let index = 0; index < count; index++) {
    bench.alerts.raise(sampleFold({ rule: `rule-${index}`, entity: `203.0.113.${index}` }))
  }
  const act = (ids: string[], given: AlertAct['act'], by = actor) => bench.alerts.act({ ids, act: given }, by)
  const alert = (id: string) => bench.alerts.detail(id)!.alert
  const incident = (id: string) => bench.alerts.incident(id)!.incident
  return { ...bench, act, alert, incident }
}
const nothing = expect.objectContaining({ code: 'undo.nothing', status: 409 })
const false_positive = { kind: 'verdict', verdict: 'false_positive' } as const

it.each([true, false])('leaves alone what the deed had left alone, whether it is named: %s', (named) => {
  const { act, alert } = withAlerts(2)
  act(['CB-0001'], false_positive)
  const { deed } = act(['CB-0001', 'CB-0002'], { kind: 'acknowledge' })
  const answer = act(['CB-0001', 'CB-0002'], { kind: 'undo', ...(named ? { deed: deed! } : {}) })
  expect(answer.skipped).toEqual([])
  expect(alert('CB-0001')).toMatchObject({ status: 'closed', verdict: 'false_positive' })
  expect(alert('CB-0002')).toMatchObject({ status: 'new', assignee: null })
})

it('skips what somebody acted on later and names it', () => {
  const { act, alert } = withAlerts(3)
  const ids = ['CB-0001', 'CB-0002', 'CB-0003']
  const { deed } = act(ids, false_positive)
  act(['CB-0002'], { kind: 'note', text: 'đúng là nhầm' }, colleague)
  expect(act(ids, { kind: 'undo', deed: deed! }).skipped).toEqual(['CB-0002'])
  expect(ids.map((id) => alert(id).status)).toEqual(['new', 'closed', 'new'])
  expect(() => act(ids, { kind: 'undo', deed: deed! })).toThrow(nothing)
})

it('a deed that changed nothing cannot be taken back, nor can that of somebody else', () => {
  const { act, alert } = withAlerts(1)
  const { deed } = act(['CB-0001'], false_positive)
  expect(act(['CB-0001'], { kind: 'acknowledge' }).deed).toBeUndefined()
  expect(() => act(['CB-0001'], { kind: 'undo', deed: deed! }, colleague)).toThrow(nothing)
  expect(() => act(['CB-0001'], { kind: 'undo', deed: '__proto__' })).toThrow(nothing)
  expect(alert('CB-0001').status).toBe('closed')
})

it('goes back over half an hour one by one, the newest first', () => {
  const { act, alert, alerts, clock } = withAlerts(1)
  const id = ['CB-0001']
  act(id, { kind: 'acknowledge' })
  clock.advance(10 * MINUTE_MS)
  act(id, { kind: 'note', text: 'một' })
  act(id, { kind: 'note', text: 'hai' })
  clock.advance(10 * MINUTE_MS)
  act(id, { kind: 'wait' })
  act(id, false_positive)
  clock.advance(10 * MINUTE_MS)
  const notes = () => alerts.detail('CB-0001')!.timeline.filter((entry) => entry.act === 'note').length
  const states = () => [alert('CB-0001').status, notes()]
  const seen = [states()]
  for (let step = 0; step < 5; step++) {
    act(id, { kind: 'undo' })
    seen.push(states())
  }
  expect(seen).toEqual([
    ['closed', 2],
    ['waiting', 2],
    ['acknowledged', 2],
    ['acknowledged', 1],
    ['acknowledged', 0],
    ['new', 0]
  ])
  expect(() => act(id, { kind: 'undo' })).toThrow(nothing)
})

it('an undone merge never opens an incident that a person had closed', () => {
  const { act, alerts, incident, alert } = withAlerts(2)
  act(['CB-0001'], { kind: 'merge', incident: null })
  alerts.actOnIncident('VL-0001', closing, colleague)
  act(['CB-0001', 'CB-0002'], { kind: 'merge', incident: null })
  act(['CB-0001', 'CB-0002'], { kind: 'undo' })
  expect(incident('VL-0001')).toMatchObject({ status: 'closed', alerts: 1 })
  expect(alert('CB-0001').incident).toBe('VL-0001')
  expect(alert('CB-0002').incident).toBeNull()
})

it('an undone merge gives the state before: new stays new with nobody', () => {
  const { act, alerts, incident } = withAlerts(1)
  alerts.raise(sampleFold({ level: 'critical', entity: 'x', rule: 'x' }))
  const before = incident('VL-0001')
  expect(before).toMatchObject({ status: 'new', assignee: null })
  act(['CB-0002', 'CB-0001'], { kind: 'merge', incident: null })
  expect(incident('VL-0001').status).toBe('closed')
  act(['CB-0002', 'CB-0001'], { kind: 'undo' })
  expect(incident('VL-0001')).toEqual({ ...before, revision: expect.any(Number) })
})

it('a verdict is not taken back inside an incident that was closed since', () => {
  const { act, alerts, alert } = withAlerts(2)
  act(['CB-0001', 'CB-0002'], { kind: 'merge', incident: null })
  act(['CB-0001'], { kind: 'verdict', verdict: 'benign' })
  alerts.actOnIncident('VL-0001', closing, colleague)
  expect(() => act(['CB-0001'], { kind: 'undo' })).toThrow(nothing)
  expect(alert('CB-0001')).toMatchObject({ status: 'closed', verdict: 'benign' })
})

it('whatever two people do, an undo brings back the state before that deed, and touches no alert of the other', () => {
  const kinds = [
    { kind: 'acknowledge' },
    { kind: 'wait' },
    { kind: 'archive' },
    { kind: 'reopen' },
    false_positive,
    { kind: 'merge', incident: null }
  ] as const satisfies AlertAct['act'][]
  const ids = ['CB-0001', 'CB-0002', 'CB-0003']
  const step = fc.record({
    by: fc.constantFrom(actor, colleague),
    act: fc.constantFrom(...kinds),
    ids: fc.subarray(ids, { minLength: 1 })
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), step, fc.option(step, { nil: undefined }), (past, own, later) => {
      const { act, alert, control } = withAlerts(3)
      for (const one of past) act(one.ids, one.act, one.by)
      const stands = () =>
        Object.fromEntries(
          ids.map((id) => {
            const { revision: _grows, ...rest } = alert(id)
            return [id, rest]
          })
        )
      const before = stands()
      const { deed } = act(own.ids, own.act, actor)
      if (later !== undefined) act(later.ids, later.act, colleague)
      const between = stands()
      const theirs = new Set(
        control
          .all<{ seq: number }>(
            `SELECT DISTINCT alert_seq AS seq FROM alert_acts WHERE user_id = 'u2' AND id > (SELECT MAX(id) FROM alert_acts WHERE deed = ?)`,
            deed ?? ''
          )
          .map(({ seq }) => ids[seq - 1])
      )
      if (deed === undefined) return
      const changed = control.all<{ seq: number }>('SELECT alert_seq AS seq FROM alert_acts WHERE deed = ?', deed)
      const mine = new Set(changed.map(({ seq }) => ids[seq - 1]))
      let skipped: string[] = []
      try {
        skipped = act(own.ids, { kind: 'undo', deed }).skipped ?? []
      } catch (error) {
        expect(error).toEqual(nothing)
        skipped = ids.filter((id) => mine.has(id))
      }
      expect(skipped).toEqual(ids.filter((id) => mine.has(id) && theirs.has(id)))
      const now = stands()
      for (const id of ids) {
        expect(now[id]).toEqual(mine.has(id) && !theirs.has(id) ? before[id] : between[id])
      }
    }),
    { seed: 9, numRuns: 150 }
  )
})
