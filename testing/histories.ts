import fc from 'fast-check'
import type { AlertAct, IncidentAct } from '#core/api/alerts.ts'
import { manualClock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { levels, type Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { HOUR_MS, ictDay, MINUTE_MS } from '#core/time.ts'
import { keepChange } from '#control/senders/feeds.ts'
import { SPOOL, sampleBatch, sampleFold } from './folds.ts'
import { testConsole } from './console.ts'
import { actsOn } from './sample-period.ts'

/*
 * Random histories of a platform on which the real province and a demonstration run side by side: what detectors and people
 * do, through the real services. For tests that count afterwards.
 */

/** Few units, so that alerts of several rules meet at one: two communes, a district, a department. */
const places = ['19849', '19750', '19822', '474', 'H57.vpub'] as const
const origins = ['real', 'demonstration'] as const

const raise = fc.record({
  kind: fc.constant('raise' as const),
  origin: fc.constantFrom<Origin>(...origins),
  unit: fc.nat(places.length - 1),
  rule: fc.nat(3),
  entity: fc.nat(2),
  level: fc.constantFrom<Level>(...levels),
  delayMs: fc.nat(HOUR_MS)
})
const judge = fc.record({
  kind: fc.constant('alert' as const),
  alert: fc.nat(40),
  by: fc.nat(1),
  act: fc.constantFrom(
    ...(['acknowledge', 'assign', 'true_positive', 'false_positive', 'benign', 'note', 'reopen', 'wait'] as const),
    ...(['archive', 'merge-new', 'merge-into', 'undo'] as const)
  ),
  incident: fc.nat(20)
})
const handle = fc.record({
  kind: fc.constant('incident' as const),
  incident: fc.nat(20),
  other: fc.nat(20),
  act: fc.constantFrom(
    ...(['in_progress', 'waiting', 'review', 'closed', 'closed', 'assign', 'nobody'] as const),
    ...(['merge', 'unmerge', 'release', 'release-new'] as const)
  )
})
const log = fc.record({
  kind: fc.constant('log' as const),
  origin: fc.constantFrom<Origin>(...origins),
  unit: fc.nat(places.length - 1),
  about: fc.nat(places.length - 1),
  events: fc.integer({ min: 1, max: 5_000 })
})
const pause = fc.record({ kind: fc.constant('switch' as const), sender: fc.nat(8), on: fc.boolean() })
const ask = fc.record({
  kind: fc.constant('ask' as const),
  alert: fc.nat(40),
  unit: fc.nat(places.length - 1),
  hours: fc.integer({ min: 1, max: 30 }),
  told: fc.boolean()
})
const answer = fc.record({
  kind: fc.constant('answer' as const),
  task: fc.nat(8),
  act: fc.constantFrom('received', 'doing', 'done', 'not_ours', 'question', 'extend', 'withdraw', 'reopen')
})

/** One thing that happens, after some time has passed. */
export const historyStep = fc.tuple(
  fc.oneof(fc.nat(20_000), fc.integer({ min: MINUTE_MS, max: 8 * HOUR_MS })),
  fc.oneof({ arbitrary: raise, weight: 5 }, { arbitrary: judge, weight: 5 }, handle, handle, log, pause, ask, answer)
)
type Step = typeof historyStep extends fc.Arbitrary<infer T> ? T : never
type Happening = Step[1]

function alertActOf(
  { act }: Extract<Happening, { kind: 'alert' }>,
  incident: string | null,
  userId: string
): AlertAct['act'] {
  switch (act) {
    case 'merge-new':
    case 'merge-into':
      return { kind: 'merge', incident }
    case 'true_positive':
    case 'false_positive':
    case 'benign':
      return { kind: 'verdict', verdict: act }
    case 'assign':
      return { kind: act, userId }
    case 'note':
      return { kind: act, text: 'ghi chú' }
    default:
      return { kind: act }
  }
}

function incidentActOf(
  act: Extract<Happening, { kind: 'incident' }>['act'],
  { from, alerts, userId }: { from: string; alerts: string[]; userId: string }
): IncidentAct {
  switch (act) {
    case 'assign':
    case 'nobody':
      return { kind: 'assign', userId: act === 'assign' ? userId : null }
    case 'merge':
    case 'unmerge':
      return { kind: act, from }
    case 'release':
    case 'release-new':
      return { kind: 'release', alerts, into: act === 'release' ? null : 'new' }
    default:
      return { kind: 'status', status: act }
  }
}

/** A console on which nothing happened yet, and a hand that lets things happen to it. */
export function historyOn(start: number) {
  const test = testConsole({ quiet: true, clock: manualClock(start) })
  const people = [test.person('analyst'), test.person('analyst')]
  const { clock, control } = test.parts
  const acts = actsOn(control)
  let offset = 0

  function happen(happening: Happening) {
    try {
      control.transaction(() => handlers(happening))
    } catch (error) {
      // What the platform refuses did not happen.
      if (!(error instanceof SocError)) throw error
    }
  }
  const picked = <T>(table: string, index: number): T | undefined => {
    const all = control.all<T & { id: string }>(`SELECT * FROM ${table} ORDER BY rowid`)
    return all.length === 0 ? undefined : all[index % all.length]
  }
  const commit = (batch: Partial<ReturnType<typeof sampleBatch>>) =>
    test.parts.alerts.commit({ ...sampleBatch(++offset, offset, []), ...batch }, SPOOL)

  function handlers(happening: Happening) {
    switch (happening.kind) {
      case 'raise': {
        const { origin, level, delayMs } = happening
        const of = { rule: `rule-${happening.rule}`, entity: `203.0.113.${happening.entity}`, origin, level }
        const now = clock.now()
        commit({ folds: [sampleFold({ ...of, unit: places[happening.unit]!, receivedAt: now - delayMs }, now)] })
        return
      }
      case 'log': {
        const [unit, about] = [places[happening.unit]!, places[happening.about]!]
        const { origin, events } = happening
        const sender = acts.connect(clock.now(), unit, origin)
        const counted = { day: ictDay(clock.now()), origin, events, firstAt: clock.now(), lastAt: clock.now() }
        commit({ activity: [{ ...counted, unit: about }], sent: [{ ...counted, sender, unit }] })
        return
      }
      case 'switch': {
        const sender = picked<{ id: string; unit: string; origin: Origin }>('senders', happening.sender)
        if (sender === undefined) return
        control.sql('UPDATE senders SET enabled = ? WHERE id = ?').run(happening.on ? 1 : 0, sender.id)
        keepChange(control, clock.now(), { ...sender, enabled: happening.on })
        return
      }
      case 'alert':
        return onAlert(happening)
      case 'incident':
        return onIncident(happening)
      case 'ask': {
        const alert = picked<{ id: string }>('alerts', happening.alert)
        if (alert === undefined) return
        const text = { vi: `Việc ${offset} lúc ${clock.now()}`, en: '' }
        const { task } = test.parts.tasks.send(
          {
            ...{
              unit: places[happening.unit]!,
              alerts: [alert.id],
              incident: null,
              title: text,
              what: text,
              steps: []
            },
            ...{ deadline: clock.now() + happening.hours * HOUR_MS, contact: null }
          },
          person(0)
        )
        // Whether the message reached anybody.
        if (happening.told) control.sql('UPDATE tasks SET told_at = created_at WHERE id = ?').run(task.id)
        return
      }
      case 'answer': {
        const task = picked<{ id: string }>('tasks', happening.task)
        if (task === undefined) return
        const { act } = happening
        const text = 'trả lời'
        const deadline = clock.now() + 2 * HOUR_MS
        if (act === 'extend' || act === 'reopen' || act === 'withdraw')
          test.parts.tasks.act(task.id, { kind: act, deadline, text }, person(0))
        else test.parts.tasks.answer(task.id, { kind: act as 'doing', text }, { id: 'unit', name: 'Cán bộ xã' })
        return
      }
    }
  }

  const person = (index: number) => ({ id: people[index]!.id, name: `Người trực ${index}` })

  function onAlert(happening: Extract<Happening, { kind: 'alert' }>) {
    const alert = picked<{ id: string }>('alerts', happening.alert)
    if (alert === undefined) return
    const { act } = happening
    const by = person(happening.by)
    const into = act === 'merge-into' ? (picked<{ id: string }>('incidents', happening.incident)?.id ?? null) : null
    test.parts.alerts.act(
      {
        ids: [alert.id],
        act: alertActOf(happening, into, people[1 - happening.by]!.id)
      },
      by
    )
  }

  function onIncident(happening: Extract<Happening, { kind: 'incident' }>) {
    const incident = picked<{ id: string }>('incidents', happening.incident)
    const other = picked<{ id: string }>('incidents', happening.other)
    if (incident === undefined || other === undefined) return
    const inside = control.all<{ id: string }>('SELECT id FROM alerts WHERE incident_id = ? ORDER BY seq', incident.id)
    const alerts = inside.slice(0, 1).map(({ id }) => id)
    test.parts.alerts.actOnIncident(
      incident.id,
      incidentActOf(happening.act, { from: other.id, alerts, userId: person(0).id }),
      person(0)
    )
  }

  return {
    test,
    /** Lets these things happen, one after the other; stops before what would happen at `until` or later. */
    play(steps: readonly Step[], until = Infinity) {
      for (const [pause, happening] of steps) {
        if (clock.now() + pause + 1 >= until) break
        clock.advance(pause + 1)
        happen(happening)
      }
    },
    /** Later than everything that has happened: figures speak of what lies before their moment, and are kept for 10 s. */
    settle: () => clock.advance(11_000)
  }
}
export type History = ReturnType<typeof historyOn>
