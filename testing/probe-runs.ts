import { createServer as createHttp, type RequestListener, type Server as HttpServer } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { systemClock } from '#core/clock.ts'
import { destinationRule } from '#core/destination.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { LagWatch } from '#collector/probes/lag.ts'
import type { Names } from '#collector/probes/names.ts'
import { runProbe, type RunContext } from '#collector/probes/runner.ts'
import { Trust } from '#collector/probes/trust.ts'

/** Names that answer from a table; what is not in it has no address. */
export const tableOfNames = (table: Record<string, string[]>): Names => ({
  addressesOf: (name) => Promise.resolve(table[name] ?? [])
})

export function probeOf(target: ProbeTarget, change: Partial<Probe> = {}): Probe {
  return {
    id: 'probe-1',
    name: 'test',
    system: 'hue-s',
    origin: 'real',
    target,
    intervalMs: 30_000,
    timeoutMs: 5_000,
    attempts: 1,
    retryMs: 0,
    enabled: true,
    critical: true,
    ...change
  }
}

export type HttpTarget = Extract<ProbeTarget, { kind: 'http' }>
export const httpTarget = (url: string, change: Partial<HttpTarget> = {}): HttpTarget => ({
  kind: 'http',
  url,
  method: 'GET',
  statuses: [],
  keyword: '',
  notKeyword: '',
  jsonPath: '',
  jsonValue: '',
  slowMs: 0,
  certificateDays: 0,
  redirects: 0,
  ...change
})

const nobody = new Trust([])

/** A context that trusts no authority and may ask exactly these ports of loopback. */
export function contextFor(ports: number[], change: Partial<RunContext> = {}): RunContext {
  return {
    rule: destinationRule(
      [],
      ports.flatMap((port) => [`127.0.0.1:${port}`, `[::1]:${port}`])
    ),
    names: tableOfNames({}),
    trust: nobody,
    clock: systemClock,
    lag: new LagWatch(() => performance.now()),
    wait: () => Promise.resolve(),
    ...change
  }
}

export const run = (target: ProbeTarget, context: RunContext, change: Partial<Probe> = {}): Promise<ProbeResult> =>
  runProbe(probeOf(target, change), context.clock.now(), context)

/** Servers of one test file on ports of the system, all closed together. */
export function testServers() {
  const open = new Set<Server | HttpServer>()
  const sockets = new Set<Socket>()
  async function listen<T extends Server | HttpServer>(server: T): Promise<{ server: T; port: number }> {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    open.add(server)
    return { server, port: (server.address() as AddressInfo).port }
  }
  return {
    listen,
    http: async (listener: RequestListener) => (await listen(createHttp(listener))).port,
    tcp: async (listener: (socket: Socket) => void) => (await listen(createTcp(listener))).port,
    /** A port that nobody listens on any more. */
    async closedPort() {
      const { server, port } = await listen(createTcp())
      await new Promise((resolve) => server.close(resolve))
      open.delete(server)
      return port
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([...open].map((server) => new Promise((resolve) => server.close(resolve))))
      open.clear()
    }
  }
}
