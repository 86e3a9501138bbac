import type { ProbeDraft } from '#core/api/health.ts'
import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { UPLINK } from '#core/health.ts'
import type { Inventory, System } from '#province/inventory.ts'
import { createAuthority } from './certificates.ts'
import { recordsBetween, type ExchangeRecord } from './exchanges.ts'
import { openTcp, openWeb, type Face } from './face.ts'
import { createFaultLog, faultKinds, type Fault, type FaultKind } from './faults.ts'
import { answerFor } from './page.ts'
import { probesFor, type ProbeTiming } from './probes.ts'
import { flowsOf } from './services.ts'
import { faceOf, ownWords, partsOf, type FaceKind, type StandIn } from './stand-ins.ts'

/** Systems of the province on this machine, which can be broken one by one. */
export type Simulator = {
  readonly standIns: readonly StandIn[]
  /** PEM of the authority behind the TLS stand-ins. */
  readonly authority: string
  /** `host:port` of everything that listens: what a prober has to be allowed to ask. */
  readonly allow: readonly string[]
  probes(timing?: Partial<ProbeTiming>): ProbeDraft[]
  /**
   * Breaks a system and the parts that run inside it. `uplink` is our own line: while it is cut nobody outside is
   * reached and no heartbeat arrives. Throws `simulator.fault` for an unknown system or a fault it cannot have.
   */
  break(system: string, kind: FaultKind): Promise<void>
  /** Repairs a system with its parts; all of them without a name. Nothing happens to what is whole. */
  mend(system?: string): Promise<void>
  broken(): Fault[]
  fault(system: string): FaultKind | undefined
  /** Whether a system that reports by itself does so now, and how it feels. */
  beat(system: string): 'ok' | 'degraded' | 'silent'
  /** Whether our own line is cut. */
  readonly cut: boolean
  /** Exchange records that begin in `[from, to)`; see exchanges.ts. */
  recordsBetween(from: number, to: number): ExchangeRecord[]
  stop(): Promise<void>
}

/** Days that the certificates shown are valid for: more than any probe asks for. */
const CERTIFICATE_DAYS = 365

export type SimulatorOptions = {
  seed: number
  clock: Clock
  catalogue: Inventory
  /** Where the stand-ins listen; loopback unless somebody else shall reach them. */
  host?: string
  /** Multiplies the rates of exchanges. */
  rate?: number
  /** Share below which the working day never falls. */
  leastIntensity?: number
  /** How much later a slow system answers. Milliseconds. */
  slowByMs?: number
  /** Hears which systems just broke or were mended, their parts included. */
  onTurn?(systems: string[]): void
}

/** Opens a stand-in on a port of its own for every system of the catalogue that has one, and two for our own line. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock, catalogue, seed } = options
  const host = options.host ?? '127.0.0.1'
  const slowByMs = options.slowByMs ?? 4_000
  const faults = createFaultLog()
  const flows = flowsOf(catalogue)
  // Whoever checks a certificate does so by the wall, also while the records live on a simulated clock.
  const madeAt = systemClock.now()
  const authority = createAuthority('Vong Lau simulator', madeAt)
  const right = authority.issue([host, 'localhost'], madeAt, CERTIFICATE_DAYS)
  const wrong = authority.issue(['khac.example.vn'], madeAt, CERTIFICATE_DAYS)
  const faces = new Map<string, Face>()
  const standIns: StandIn[] = []
  let cut = false

  const fault = (system: string) => faults.at(system, clock.now())
  const brokenNow = (system: string) => fault(system) !== undefined && fault(system) !== 'business_rejections'

  async function openFace(system: Pick<System, 'id' | 'name'>, face: FaceKind): Promise<Face | undefined> {
    if (face === 'heartbeat') return undefined
    if (face === 'tcp') {
      return openTcp(host, 0, (socket) => {
        // An open port says nothing more; one with errors hangs up on everybody.
        if (fault(system.id) === 'errors') socket.resetAndDestroy()
      })
    }
    const answer = answerFor({
      ...system,
      fault: () => fault(system.id),
      words: () => ownWords(system.id, brokenNow),
      slowByMs
    })
    return openWeb(host, 0, answer, face === 'secure' ? right : undefined)
  }
  async function add(system: Pick<System, 'id' | 'name'>, kind: FaceKind, key = system.id) {
    const face = await openFace(system, kind)
    if (face !== undefined) faces.set(key, face)
    standIns.push({ system: system.id, name: system.name, face: kind, host, port: face?.port ?? null })
  }

  /** Makes a face as its system is now. */
  async function settle(key: string, system: string) {
    const face = faces.get(key)
    if (face === undefined) return
    const now = fault(system)
    const refused = cut || now === 'down' || (now === 'silence' && kindOf(system) === 'tcp')
    if (kindOf(system) === 'secure') face.show(now === 'wrong_certificate' ? wrong : right)
    if (refused) await face.shut()
    else await face.open()
  }
  const kindOf = (system: string) => standIns.find((standIn) => standIn.system === system)?.face
  const settleAll = () => Promise.all([...faces.keys()].map((key) => settle(key, key.split('#')[0]!)))
  const family = (system: string) => [system, ...(partsOf[system] ?? []).filter((part) => kindOf(part) !== undefined)]

  function checkFault(system: string, kind: FaultKind) {
    const face = kindOf(system)
    if (face === undefined) throw new SocError('simulator.fault', `there is no stand-in for "${system}"`)
    if (!faultKinds.includes(kind))
      throw new SocError('simulator.fault', `"${kind}" is none of ${faultKinds.join(', ')}`)
    if (kind === 'wrong_certificate' && face !== 'secure')
      throw new SocError('simulator.fault', `${system} shows no certificate`)
    if (system === UPLINK && kind !== 'down') throw new SocError('simulator.fault', 'our own line can only be down')
  }

  try {
    for (const system of catalogue.systems) {
      const face = faceOf(system, catalogue)
      if (face !== undefined) await add(system, face)
    }
    await add({ id: UPLINK, name: 'Đường truyền: điểm đối chiếu 1' }, 'tcp', `${UPLINK}#1`)
    await add({ id: UPLINK, name: 'Đường truyền: điểm đối chiếu 2' }, 'api', `${UPLINK}#2`)
  } catch (error) {
    await Promise.all([...faces.values()].map((face) => face.shut()))
    throw error
  }

  return {
    standIns,
    authority: authority.certificate,
    allow: standIns.flatMap(({ port }) => (port === null ? [] : [`${host}:${port}`])),
    probes: (timing) => probesFor(standIns, timing),
    async break(system, kind) {
      checkFault(system, kind)
      for (const member of family(system)) {
        // A part without a certificate of its own is unreachable behind the wrong one of the whole.
        const own = kind === 'wrong_certificate' && kindOf(member) !== 'secure' ? 'down' : kind
        faults.begin(member, own, clock.now())
      }
      if (system === UPLINK) cut = true
      await (cut ? settleAll() : Promise.all(family(system).map((member) => settle(member, member))))
      options.onTurn?.(family(system))
    },
    async mend(system) {
      const systems = system === undefined ? faults.open().map((open) => open.system) : family(system)
      if (system !== undefined && kindOf(system) === undefined)
        throw new SocError('simulator.fault', `there is no stand-in for "${system}"`)
      for (const member of systems) faults.end(member, clock.now())
      const wasCut = cut
      if (systems.includes(UPLINK)) cut = false
      await (wasCut ? settleAll() : Promise.all(systems.map((member) => settle(member, member))))
      options.onTurn?.(systems)
    },
    broken: () => faults.open(),
    fault,
    beat(system) {
      const now = fault(system)
      if (cut || now === 'down' || now === 'silence') return 'silent'
      return now === 'slow' || now === 'errors' ? 'degraded' : 'ok'
    },
    get cut() {
      return cut
    },
    recordsBetween: (from, to) =>
      recordsBetween(
        {
          seed,
          inventory: catalogue,
          flows,
          rate: options.rate ?? 1,
          leastIntensity: options.leastIntensity ?? 0,
          faultAt: (system, moment) => faults.at(system, moment)
        },
        from,
        to
      ),
    async stop() {
      await Promise.all([...faces.values()].map((face) => face.shut()))
    }
  }
}
