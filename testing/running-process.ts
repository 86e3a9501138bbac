import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { listenerSettings, type Protocol } from '#collector/sources/listeners.ts'
import type { Session } from '#core/api/people.ts'
import type { NewToken, SourceRow } from '#core/api/sources.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'cli/index.ts')
const START_TIMEOUT_MS = 90_000

/** Lets the system choose every port of a process. */
export const freePorts: Record<string, string> = Object.fromEntries(
  ['SOC_CONSOLE_PORT', ...Object.keys(listenerSettings)].map((setting) => [setting, '0'])
)

/** What a process is given of our own environment: where programs are, and what Node may have compiled already. */
export const inherited: Record<string, string> = Object.fromEntries(
  ['PATH', 'HOME', 'NODE_COMPILE_CACHE'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
)

/** What a running process writes into its data folder: who it is and where it listens. */
export type RunningFile = {
  pid: number
  url: string
  listeners: { id: string; protocol: string; port: number }[]
  /** Control page of the demonstration's simulated systems; null without them. */
  simulator: string | null
}

/** A Vọng Lâu process of its own, with free ports, started as people start it. */
export type SocProcess = {
  readonly child: ChildProcess
  readonly url: string
  readonly data: string
  port(protocol: Protocol): number
  /** Control page of the simulated systems of the demonstration; null without them. */
  readonly simulator: string | null
  /** Resident memory now, and the most it was, bytes (Linux). */
  memory(): { rss: number; peak: number }
  /** SIGTERM, and waits. */
  stop(): Promise<void>
  /** SIGKILL, and waits. */
  kill(): Promise<void>
  output(): string
}

/** A fresh data folder under the system's temporary folder; the caller removes it. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `vong-lau-${name}-`))
}

/**
 * Starts a process on `data` and waits until it listens. `settings` override the quiet defaults (no demonstration, free ports);
 * `descriptors` is how many files and connections it may open, where there is a shell to say so.
 */
export async function startSocProcess(
  data: string,
  settings: Record<string, string> = {},
  descriptors?: number
): Promise<SocProcess> {
  const file = join(data, 'running.json')
  rmSync(file, { force: true })
  const command = [process.execPath, cli, 'start', '--no-build']
  const [program = '', ...args] =
    descriptors === undefined || process.platform === 'win32'
      ? command
      : ['/bin/sh', '-c', `ulimit -n ${descriptors} && exec "$0" "$@"`, ...command]
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited,
      SOC_DATA: data,
      SOC_DEMO: 'off',
      ...freePorts,
      SOC_DISK_RESERVE_MB: '64',
      ...settings
    }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => (output = (output + text).slice(-20_000)))
  }
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!existsSync(file)) {
    if (ended() || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new SocError('bench.start', `the process did not start:\n${output}`)
    }
    await sleep(25)
  }
  const running = JSON.parse(readFileSync(file, 'utf8')) as RunningFile
  const end = async (signal: NodeJS.Signals) => {
    if (ended()) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return {
    child,
    url: running.url,
    data,
    simulator: running.simulator,
    port: (protocol) => running.listeners.find((listener) => listener.protocol === protocol)!.port,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024
      return { rss: kib('VmRSS'), peak: kib('VmHWM') }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    output: () => output
  }
}

/** Signed in as the administrator: the cookie and the CSRF token go with every call. */
export type AdminClient = {
  readonly cookie: string
  readonly username: string
  readonly password: string
  get<T>(path: string): Promise<T>
  send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>
}

/** Resets the administrator's password offline, signs in and changes it, as a person would. */
export async function signInAsAdmin(soc: Pick<SocProcess, 'url' | 'data'>): Promise<AdminClient> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'users', 'reset-password', 'admin'], {
    cwd: root,
    env: { ...process.env, SOC_DATA: soc.data }
  })
  // A new one each time: an account does not take a password again that it had before.
  const password = `vong-lau bench ${randomId()}`
  let cookie = ''
  let csrf = ''
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(path, soc.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === '' ? {} : { cookie }),
        ...(csrf === '' ? {} : { 'x-csrf-token': csrf })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    if (!response.ok) throw new SocError('bench.api', `${method} ${path}: ${response.status} ${text}`)
    const given = response.headers.getSetCookie()[0]
    if (given !== undefined) cookie = given.split(';')[0]!
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  const session = await call<Session>('POST', '/api/session', { username: 'admin', password: stdout.trim() })
  csrf = session.csrf
  csrf = (await call<Session>('POST', '/api/session/password', { current: stdout.trim(), next: password })).csrf
  return {
    get cookie() {
      return cookie
    },
    username: 'admin',
    password,
    get: (path) => call('GET', path),
    send: (method, path, body) => call(method, path, body)
  }
}

/** A source with a token, known by the loopback network too when `networks` says so. */
export async function addSource(
  admin: AdminClient,
  source: { name: string; unit?: string; networks?: string[]; speaksFor?: 'self' | 'any' }
): Promise<{ id: string; token: string }> {
  const row = await admin.send<SourceRow>('POST', '/api/sources', {
    name: source.name,
    unit: source.unit ?? '19849',
    networks: source.networks ?? [],
    speaksFor: source.speaksFor ?? 'self',
    utcOffsetMinutes: 420
  })
  const { token } = await admin.send<NewToken>('POST', `/api/sources/${row.id}/tokens`)
  return { id: row.id, token }
}
