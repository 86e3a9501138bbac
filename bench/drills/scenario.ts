import type { Wall } from '#core/api/health.ts'
import type { FaultKind } from '#simulator/faults.ts'

/** An alert of the platform as the drill counts it. */
export type DrillAlert = { rule: string; level: string; system: string; open: boolean; values: Record<string, string> }

/** What a scenario looks at after its acts. */
export type Seen = {
  alerts: DrillAlert[]
  wall: Wall
  /** Technical success (0–1) of the exchanges that a provider answered since the scenario began; NaN without any. */
  success(provider: string): number
}

/** The hands of a scenario: it breaks, mends and lets time pass; nothing else. */
export type Stage = {
  break(system: string, kind: FaultKind): Promise<void>
  mend(system?: string): Promise<void>
  /** Lets so many simulated seconds pass, second by second. */
  pass(seconds: number): Promise<void>
  look(): Seen
}

/** One line of the drill: what is done, what must be seen. `play` answers with what was seen, in the same words as `expected`. */
export type Scenario = { name: string; expected: string; play(stage: Stage): Promise<string> }

/** Time for every probe to fail once and for the engine to hold, settle and tell. Seconds. */
const FAILS = 80
const RECOVERS = 120
/** Every probe has run once. Seconds. */
const ONE_ROUND = 35
/** Integration health looks at five whole minutes. Seconds. */
const INTEGRATION_SEEN = 390

const outages = (seen: Seen) => seen.alerts.filter((alert) => alert.rule === 'soc.outage')
const modelsIn = (wall: Wall, state: string) =>
  wall.models
    .filter((model) => model.state === state)
    .map((model) => model.id)
    .sort((one, other) => one - other)
const listed = (ids: readonly number[]) => (ids.length === 0 ? 'none' : ids.join(', '))

/** `1 alert: hue-s; DOWN 22, 23; DEGRADED 2`: every alert by its system (others than outages with their rule), and how models stand. */
function summaryOf(seen: Seen, which: DrillAlert[] = seen.alerts): string {
  const systems = which
    .map(({ rule, system }) => (rule === 'soc.outage' ? system : [rule, system].join(' ').trim()))
    .sort()
  const count = `${which.length} alert${which.length === 1 ? '' : 's'}${systems.length === 0 ? '' : `: ${systems.join(', ')}`}`
  return `${count}; DOWN ${listed(modelsIn(seen.wall, 'DOWN'))}; DEGRADED ${listed(modelsIn(seen.wall, 'DEGRADED'))}`
}

async function broken(stage: Stage, faults: [string, FaultKind][], seconds = FAILS): Promise<Seen> {
  for (const [system, kind] of faults) await stage.break(system, kind)
  await stage.pass(seconds)
  return stage.look()
}

const HUE_S = 'DOWN 22, 23, 27, 44; DEGRADED 2, 18, 24, 25, 28, 32'

/** Every line of the drill, in the order it is shown. */
export const scenarios: Scenario[] = [
  {
    name: 'Hue-S down, its wallet and cameras with it',
    expected: `1 alert: hue-s; ${HUE_S}; alert names DOWN 22, 23, 27, 44; DEGRADED 2, 18, 24, 25, 28, 32`,
    async play(stage) {
      const seen = await broken(stage, [['hue-s', 'down']])
      const values = outages(seen)[0]?.values ?? {}
      return `${summaryOf(seen)}; alert names DOWN ${values['models.down']}; DEGRADED ${values['models.degraded']}`
    }
  },
  {
    name: 'Hue-S and NDXP down together',
    expected: '2 alerts: hue-s, ndxp; DOWN 22, 23, 26, 27, 44; DEGRADED 1, 2, 6, 18, 24, 25, 28, 32, 37',
    play: async (stage) =>
      summaryOf(
        await broken(stage, [
          ['hue-s', 'down'],
          ['ndxp', 'down']
        ])
      )
  },
  {
    name: 'NDXP down for minutes: calls through it fail, the card look-up works',
    expected: '1 alert: ndxp; DOWN 26; DEGRADED 1, 2, 6, 18, 22, 23, 24, 25, 27, 28, 32, 37, 44; card look-up ≥ 99 %',
    async play(stage) {
      const seen = await broken(stage, [['ndxp', 'down']], INTEGRATION_SEEN)
      return `${summaryOf(seen)}; card look-up ${seen.success('tra-cuu-bhyt') >= 0.99 ? '≥ 99 %' : seen.success('tra-cuu-bhyt')}`
    }
  },
  {
    name: 'NDXP down, Hue-S 40 s later',
    expected: '2 alerts: hue-s, ndxp; DOWN 22, 23, 26, 27, 44; DEGRADED 1, 2, 6, 18, 24, 25, 28, 32, 37',
    async play(stage) {
      await stage.break('ndxp', 'down')
      await stage.pass(40)
      return summaryOf(await broken(stage, [['hue-s', 'down']]))
    }
  },
  {
    name: 'Hue-S down, water billing too, then Hue-S back',
    expected: 'first 1 alert: hue-s; then 1 open alert: tien-nuoc, 2 in all; DOWN none; DEGRADED 23',
    async play(stage) {
      await broken(stage, [['hue-s', 'down']])
      const first = await broken(stage, [['tien-nuoc', 'down']])
      const before = first.alerts.map((alert) => alert.system)
      await stage.mend('hue-s')
      await stage.pass(RECOVERS)
      const then = stage.look()
      const open = then.alerts.filter((alert) => alert.open)
      const now = summaryOf(then, open).replace('alert', 'open alert')
      const all = `, ${then.alerts.length} in all`
      return `first ${before.length} alert: ${before.join(', ')}; then ${now.replace(';', `${all};`)}`
    }
  },
  {
    name: 'own uplink lost',
    expected: '0 model alerts, 1 uplink alert; DOWN none; DEGRADED none',
    async play(stage) {
      const seen = await broken(stage, [['uplink', 'down']])
      const uplink = seen.alerts.filter((alert) => alert.rule === 'soc.uplink_lost').length
      const others = seen.alerts.length - uplink
      return `${others} model alerts, ${uplink} uplink alert; DOWN ${listed(modelsIn(seen.wall, 'DOWN'))}; DEGRADED ${listed(modelsIn(seen.wall, 'DEGRADED'))}`
    }
  },
  {
    name: 'own uplink lost and back',
    expected: '1 uplink alert, 0 open; DOWN none; DEGRADED none; UNKNOWN as before',
    async play(stage) {
      await stage.pass(60)
      const unknown = listed(modelsIn(stage.look().wall, 'UNKNOWN'))
      await broken(stage, [['uplink', 'down']])
      await stage.mend('uplink')
      await stage.pass(RECOVERS)
      const seen = stage.look()
      const open = seen.alerts.filter((alert) => alert.open).length
      const same = listed(modelsIn(seen.wall, 'UNKNOWN')) === unknown ? 'as before' : 'changed'
      return `${seen.alerts.length} uplink alert, ${open} open; DOWN ${listed(modelsIn(seen.wall, 'DOWN'))}; DEGRADED ${listed(modelsIn(seen.wall, 'DEGRADED'))}; UNKNOWN ${same}`
    }
  },
  {
    name: 'BHYT look-up rejects for business reasons',
    expected: '0 alerts; DOWN none; DEGRADED none; model 6 UP, technical success ≥ 99 %',
    async play(stage) {
      const seen = await broken(stage, [['tra-cuu-bhyt', 'business_rejections']], INTEGRATION_SEEN)
      const model = seen.wall.models.find((candidate) => candidate.id === 6)!
      const success = model.sli !== null && model.sli >= 0.99 ? '≥ 99 %' : String(model.sli)
      return `${summaryOf(seen)}; model 6 ${model.state}, technical success ${success}`
    }
  },
  {
    name: '3 of 13 traffic cameras silent',
    expected: '1 alert: camera-csgt, medium; DOWN none; DEGRADED 1, 18',
    async play(stage) {
      const seen = await broken(
        stage,
        [3, 7, 11].map((number): [string, FaultKind] => [`camera-csgt-${String(number).padStart(2, '0')}`, 'silence']),
        FAILS
      )
      return summaryOf(seen).replace(';', `, ${outages(seen)[0]?.level};`)
    }
  },
  {
    name: 'VNeID shows a wrong certificate',
    expected: '1 alert: vneid; DOWN 5, 30, 31; DEGRADED 1',
    play: async (stage) => summaryOf(await broken(stage, [['vneid', 'wrong_certificate']]))
  },
  {
    name: 'VBDLIS slow',
    expected: '0 alerts; DOWN none; DEGRADED 37',
    play: async (stage) => summaryOf(await broken(stage, [['vbdlis', 'slow']], ONE_ROUND))
  },
  {
    name: 'ASM answers with errors',
    expected: '1 alert: asm; DOWN 9, 10, 11; DEGRADED 1',
    play: async (stage) => summaryOf(await broken(stage, [['asm', 'errors']]))
  },
  {
    name: 'kiosk silent',
    expected: '1 alert: kiosk-hcc; DOWN 2; DEGRADED none',
    play: async (stage) => summaryOf(await broken(stage, [['kiosk-hcc', 'silence']]))
  },
  {
    name: 'Hue-S down and back',
    expected: '0 open alerts of 1; DOWN none; DEGRADED none',
    async play(stage) {
      await broken(stage, [['hue-s', 'down']])
      await stage.mend()
      await stage.pass(RECOVERS)
      const seen = stage.look()
      const open = seen.alerts.filter((alert) => alert.open)
      return summaryOf(seen, open).replace('alerts', `open alerts of ${seen.alerts.length}`)
    }
  }
]
