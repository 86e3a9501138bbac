import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SocError } from '#core/errors.ts'

const START_TIMEOUT_MS = 10_000
/** Messages are handed to rsyslog in slices of this length, so that a rate is kept evenly. */
const SLICE_MS = 20

/** Where rsyslogd lies: on the path, or where distributions put it for root only. Undefined when there is none. */
export function findRsyslogd(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, 'rsyslogd')).find((path) => existsSync(path))
}

/** A real rsyslogd of its own: it hears on a free loopback port and forwards as its configuration says. */
export type Rsyslog = {
  /** Hands it the numbered lines `from` … `to - 1`, evenly at `perSecond`. Resolves when the last byte is handed over. */
  feed(from: number, to: number, perSecond: number): Promise<void>
  /** Hands it these lines as they are. */
  send(text: string): Promise<void>
  /** Messages it took in so far, and messages that lie in any of its queues; from its own counters, once a second. */
  counters(): { submitted: number; queued: number }
  /** What it wrote about itself. */
  log(): string
  stop(): Promise<void>
}

/** The numbered line as rsyslog is given it; `numberOfMessage` finds the number again in what was stored. */
const line = (number: number) =>
  `<134>1 ${new Date().toISOString()} may-45 drill ${process.pid} - - rsyslog drill number-${number}-end`

/** The number of a message of the drill; undefined when it is none. */
export function numberOfMessage(message: unknown): number | undefined {
  const found = /\bnumber-(\d+)-end$/.exec(typeof message === 'string' ? message.trim() : '')
  return found?.[1] === undefined ? undefined : Number(found[1])
}

/**
 * Starts rsyslogd in `folder` with a forwarding action as our own snippets print it (module and template statements
 * before it are allowed). Throws `bench.rsyslog` with its output when it does not start.
 */
export async function startRsyslog(folder: string, forwarding: string): Promise<Rsyslog> {
  const program = findRsyslogd()
  if (program === undefined) throw new SocError('bench.rsyslog', 'rsyslogd is not installed')
  mkdirSync(folder, { recursive: true })
  const file = (name: string) => join(folder, name)
  const at = forwarding.indexOf('action(')
  writeFileSync(
    file('rsyslog.conf'),
    [
      `global(workDirectory="${folder}")`,
      'module(load="imtcp")',
      `module(load="impstats" interval="1" format="json" log.syslog="off" log.file="${file('counters.json')}")`,
      forwarding.slice(0, at),
      'ruleset(name="drill") {',
      forwarding.slice(at),
      '}',
      `input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${file('port')}" ruleset="drill")`,
      // What rsyslog says of itself is no message of the drill.
      `action(type="omfile" file="${file('own.log')}")`,
      ''
    ].join('\n')
  )
  const child = spawn(program, ['-n', '-f', file('rsyslog.conf'), '-i', file('pid')], {
    stdio: ['ignore', 'ignore', 'pipe']
  })
  let output = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => (output = (output + text).slice(-20_000)))
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const log = () => output + (existsSync(file('own.log')) ? readFileSync(file('own.log'), 'utf8').slice(-20_000) : '')
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!existsSync(file('port')) || readFileSync(file('port'), 'utf8') === '') {
    if (ended() || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new SocError('bench.rsyslog', `rsyslogd did not start:\n${log()}`)
    }
    await sleep(25)
  }
  const port = Number(readFileSync(file('port'), 'utf8'))

  return {
    async feed(from, to, perSecond) {
      const started = performance.now()
      await send(port, async (write) => {
        for (let next = from; next < to;) {
          const due = Math.min(to, from + Math.ceil(((performance.now() - started) / 1_000) * perSecond))
          let text = ''
          while (next < due) text += `${line(next++)}\n`
          await write(text)
          await sleep(SLICE_MS)
        }
      })
    },
    send: (text) => send(port, (write) => write(text)),
    counters: () => readCounters(file('counters.json')),
    log,
    async stop() {
      if (ended()) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await exit
      clearTimeout(killer)
    }
  }
}

/** One connection to rsyslog's own listener; rejects when it breaks. */
async function send(port: number, act: (write: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const broken = new Promise<never>((_resolve, reject) => socket.on('error', reject))
  broken.catch(() => undefined)
  const write = async (text: string) => {
    if (text !== '' && !socket.write(text)) await Promise.race([once(socket, 'drain'), broken])
  }
  await Promise.race([act(write), broken])
  const closed = once(socket, 'close')
  socket.end()
  socket.resume()
  await Promise.race([closed, broken])
}

type Counter = { name: string; origin: string; size?: number; submitted?: number }

/** The newest value of each counter; the file only grows, by a few kilobytes a second. */
function readCounters(path: string): { submitted: number; queued: number } {
  const newest = new Map<string, Counter>()
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  for (const text of lines.slice(0, -1)) {
    const at = text.indexOf('{')
    if (at === -1) continue
    const counter = JSON.parse(text.slice(at)) as Counter
    newest.set(counter.name, counter)
  }
  const sum = (pick: (counter: Counter) => number) => [...newest.values()].reduce((all, one) => all + pick(one), 0)
  return {
    submitted: sum((counter) => (counter.origin === 'imtcp' ? (counter.submitted ?? 0) : 0)),
    queued: sum((counter) => (counter.origin === 'core.queue' ? (counter.size ?? 0) : 0))
  }
}
