import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Drill, DrillLine } from '../../cli/drill-lines.ts'
import type { SourceList, Summary } from '#core/api/sources.ts'
import { messageOf, SocError } from '#core/errors.ts'
import {
  addSource,
  freePorts,
  inherited,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'

const DISK_MB = 96
const DESCRIPTORS = 256
const HEAP_MB = 96
const WAIT_MS = 90_000
const padding = 'x'.repeat(1_000)
const cli = join(import.meta.dirname, '../../cli/index.ts')

/** One resource that runs out; gives what was seen, which is `expected` when all is right. */
type Shortage = { name: string; expected: string; possible(): boolean; play(data: string): Promise<string> }

const mayMount = () => process.platform === 'linux' && process.getuid?.() === 0

const shortages: Shortage[] = [
  {
    name: `a disk of ${DISK_MB} MiB is filled`,
    expected: 'held back and alive; console says the disk is full; start refused in one line; all frames stored after',
    possible: mayMount,
    play: fillDisk
  },
  {
    name: `${DESCRIPTORS} descriptors, twice as many connections`,
    expected: 'alive; the next sender heard after the connections went; ledger adds up',
    possible: () => process.platform !== 'win32',
    play: useUpDescriptors
  },
  {
    name: `${HEAP_MB} MiB of heap a thread, 60,000 lines at once`,
    expected: 'alive; every line stored',
    possible: () => true,
    play: floodSmallHeap
  }
]

/** `soc drill resources`: disk, descriptors and memory run out, and come back. */
export const resources: Drill = {
  about: 'let disk, descriptors and memory run out: states, not crashes',
  help: `
Usage: soc drill resources [--only WORD] [--json]

Starts a platform in a folder of its own for each line. The disk is a small tmpfs that only root may mount; without root that line
is left out. A stalled volume cannot be made honestly without a device of one's own and is not played.`,
  async run({ only }, log) {
    const word = only?.toLowerCase()
    const lines: DrillLine[] = []
    for (const { name, expected, possible, play } of shortages) {
      if (!possible() || (word !== undefined && !name.toLowerCase().includes(word))) continue
      const data = temporaryFolder('resources')
      let seen: string
      try {
        seen = await play(data)
      } catch (error) {
        seen = `failed: ${messageOf(error)}`
      } finally {
        rmSync(data, { recursive: true, force: true })
      }
      const line = { scenario: name, expected, seen, passed: seen === expected }
      lines.push(line)
      log(line)
    }
    return lines
  }
}

const sources = (admin: AdminClient) => admin.get<SourceList>('/api/sources')
const alive = (soc: SocProcess) => soc.child.exitCode === null && soc.child.signalCode === null

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const ends = performance.now() + WAIT_MS
  while (!(await holds())) {
    if (performance.now() > ends) throw new SocError('bench.api', `not within ${WAIT_MS / 1000} s: ${what}`)
    await sleep(200)
  }
}

async function opened(soc: SocProcess): Promise<Socket> {
  const socket = connect(soc.port('syslog-tcp'), '127.0.0.1')
  // A process that is short of something may reset it: what matters is what it does afterwards.
  socket.on('error', () => undefined)
  await Promise.race([once(socket, 'connect'), once(socket, 'close'), sleep(5_000)])
  return socket
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done)
      resolve()
    }
    socket.on('drain', done).on('close', done)
  })
}

/** Writes numbered lines as fast as they are taken; resolves when all were, or the connection is gone. */
async function send(soc: SocProcess, count: number): Promise<void> {
  const socket = await opened(soc)
  for (let number = 0; number < count && !socket.destroyed; number++) {
    const line = `<38>${new Date().toISOString()} may-1 app[${number}]: dong ${number} ${padding}\n`
    if (!socket.write(line)) await drained(socket)
  }
  socket.end()
}

async function stored(admin: AdminClient, count: number): Promise<void> {
  await until(`${count} stored and the ledger adds up`, async () => {
    const { ledger } = await sources(admin)
    return ledger.balanced && (ledger.fates['stored'] ?? 0) >= count && ledger.fates['queued'] === 0
  })
}

/** A start that must fail: its exit code and what it said. */
function startFails(data: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...inherited, ...freePorts, SOC_DATA: data, SOC_DEMO: 'off' }
    execFile(process.execPath, [cli, 'start', '--no-build'], { env, timeout: 60_000 }, (error, _out, stderr) =>
      resolve(error === null ? 'started' : stderr.trim())
    )
  })
}

async function fillDisk(data: string): Promise<string> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', data])
  let soc: SocProcess | undefined
  try {
    const settings = { SOC_DISK_RESERVE_MB: '1' }
    soc = await startSocProcess(data, settings)
    const admin = await signInAsAdmin(soc)
    await addSource(admin, { name: 'syslog', networks: ['127.0.0.0/8'] })
    const lines = 60_000
    const sending = send(soc, lines)
    await until('the intake holds senders back', async () => (await sources(admin)).spool.refusal !== null)
    // Another program takes the rest; what the control plane writes by itself meets it.
    fill(join(data, 'other-program'))
    await until('the console says so', async () => {
      await admin.send('POST', '/api/sources', { ...newSource, name: `thử ${Date.now()}` }).catch(() => undefined)
      return (await admin.get<Summary>('/api/summary')).blind.storageAway === 'full'
    })
    if (!alive(soc)) return 'the process has ended'
    const refused = await startOnCopy(data)
    if (!/^soc: [^\n]*MiB are needed to start[^\n]*$/.test(refused)) return `start on a full disk: ${refused}`
    rmSync(join(data, 'other-program'))
    execFileSync('mount', ['-o', 'remount,size=2000m', data])
    await sending
    await stored(admin, lines)
    await until('the console takes acts again', async () => {
      return (await admin.get<Summary>('/api/summary')).blind.storageAway === null
    })
    return shortages[0]!.expected
  } catch (error) {
    // What the process said last tells more than the connection that broke.
    return soc === undefined || alive(soc) ? `failed: ${messageOf(error)}` : `ended: ${soc.output().slice(-2_000)}`
  } finally {
    await soc?.stop()
    execFileSync('umount', ['--lazy', data])
  }
}

const newSource = { unit: '19849', networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }

/** A second start on the same full volume, in a folder of its own there. */
const startOnCopy = (data: string) => startFails(join(data, 'second'))

/** Writes until nothing more goes in. */
function fill(path: string): void {
  for (const bytes of [1024 * 1024, 4096])
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes, 1), { flag: 'a' })
    } catch {
      // Full at this size.
    }
}

async function useUpDescriptors(data: string): Promise<string> {
  const soc = await startSocProcess(data, {}, DESCRIPTORS)
  try {
    const admin = await signInAsAdmin(soc)
    await addSource(admin, { name: 'syslog', networks: ['127.0.0.0/8'] })
    const sockets = await Promise.all(Array.from({ length: 2 * DESCRIPTORS }, () => opened(soc)))
    await sleep(3_000)
    if (!alive(soc)) return 'the process has ended'
    for (const socket of sockets) socket.destroy()
    await sleep(1_000)
    await send(soc, 100)
    await stored(admin, 100)
    return alive(soc) ? shortages[1]!.expected : 'the process has ended'
  } finally {
    await soc.stop()
  }
}

async function floodSmallHeap(data: string): Promise<string> {
  const soc = await startSocProcess(data, { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` })
  try {
    const admin = await signInAsAdmin(soc)
    await addSource(admin, { name: 'syslog', networks: ['127.0.0.0/8'] })
    await send(soc, 60_000)
    await stored(admin, 60_000)
    return alive(soc) ? shortages[2]!.expected : 'the process has ended'
  } finally {
    await soc.stop()
  }
}
