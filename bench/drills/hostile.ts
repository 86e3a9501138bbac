import { rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Drill, DrillLine } from '../../cli/drill-lines.ts'
import type { AlertList } from '#core/api/alerts.ts'
import type { EventSearch, SourceList } from '#core/api/sources.ts'
import { messageOf } from '#core/errors.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'
import { acts, type Act, type Attacker } from './hostile-acts.ts'

/** What a small server allows a process to open. */
const DESCRIPTORS = 1_024
const SEARCHABLE_MS = 2_000
const CONSOLE_MS = 500
/** An event that is not found by then is lost or stuck. */
const GIVEN_UP_MS = 30_000
const ATTACKER = '127.0.0.9'
const UNIT = '127.0.0.1'

/** `soc drill hostile`: one caller after the other tries to shut a door; everybody else must not notice. */
export const hostile: Drill = {
  about: 'attack every door of a running platform: whether everybody else still gets through',
  help: `
Usage: soc drill hostile [--only WORD] [--json]

Starts a platform in a folder of its own that may open ${DESCRIPTORS} files, and attacks it from one address. During every act another unit
sends an event a second over HTTP and over syslog and finds it again, and a signed-in person asks the console. Linux: the
attacker needs an address of its own in 127.0.0.0/8.`,
  async run({ only }, log) {
    const word = only?.toLowerCase()
    const chosen = acts.filter(({ name }) => word === undefined || name.toLowerCase().includes(word))
    if (chosen.length === 0) return []
    const data = temporaryFolder('hostile')
    const soc = await startSocProcess(data, {}, DESCRIPTORS)
    try {
      return await playAll(soc, chosen, log)
    } finally {
      await soc.stop()
      rmSync(data, { recursive: true, force: true })
    }
  }
}

async function playAll(soc: SocProcess, chosen: readonly Act[], log: (line: DrillLine) => void): Promise<DrillLine[]> {
  const admin = await signInAsAdmin(soc)
  const unit = await addSource(admin, { name: 'Đơn vị', networks: [`${UNIT}/32`] })
  const flooder = await addSource(admin, { name: 'Bên làm nghẽn', unit: '19756' })
  const attacker: Attacker = { soc, address: ATTACKER, token: flooder.token, cookie: await secondSession(soc, admin) }
  const witness = new Witness(soc, admin, unit.token)
  const lines: DrillLine[] = []
  const tell = (line: DrillLine) => {
    lines.push(line)
    log(line)
  }
  for (const act of chosen) tell(await play(act, attacker, witness, admin, flooder.id))
  tell(await ledgerLine(admin, unit.id, witness))
  return lines
}

async function play(
  act: Act,
  attacker: Attacker,
  witness: Witness,
  admin: AdminClient,
  flooder: string
): Promise<DrillLine> {
  const expected = `alive; searchable ≤ ${SEARCHABLE_MS} ms; console p99 ≤ ${CONSOLE_MS} ms; attacker named`
  try {
    const began = Date.now()
    const seen = witness.watch()
    const release = await act.begin(attacker)
    await sleep(act.seconds * 1000)
    const { found, lost, console } = await seen.end()
    await release()
    const alerts = await namedIn(admin, flooder, began)
    const alive = attacker.soc.child.exitCode === null
    const [worst, p99, page] = [at(found, 1), at(found, 0.99), at(console, 0.99)]
    return {
      ...{ scenario: act.name, expected },
      seen: `${alive ? 'alive' : 'ended'}; searchable worst ${worst} ms, p99 ${p99} ms, ${lost} of ${found.length + lost} not found; console p99 ${page} ms of ${console.length}; named by ${alerts.join(', ') || 'nothing'}`,
      passed: alive && lost === 0 && worst <= SEARCHABLE_MS && page <= CONSOLE_MS && alerts.length > 0
    }
  } catch (error) {
    return { scenario: act.name, expected, seen: `failed: ${messageOf(error)}`, passed: false }
  }
}

/** Alerts of the platform, raised or counted since, that name the attacker's address or source. */
async function namedIn(admin: AdminClient, flooder: string, since: number): Promise<string[]> {
  // Callers that hold a door are told of after some seconds.
  await sleep(2_000)
  const { items } = await admin.get<AlertList>('/api/alerts?limit=100')
  const names = (row: unknown) => [`"${ATTACKER}"`, `"${flooder}"`].some((name) => JSON.stringify(row).includes(name))
  return [
    ...new Set(
      items
        .filter((row) => row.ruleId.startsWith('soc.') && row.lastSeen >= since && names(row))
        .map((row) => row.ruleId)
    )
  ]
}

async function ledgerLine(admin: AdminClient, unit: string, witness: Witness): Promise<DrillLine> {
  await sleep(3_000)
  const { sources } = await admin.get<SourceList>('/api/sources')
  const { fates: ledger } = sources.find((source) => source.id === unit)!
  const kept = ledger.stored + ledger.duplicate + ledger.joined + ledger.dead_lettered + ledger.queued
  return {
    scenario: 'the ledger at the end',
    expected: 'every acknowledged frame of the unit has a fate, none dropped',
    seen: `${witness.acknowledged} acknowledged, ${kept} kept, ${ledger.dropped} dropped`,
    passed: kept >= witness.acknowledged && ledger.dropped === 0
  }
}

/** Another session of the same person, with which the attacker shakes hands. */
async function secondSession(soc: SocProcess, { username, password }: AdminClient): Promise<string> {
  const response = await fetch(new URL('/api/session', soc.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password })
  })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

/** The part of the sorted values below which `share` of them lie; 0 without any. */
function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)
}

/** Another unit and a person at the console, who go on as if nothing were. Every request is a new connection. */
class Witness {
  readonly #soc: SocProcess
  readonly #admin: AdminClient
  readonly #token: string
  #next = 0
  /** Events whose sender heard yes. */
  acknowledged = 0

  constructor(soc: SocProcess, admin: AdminClient, token: string) {
    this.#soc = soc
    this.#admin = admin
    this.#token = token
  }

  watch() {
    const found: number[] = []
    const console: number[] = []
    const waiting = new Map<string, number>()
    let lost = 0
    let over = false
    const every = async (ms: number, work: () => Promise<void>) => {
      while (!over) {
        const next = performance.now() + ms
        await work().catch(() => void lost++)
        await sleep(Math.max(0, next - performance.now()))
      }
    }
    const look = async () => {
      // The oldest first, and few at a time: the person who searches is one, and has a share too.
      for (const [word, since] of [...waiting].slice(0, 4)) {
        const { hits } = await this.#admin.get<EventSearch>(`/api/events?limit=1&q=${word}`)
        if (hits.length === 0 && performance.now() - since < GIVEN_UP_MS) continue
        waiting.delete(word)
        if (hits.length > 0) found.push(performance.now() - since)
        else lost++
      }
    }
    const loops = [
      every(1_000, async () => {
        for (const send of [this.#overHttp, this.#overTcp]) {
          const word = `drillword${++this.#next}x`
          waiting.set(word, performance.now())
          await send(word)
        }
      }),
      every(100, look),
      every(250, async () => {
        for (const path of ['/healthz', '/api/session']) console.push(await this.#ask(path))
      })
    ]
    return {
      end: async () => {
        over = true
        await Promise.all(loops)
        while (waiting.size > 0) {
          await look()
          await sleep(100)
        }
        return { found, lost, console }
      }
    }
  }

  readonly #overHttp = async (word: string) => {
    const status = await asked(`http://127.0.0.1:${this.#soc.port('http')}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'text/plain' },
      body: lineOf(word)
    })
    if (status === 200) this.acknowledged++
  }

  readonly #overTcp = (word: string) =>
    new Promise<void>((resolve) => {
      const socket = connect({ port: this.#soc.port('syslog-tcp'), host: '127.0.0.1', localAddress: UNIT })
      socket.on('error', () => resolve())
      socket.end(`${lineOf(word)}\n`, () => resolve())
    })

  async #ask(path: string): Promise<number> {
    const began = performance.now()
    await asked(new URL(path, this.#soc.url).href, { method: 'GET', headers: { cookie: this.#admin.cookie }, body: '' })
    return performance.now() - began
  }
}

/** Now, since a search looks at the last day. */
const lineOf = (word: string) => `<38>1 ${new Date().toISOString()} drill-host app 1 - - ${word}`

/** One request over a connection of its own; its status. */
function asked(
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string }
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, localAddress: UNIT, timeout: GIVEN_UP_MS })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      response.resume()
      response.once('close', () => resolve(response.statusCode ?? 0))
    })
    outgoing.end(body === '' ? undefined : body)
  })
}
