import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { incidentStatuses } from '#core/api/alerts.ts'
import { manualClock } from '#core/clock.ts'
import { HOUR_MS } from '#core/time.ts'
import { createAlerts, type Turn } from './alerts.ts'
import { actor, inventory, sampleFold, START } from '#testing/folds.ts'
import { openControl } from '#control/database/control.ts'
import { incidentById, saveIncident } from './record/incident-record.ts'
import { nothingTouched } from './record/touched.ts'
import { announceTurn } from './turns.ts'
import { happenings, tellings, transitions, transitionTable } from './transitions.ts'

function bench() {
  const control = openControl(':memory:')
  control
    .sql(`INSERT INTO users (id, username, name, role, password, created_at) VALUES ('u1', 'u1', ?, 'analyst', '', 0)`)
    .run(actor.name)
  const clock = manualClock(START)
  const turns: Turn[] = []
  const context = { control, inventory, clock }
  const alerts = createAlerts({ ...context, onTurn: (turn) => turns.push(turn) })
  const outage = sampleFold({ level: 'critical', rule: 'soc.outage', entity: 'ndxp' })
  const raise = () => alerts.raise(outage)
  const recover = () => alerts.resolve(outage.fingerprint, {})
  const heard = () => turns.splice(0).map(({ kind, incident }) => `${incident.id} ${kind}`)
  return { control, clock, context, alerts, raise, recover, heard, turns }
}

const statuses = incidentStatuses
const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => [from, to] as const))

it.each(pairs)('an incident that goes from %s to %s is told of, or it is said why not', (from, to) => {
  const { context, raise, alerts } = bench()
  raise()
  const telling = transitions[from][to]
  expect(telling).toBeDefined()
  const incident = incidentById(context, 'VL-0001')!
  incident.status = from
  saveIncident(context, incident, nothingTouched())
  const changes = nothingTouched()
  incident.status = to
  saveIncident(context, incident, changes)
  const turns = [...(changes.turns.get('VL-0001') ?? [])]
  expect(turns).toEqual('turn' in telling! ? [telling.turn] : [])
  expect(alerts.incident('VL-0001')!.incident.status).toBe(to)
})

it('an outage that comes back after its recovery is told each time, and nobody is said to have taken it up', () => {
  const { raise, recover, heard } = bench()
  raise()
  expect(heard()).toEqual([`VL-0001 ${happenings.opens.turn}`])
  for (let flap = 0; flap < 3; flap++) {
    recover()
    expect(heard()).toEqual([`VL-0001 ${happenings['what it is about is over'].turn}`])
    raise()
    expect(heard()).toEqual([`VL-0001 ${happenings['comes back while it waits for review'].turn}`])
  }
})

it('it is told whoever had it, and after it was closed by hand', () => {
  const { alerts, clock, raise, recover, heard } = bench()
  raise()
  alerts.actOnIncident('VL-0001', { kind: 'assign', userId: 'u1' }, actor)
  recover()
  expect(heard()).toEqual(['VL-0001 opened', 'VL-0001 taken', 'VL-0001 recovered'])
  raise()
  expect(heard()).toEqual(['VL-0001 again'])
  alerts.actOnIncident('VL-0001', { kind: 'status', status: 'review' }, actor)
  recover()
  expect(heard()).toEqual(['VL-0001 recovered'])
  clock.advance(HOUR_MS / 2)
})

it('merging and taking apart are told, each to whom it concerns', () => {
  const { alerts, turns } = bench()
  alerts.raise(sampleFold({ level: 'critical' }))
  alerts.raise(sampleFold({ level: 'critical', entity: '203.0.113.8', unit: '19852' }))
  turns.length = 0
  alerts.actOnIncident('VL-0001', { kind: 'merge', from: 'VL-0002' }, actor)
  expect(turns.map(({ kind, incident, into }) => [kind, incident.id, into])).toContainEqual([
    happenings['is merged into another'].turn,
    'VL-0002',
    'VL-0001'
  ])
  turns.length = 0
  alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0002' }, actor)
  expect(turns.map(({ kind, incident }) => [kind, incident.id])).toContainEqual(['unmerged', 'VL-0002'])
})

it('every turn has a message, or stops what is on its way', () => {
  const { alerts, raise } = bench()
  raise()
  const { incident } = alerts.incident('VL-0001')!
  for (const kind of Object.keys(tellings) as (keyof typeof tellings)[]) {
    let said = 0
    announceTurn(
      { announce: () => said++, acknowledge: () => said++, forget: () => undefined },
      { kind, incident, ...(kind === 'merged' ? { into: 'VL-0002' } : {}) }
    )
    expect(said, kind).toBe(1)
  }
})

it('docs/notifications.md says what the code does', () => {
  const page = readFileSync('docs/notifications.md', 'utf8')
  for (const line of transitionTable()) expect(page).toContain(line)
})
