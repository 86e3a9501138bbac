import { createReadStream } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { SocError } from '#core/errors.ts'
import { readArgs, type Command } from './command.ts'

const HTTP_BATCH_LINES = 500

/** `soc replay`: a log file through a real listener, as a sender would send it. */
export const replay: Command = {
  about: 'send a log file through a running listener',
  help: `
Usage: soc replay FILE|- --to tcp://HOST:PORT | http://HOST:PORT [--token TOKEN] [--rate EVENTS_PER_SECOND]

tcp:// sends each line as a newline-framed syslog message, http:// posts NDJSON to /v1/events with the token.
Prints how many lines were sent. HTTP counts only lines that were acknowledged.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      to: { type: 'string' },
      token: { type: 'string' },
      rate: { type: 'string' }
    })
    const file = positionals[0]
    if (file === undefined || values.to === undefined) throw new SocError('cli.usage', 'replay needs a file and --to')
    const target = new URL(values.to)
    const rate = values.rate === undefined ? Infinity : Number(values.rate)
    if (!(rate > 0)) throw new SocError('cli.usage', '--rate: events per second, above 0')
    const lines = createInterface({ input: file === '-' ? process.stdin : createReadStream(file) })
    const pace = createPace(rate)
    let sent = 0
    if (target.protocol === 'tcp:') {
      const socket = connect(Number(target.port), target.hostname)
      await once(socket, 'connect')
      for await (const line of lines) {
        await pace(1)
        if (!socket.write(`${line}\n`)) await once(socket, 'drain')
        sent++
      }
      socket.end()
      await once(socket, 'close')
    } else if (target.protocol === 'http:' || target.protocol === 'https:') {
      let batch: string[] = []
      const flush = async () => {
        if (batch.length === 0) return
        await pace(batch.length)
        const response = await fetch(new URL('/v1/events', target), {
          method: 'POST',
          headers: {
            'content-type': 'application/x-ndjson',
            ...(values.token ? { authorization: `Bearer ${values.token}` } : {})
          },
          body: batch.join('\n')
        })
        if (!response.ok)
          throw new SocError('replay.refused', `${target.host} answered ${response.status}: ${await response.text()}`)
        await response.arrayBuffer()
        sent += batch.length
        batch = []
      }
      for await (const line of lines) {
        if (line === '') continue
        batch.push(line)
        if (batch.length >= Math.min(HTTP_BATCH_LINES, rate)) await flush()
      }
      await flush()
    } else throw new SocError('cli.usage', '--to begins with tcp:// or http://')
    process.stdout.write(`${sent}\n`)
    return 0
  }
}

/** Waits so that no more than `rate` events a second go out. */
function createPace(rate: number): (events: number) => Promise<void> {
  const started = performance.now()
  let sent = 0
  return async (events) => {
    const dueMs = (sent / rate) * 1_000 - (performance.now() - started)
    sent += events
    if (dueMs > 4) await new Promise((resolve) => setTimeout(resolve, dueMs))
  }
}
