import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ledger } from '#core/ledger.ts'
import { freePorts, inherited, startSocProcess, type RunningFile, type SocProcess } from '#testing/running-process.ts'
import { lockDataFolder } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'vong-lau-process-'))
const data = join(folder, 'data')
const rules = join(folder, 'rules')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Ended = { code: number; stdout: string; stderr: string }

/** Runs `soc` with these arguments as a person does, with next to nothing of our own environment. */
function soc(args: string[], settings: Record<string, string> = {}, input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'index.ts'), ...args],
      { env: { ...inherited, SOC_DATA: data, ...settings } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    )
    child.stdin!.end(input)
  })
}

const rule = (more: string) => `title: Drill
id: 5b5f0f0e-7d3b-4a39-9d0c-3a7b0f6e45aa
status: test
description: Matches one word.
logsource:
  product: linux
detection:
  selection:
    message|contains: vọng-lâu-drill
  condition: ${more}
level: low
`

beforeAll(() => {
  mkdirSync(rules)
  writeFileSync(join(rules, 'drill.yml'), rule('selection'))
})

describe('a running process', () => {
  let running: SocProcess
  beforeAll(async () => {
    mkdirSync(data)
    // One small rule: how the process starts and stops is looked at here, not what it detects.
    running = await startSocProcess(data, { SOC_RULES: rules })
  })
  afterAll(() => running.kill())

  it('keeps a second one off its data folder, which names the first and ends', async () => {
    const second = await soc(['start', '--no-build'], { SOC_CONSOLE_PORT: '0', SOC_DEMO: 'off' })
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`is used by process ${running.child.pid}`)
    expect(second.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('is told of by soc ledger and soc users while it runs', async () => {
    const [ledger, users] = await Promise.all([soc(['ledger', '--json']), soc(['users', '--json'])])
    expect(ledger.code).toBe(0)
    expect((JSON.parse(ledger.stdout) as Ledger).balanced).toBe(true)
    expect(JSON.parse(users.stdout)).toMatchObject([{ username: 'admin', role: 'admin', enabled: true }])
  })

  it('ends with code 0 on SIGTERM, keeps what lay in its sockets, and leaves a ledger that adds up', async () => {
    const socket = connect(running.port('syslog-tcp'), '127.0.0.1')
    await once(socket, 'connect')
    const lines = Array.from({ length: 500 }, (_, number) => `<13>Nov 23 08:30:00 may-45 drill: line ${number}\n`)
    await new Promise((resolve) => socket.write(lines.join(''), resolve))
    // A document that is no JSON at all: it is framed by UDP and no parser takes it.
    const udp = createSocket('udp4')
    await new Promise((resolve) => udp.send('{"broken', running.port('syslog-udp'), '127.0.0.1', resolve))
    udp.close()
    await heardOverUdp()
    socket.on('error', () => undefined)
    await running.stop()
    socket.destroy()
    expect(running.child.exitCode).toBe(0)
    expect(running.output()).toContain('stopping')

    const { code, stdout } = await soc(['ledger', '--json'])
    expect(code).toBe(0)
    const ledger = JSON.parse(stdout) as Ledger
    const sum = (name: 'received' | 'stored' | 'dead_lettered' | 'queued') =>
      ledger.rows.reduce((all, row) => all + row[name], 0)
    expect(ledger).toMatchObject({ balanced: true })
    expect(sum('received')).toBe(501)
    expect(sum('stored') + sum('dead_lettered') + sum('queued')).toBe(501)
    const table = await soc(['ledger'])
    expect(table.stdout).toContain('_unassigned')
    expect(table.stderr).toContain('the ledger adds up')
  })

  it('leaves its dead letters to soc dead-letters, byte for byte', async () => {
    const listed = await soc(['dead-letters', '--json'])
    expect(listed.code).toBe(0)
    const letters = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; raw: string })
    const letter = letters.find(({ raw }) => Buffer.from(raw, 'base64').toString() === '{"broken')!
    expect(letter).toBeDefined()
    const [shown, table, unknown, wrong] = await Promise.all([
      soc(['dead-letters', 'show', letter.id]),
      soc(['dead-letters', '--limit', '5']),
      soc(['dead-letters', 'show', 'no-such-letter']),
      soc(['dead-letters', '--limit', 'many'])
    ])
    expect(shown).toMatchObject({ code: 0, stdout: '{"broken' })
    expect(table.stdout).toContain(letter.id)
    expect(unknown).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.code).toBe(2)
  })

  it('lets its administrator get a new password offline, printed alone', async () => {
    const [reset, nobody] = await Promise.all([
      soc(['users', 'reset-password', 'admin']),
      soc(['users', 'reset-password', 'nobody-of-that-name'])
    ])
    expect(reset.code).toBe(0)
    expect(reset.stdout.trim()).toMatch(/^\S{12,}$/)
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
  })

  /** Waits until the process itself says in its ledger that the datagram is there. */
  async function heardOverUdp() {
    for (;;) {
      const { stdout } = await soc(['ledger', '--json'])
      if ((JSON.parse(stdout) as Ledger).rows.some((row) => row.dead_lettered > 0)) return
      await sleep(50)
    }
  }
})

it('a wrong setting stops the start with one line that names it, what was given and what is allowed', async () => {
  const wrong = await soc(['start', '--no-build'], { SOC_CONSOLE_PORT: 'eighty' })
  expect(wrong).toEqual({
    code: 1,
    stdout: '',
    stderr: 'soc: SOC_CONSOLE_PORT is "eighty"; allowed: a whole number from 0 to 65535\n'
  })
})

it('a start that fails ends, leaves nothing behind and does not use up the first password', async () => {
  const own = join(folder, 'clash')
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const clash = await soc(['start', '--no-build'], {
    ...freePorts,
    SOC_DATA: own,
    SOC_HTTP_PORT: String(port),
    SOC_RULES: rules
  })
  taken.close()
  expect(clash).toMatchObject({ code: 1, stdout: '' })
  expect(clash.stderr).toContain(`port ${port}: EADDRINUSE`)
  const child = execFile(process.execPath, [join(import.meta.dirname, 'index.ts'), 'start', '--no-build'], {
    env: { ...inherited, SOC_DATA: own, SOC_RULES: rules, SOC_DEMO: 'off', ...freePorts }
  })
  let said = ''
  child.stdout!.on('data', (text: string) => (said += text))
  while (!said.includes('data folder:')) await once(child.stdout!, 'data')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  expect(said).toContain('first sign-in:')
})

/** Waits until this holds; the test's own time is the limit. */
async function until(holds: () => boolean | Promise<boolean>) {
  while (!(await holds())) await sleep(50)
}

it.concurrent.for(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'npm start that ends by %s takes the process along: ports free, data folder unlocked',
  { timeout: 120_000 },
  async (signal, { onTestFinished }) => {
    const own = join(folder, `npm-${signal}`)
    const npm = spawn('npm', ['start', '--', '--no-build'], {
      cwd: join(import.meta.dirname, '..'),
      // Standard input closed from the start, as under a service manager.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...inherited,
        SOC_DATA: own,
        SOC_RULES: rules,
        SOC_DEMO: 'off',
        ...freePorts
      }
    })
    onTestFinished(() => void npm.kill('SIGKILL'))
    let output = ''
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
    const file = join(own, 'running.json')
    await until(() => {
      expect(npm.exitCode, output).toBeNull()
      return existsSync(file)
    })
    const running = JSON.parse(readFileSync(file, 'utf8')) as RunningFile
    // Longer than the process looks away from its parents: it goes on as long as npm does.
    await sleep(1_200)
    expect(npm.exitCode, output).toBeNull()
    process.kill(running.pid, 0)
    npm.kill(signal)
    await until(() => !existsSync(file))
    const ports = [Number(new URL(running.url).port), ...running.listeners.map(({ port }) => port)]
    await until(async () => (await Promise.all(ports.map(isFree))).every(Boolean))
    await until(() => !isRunning(running.pid))
    lockDataFolder(own).release()
    expect(output).toContain('stopping')
  }
)

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

it('a thread that cannot start ends the process, with the reason', async () => {
  const own = join(folder, 'no-spool')
  mkdirSync(own)
  writeFileSync(join(own, 'spool'), 'a file where a folder must be')
  const broken = await soc(['start', '--no-build'], { ...freePorts, SOC_DATA: own, SOC_RULES: rules, SOC_DEMO: 'off' })
  expect(broken.code).toBe(1)
  expect(broken.stderr).toContain('intake')
})

it('a rules folder that does not exist, or a data folder that cannot be made, stops the start', async () => {
  const [noRules, noData] = await Promise.all([
    soc(['start', '--no-build'], { SOC_RULES: join(folder, 'none') }),
    soc(['start', '--no-build'], { SOC_DATA: '/proc/none', SOC_RULES: rules })
  ])
  expect(noRules.stderr).toContain('SOC_RULES names')
  expect(noData.stderr).toContain('SOC_DATA is "/proc/none"')
})

it('soc parse prints an event for each line and fails when one was rejected', async () => {
  const line = "<86>Nov 23 08:30:00 web-portal usermod[5200]: add 'hotro' to group 'sudo'\n"
  const [good, bad, none] = await Promise.all([
    soc(['parse', '-'], {}, line),
    soc(['parse', '-'], {}, `${line}{"broken\n`),
    soc(['parse'])
  ])
  expect(good.code).toBe(0)
  expect(JSON.parse(good.stdout)).toMatchObject({ event: { action: 'group_member_added' }, user: { name: 'hotro' } })
  expect(bad.code).toBe(1)
  expect(bad.stdout.trim().split('\n')).toHaveLength(2)
  expect(JSON.parse(bad.stdout.trim().split('\n')[1]!)).toHaveProperty('rejected')
  expect(none.code).toBe(2)
})

it('soc rules check passes good rules and names file and line of a fault', async () => {
  const broken = join(folder, 'broken')
  mkdirSync(broken)
  writeFileSync(join(broken, 'broken.yml'), rule('selection and nothing_of_that_name'))
  const good = join(folder, 'good')
  mkdirSync(good)
  writeFileSync(join(good, 'good.yml'), rule('selection'))
  const [passed, failed] = await Promise.all([soc(['rules', 'check', good]), soc(['rules', 'check', broken])])
  expect(passed).toMatchObject({ code: 0, stdout: '' })
  expect(failed.code).toBe(1)
  expect(failed.stdout).toMatch(/broken\.yml:\d+: .*nothing_of_that_name/)
})

it('soc without a command lists its commands, and every command tells how it is used', async () => {
  const listed = await soc([])
  expect(listed.code).toBe(0)
  const names = ['start', 'rules', 'parse', 'replay', 'ledger', 'dead-letters', 'users', 'bench']
  for (const name of names) expect(listed.stderr).toContain(`  ${name}`)
  const [help, unknown] = await Promise.all([soc(['users', '--help']), soc(['no-such-command'])])
  expect(help.stdout).toContain('reset-password')
  expect(unknown.code).toBe(2)
})
