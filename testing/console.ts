import { readSettings } from '../cli/settings.ts'
import { manualClock } from '#core/clock.ts'
import type { AlertDetail, AlertRow, IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import type { EcsEvent } from '#core/event.ts'
import type { LedgerRow } from '#core/ledger.ts'
import { SocError } from '#core/errors.ts'
import type { Role } from '#core/roles.ts'
import { loadInventory } from '#province/load.ts'
import { openControl, type Control } from '#control/database/control.ts'
import type { DeadLetter } from '#core/store-entry.ts'
import type { SearchHit } from '#core/event-search.ts'
import { hashPassword } from '#control/accounts/password.ts'
import { createConsole } from '#console/server/console.ts'
import type { App, ConsoleParts, Context } from '#console/server/context.ts'
import { openControlPlane } from '#control/control-plane.ts'
import type { DemonstrationRecord } from '#control/demonstration.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import { testKeys } from './notifications.ts'
import { inScope } from '#control/rights/scope.ts'

/*
 * A console for tests: the real one on a control database in memory and the real inventory. What other parts of the
 * platform answer (alerts, events, ledger) are plain values here, kept in `world` for a test to look at and change.
 */

export const START = Date.UTC(2023, 10, 30, 3, 0, 0)
/** Two communes of different districts, and the district of the first. */
export const OWN = '19750'
export const FOREIGN = '19822'
/** A citizen number and a phone number that must never be seen whole. */
export const CITIZEN = '046201001289'
export const PHONE = '0912345678'
/** Markup as an attacker writes it into a log. */
export const SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'

const inventory = loadInventory('2023-11-30')

export function alertRow(id: string, unit: string, more: Partial<AlertRow> = {}): AlertRow {
  return {
    id,
    revision: 1,
    ruleId: 'rule-1',
    title: { vi: 'Dò mật khẩu SSH', en: 'SSH password guessing' },
    sentence: { vi: `Tra cứu ${CITIZEN} từ ${SCRIPT}`, en: `Look-up of ${CITIZEN} from ${SCRIPT}` },
    level: 'high',
    origin: 'real',
    status: 'new',
    verdict: null,
    unit: inventory.label(unit),
    entity: [{ field: 'user.phone', value: PHONE }],
    count: 17,
    trend: [0, 1, 2],
    firstSeen: START,
    lastSeen: START,
    raisedAt: START,
    assignee: null,
    incident: null,
    escalated: false,
    reopened: 0,
    deadline: null,
    returnsAt: null,
    ...more
  }
}

export function incidentRow(id: string, units: string[], more: Partial<IncidentRow> = {}): IncidentRow {
  return {
    id,
    revision: 1,
    title: { vi: 'Sự cố', en: 'Incident' },
    level: 'critical',
    origin: 'real',
    status: 'new',
    units: units.map((unit) => inventory.label(unit)),
    alerts: units.length,
    openedAt: START,
    lastSeen: START,
    assignee: null,
    reason: 'critical_alert',
    deadline: null,
    ...more
  }
}

export function event(id: string, unit: string, senderUnit = unit): EcsEvent {
  return {
    '@timestamp': new Date(START).toISOString(),
    event: { id, created: new Date(START).toISOString(), kind: 'event', original: `cccd=${CITIZEN} ${SCRIPT}` },
    message: `GET /tra-cuu?so=${CITIZEN} ${SCRIPT}`,
    user: { phone: PHONE },
    organization: { id: unit, name: inventory.label(unit).name },
    soc: { origin: 'real', sender: 's', sender_unit: senderUnit, listener: 'http', peer: '192.0.2.1:1', parser: 'ecs' }
  }
}

export function ledgerRow(sender: string, more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    sender,
    origin: 'real',
    received: 10,
    lastReceivedAt: START,
    stored: 8,
    duplicate: 0,
    joined: 0,
    dead_lettered: 1,
    dropped: 0,
    queued: 1,
    ...more
  }
}

function detailOf(alert: AlertRow, related: AlertRow[]): AlertDetail {
  return {
    alert,
    rule: {
      id: alert.ruleId,
      version: 'v',
      title: alert.title,
      description: SCRIPT,
      tags: ['attack.t1110.001'],
      falsePositives: []
    },
    evidence: [
      {
        eventId: 'e',
        time: START,
        matched: [{ selection: 's', field: 'message', value: CITIZEN }],
        original: `cccd=${CITIZEN}`,
        event: event('e', alert.unit.code)
      }
    ],
    hops: { event: START, received: START, matched: START, raised: START, acknowledged: null },
    history: { total: 0, byVerdict: {} },
    related,
    rarity: { firstSeen: START, units: 1, alerts: 1 },
    previous: null,
    timeline: [{ id: '1', at: START, act: 'note', by: null, text: `gọi ${PHONE}`, params: {}, unit: alert.unit.code }]
  }
}

export type World = {
  alerts: AlertRow[]
  incidents: IncidentDetail[]
  events: SearchHit[]
  letters: DeadLetter[]
  ledger: LedgerRow[]
  asked: unknown[]
  snapshots: unknown[]
  replayed: string[][]
  demonstration: { running: boolean; startedAt: number } | null
  failing: boolean
}

function worldOf(): World {
  const alerts = [alertRow('a-own', OWN), alertRow('a-foreign', FOREIGN)]
  const timeline = [OWN, FOREIGN, null].map((unit, index) => ({
    id: String(index),
    at: START,
    act: 'note',
    by: null,
    text: `ghi chú ${unit ?? 'chung'} ${CITIZEN}`,
    params: {},
    unit
  }))
  const incident = (id: string, units: string[]): IncidentDetail => ({
    incident: incidentRow(id, units),
    alerts: alerts.filter((alert) => units.includes(alert.unit.code)),
    timeline: timeline.filter((entry) => entry.unit === null || units.includes(entry.unit)),
    merged: [],
    clocks: []
  })
  const hit = (id: string, unit: string, senderUnit = unit): SearchHit => ({
    id,
    time: START,
    origin: 'real',
    event: event(id, unit, senderUnit)
  })
  const letter = (id: string, unit: string): DeadLetter => ({
    id,
    code: 'parse.no_parser',
    detail: `không đọc được ${CITIZEN}`,
    listener: 'http',
    peer: '192.0.2.1:1',
    unit,
    hint: '',
    flags: 0,
    clientKey: '',
    raw: Buffer.from(`\0${SCRIPT} ${CITIZEN}`).toString('base64'),
    sender: 's',
    origin: 'real',
    receivedAt: START,
    offset: 1
  })
  return {
    alerts,
    incidents: [incident('VL-0001', [OWN]), incident('VL-0002', [FOREIGN]), incident('VL-0003', [OWN, FOREIGN])],
    events: [hit('e-own', OWN), hit('e-foreign', FOREIGN), hit('e-sent', FOREIGN, OWN)],
    letters: [letter('d-own', OWN), letter('d-foreign', FOREIGN)],
    ledger: [],
    asked: [],
    snapshots: [],
    replayed: [],
    demonstration: { running: true, startedAt: START },
    failing: false
  }
}

/** What the world answers instead of alerts that were raised. */
function alertsOf(world: World): Partial<Alerts> {
  const fail = () => {
    if (world.failing) throw new Error(`SQLITE_CORRUPT at /var/secret ${CITIZEN}`)
  }
  return {
    list(filter) {
      fail()
      world.asked.push(filter)
      const items = world.alerts.filter((alert) => inScope(filter.scope, alert.unit.code))
      const counts = { new: 0, mine: 0, waiting: 0, escalated: 0, archived: 0, closed: 0, all: items.length }
      return { items, total: items.length, counts, cursor: null }
    },
    detail(id) {
      const alert = world.alerts.find((one) => one.id === id)
      return alert === undefined ? undefined : detailOf(alert, world.alerts)
    },
    act: ({ ids, act }) => {
      world.asked.push({ ids, act })
      const incident = act.kind === 'merge' ? (act.incident ?? 'VL-0001') : null
      return { alerts: world.alerts.filter((alert) => ids.includes(alert.id)), incident }
    },
    incidents(filter) {
      world.asked.push(filter)
      // Wider than asked on purpose: the console checks again.
      const items = world.incidents.map((detail) => detail.incident)
      return { items, total: items.length, cursor: null }
    },
    incident: (id) => world.incidents.find((detail) => detail.incident.id === id),
    actOnIncident(id) {
      const found = world.incidents.find((detail) => detail.incident.id === id)
      if (found === undefined) throw new SocError('incident.not_found', 'no', { status: 404 })
      return found
    },
    unitsOf: (ids) =>
      new Map(world.alerts.filter((alert) => ids.includes(alert.id)).map((alert) => [alert.id, alert.unit.code])),
    summary(scope) {
      const newAlerts = world.alerts.filter((alert) => inScope(scope, alert.unit.code)).length
      return { newAlerts, mine: 0, openIncidents: world.incidents.length }
    },
    tell: (entry) => void world.asked.push(entry),
    giveBack: (what) => void world.asked.push({ givenBack: what }),
    openByUnit: () => new Map(world.alerts.map((a) => [a.unit.code, { alerts: 1, incidents: 0, worst: a.level }]))
  }
}

const rule = {
  id: 'rule-1',
  title: { vi: 'Luật', en: 'Rule' },
  level: 'high' as const,
  status: 'stable',
  kind: 'detection' as const,
  logsource: 'linux/sshd',
  tags: [],
  file: 'rules/x.yml',
  version: 'v',
  state: 'live' as const,
  error: null,
  matches24h: 1,
  falsePositiveShare: null
}

/** `world.demonstration` is what the control plane remembers of it. */
function keepDemonstration(world: World, record: DemonstrationRecord) {
  Object.defineProperty(world, 'demonstration', {
    get: () => record.status(),
    set(state: World['demonstration']) {
      record.setPlaying(state?.running ?? false)
      record.write(state === null ? { startedAt: START, endedAt: START, played: 0 } : { ...state, played: 0 })
    }
  })
  world.demonstration = { running: true, startedAt: START }
}

/** What the data plane would answer, and how this console is run. */
function consolePartsOf(world: World): ConsoleParts {
  return {
    search: {
      async search(request) {
        world.asked.push(request)
        return { hits: world.events, partial: false, tookMs: 1 }
      },
      async histogram(request, buckets) {
        world.asked.push({ ...request, buckets })
        return { buckets: [{ from: START, count: 1 }], total: 1, intervalMs: 1000, partial: false, tookMs: 1 }
      },
      byId: async (id) => world.events.find((hit) => hit.id === id),
      deadLetters: async () => ({ letters: world.letters }),
      deadLetter: async (id) => world.letters.find((letter) => letter.id === id),
      days: async () => []
    },
    sources: () => ({
      ledger: { at: START, rows: world.ledger, balanced: true, imbalance: '' },
      listeners: [
        {
          id: 'http',
          protocol: 'http',
          address: '127.0.0.1:8046',
          origin: 'real',
          frames: 10,
          bytes: 100,
          refused: { wrong_token: 2 }
        }
      ],
      spool: { bytes: 1, lagDetector: 2, lagStore: 3, refusal: null },
      store: { kind: 'sqlite', away: false, since: null, reason: '' }
    }),
    async replay(ids) {
      world.replayed.push(ids)
      return { replayed: ids.length, rejected: 0, gone: 0 }
    },
    demonstration: {
      status: () => world.demonstration,
      async end() {
        world.demonstration = null
      }
    },
    readiness: () => [{ name: 'store', ready: !world.failing, reason: 'disk at /var/secret' }],
    intake: () => ({ host: '192.0.2.10', httpPort: 8046, syslogPort: 5514 }),
    version: '0.0.0'
  }
}

export type Person = { id: string; cookie: string; csrf: string; headers: Record<string, string> }

export type TestConsole = {
  app: App
  /** The control plane's services, the console's own parts and the live feed, as the routes see them. */
  parts: Omit<Context, 'clock'> & { clock: ReturnType<typeof manualClock> }
  world: World
  /** Makes a user and signs it in without the password's cost. */
  person(role: Role, units?: string[], more?: { mayUnmask?: boolean; mustChange?: boolean }): Person
  close(): Promise<void>
}

const cheap = await hashPassword('mật khẩu dùng để thử', { memory: 64, passes: 1, parallelism: 1 })
export const PASSWORD = 'mật khẩu dùng để thử'
let made = 0
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export function testConsole(
  options: {
    environment?: Record<string, string>
    webRoot?: string
    control?: Control
    clock?: ReturnType<typeof manualClock>
    /** Services that answer instead of the plane's own. */
    parts?: Partial<Context>
  } = {}
): TestConsole {
  const world = worldOf()
  const config = readSettings({ SOC_CONSOLE_PORT: '0', SOC_CATALOGUE_DATE: '2023-11-30', ...options.environment })
  const clock = options.clock ?? manualClock(START)
  const plane = openControlPlane({
    ...{ config, clock, log: silent, control: options.control ?? openControl(':memory:') },
    notifications: { keys: testKeys }
  })
  plane.begin()
  plane.changes.on({ snapshot: () => void world.snapshots.push(plane.snapshot()) })
  Object.assign(plane.alerts, alertsOf(world))
  const { announce } = plane.notifications
  plane.notifications.announce = (announcement) => {
    world.asked.push(announcement)
    announce(announcement)
  }
  keepDemonstration(world, plane.demonstration)
  const rules = {
    list: () => ({ rules: [rule], total: 1, loadedAt: START, broken: 1 }),
    detail: (id: string) => (id === rule.id ? { rule, text: SCRIPT, description: '', falsePositives: [] } : undefined)
  }
  const { app, context } = createConsole(
    { ...plane, rules },
    {
      ...consolePartsOf(world),
      ...(options.webRoot === undefined ? {} : { webRoot: options.webRoot }),
      ...(options.parts as Partial<ConsoleParts>)
    }
  )
  const parts = context as TestConsole['parts']
  return {
    app,
    parts,
    world,
    person(role, units = [], more = {}) {
      const username = `${role}-${++made}`
      const draft = { username, name: `Người ${made}`, role, units, mayUnmask: more.mayUnmask ?? false }
      const user = plane.users.create(draft, cheap)
      if (!more.mustChange) plane.users.setPassword(user.id, cheap, false)
      const { cookie, viewer } = plane.sessions.open(user.id, { address: '127.0.0.1', agent: 'test' })
      const { csrf } = viewer.session
      return { id: user.id, cookie, csrf, headers: { cookie: `vl_session=${cookie}`, 'x-csrf-token': csrf } }
    },
    async close() {
      await app.close()
      plane.control.close()
    }
  }
}
