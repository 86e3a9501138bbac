import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readSettings } from '../cli/settings.ts'
import { manualClock } from '#core/clock.ts'
import type { LedgerRow } from '#core/ledger.ts'
import type { RuleRow } from '#core/api/sources.ts'
import type { Role } from '#core/roles.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { hashPassword } from '#control/accounts/password.ts'
import { createConsole } from '#console/server/console.ts'
import type { App, ConsoleParts, Context } from '#console/server/context.ts'
import { openControlPlane } from '#control/control-plane.ts'
import type { DemonstrationRecord } from '#control/demonstration.ts'
import { builtInRules } from '#control/triage/life/built-in.ts'
import { createRules } from '#control/rules/rules.ts'
import { testKeys } from './notifications.ts'
import { noTriage, raiseTriage, RULE } from './triage.ts'
import { START, worldOf, type World } from './world.ts'

export { CITIZEN, FOREIGN, OWN, PHONE, SCRIPT, START } from './world.ts'

/*
 * A console for tests: the real one over the real control plane, on a control database in memory and the real inventory,
 * with a few alerts and incidents in it (triage.ts). What the data plane's threads answer (events, ledger) are plain
 * values, kept in `world` for a test to look at and change.
 */

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

const rules = join(import.meta.dirname, 'rules')
/** What the data plane would say of its only rule. */
const rule: RuleRow = {
  ...{ id: RULE, title: { vi: 'Luật', en: 'Rule' }, level: 'high', status: 'stable', kind: 'detection' },
  ...{ logsource: 'linux/sshd', tags: [], file: join(rules, 'hostile.yml'), version: 'v', state: 'live', error: null },
  ...{ matches24h: 0, falsePositiveShare: null }
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
      clocks: [],
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
      threadsDown: 0,
      matchesHeld: false,
      store: { kind: 'sqlite', away: false, since: null, reason: '', losses: [] }
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
    /** Nothing has been raised yet: for tests that fill the period themselves. */
    quiet?: boolean
    /** Services that answer instead of the plane's own. */
    parts?: Partial<Context>
  } = {}
): TestConsole {
  const config = readSettings({ SOC_CONSOLE_PORT: '0', SOC_CATALOGUE_DATE: '2023-11-30', ...options.environment })
  const clock = options.clock ?? manualClock(START)
  const control = options.control ?? openControl(':memory:')
  const world = worldOf(options.quiet ? noTriage : raiseTriage(control, clock))
  const plane = openControlPlane({
    ...{ config, clock, log: silent, control },
    notifications: { keys: testKeys }
  })
  plane.begin()
  plane.changes.on({ snapshot: () => void world.snapshots.push(plane.snapshot()) })
  const { announce } = plane.notifications
  plane.notifications.announce = (announcement) => {
    world.asked.push(announcement)
    announce(announcement)
  }
  keepDemonstration(world, plane.demonstration)
  const { app, context } = createConsole(
    {
      ...plane,
      rules: createRules({
        ...{ control, clock, folders: [rules], builtIn: builtInRules },
        loaded: () => ({ rules: [rule], loadedAt: START })
      })
    },
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
      // Changed probes are handed down a moment after the change.
      await setImmediate()
      plane.control.close()
    }
  }
}
