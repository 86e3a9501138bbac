import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { SMTPServer } from 'smtp-server'
import { seeded } from '#simulator/random.ts'
import type { Benchmark, Figure } from './report.ts'
import { temporaryFolder } from '#testing/running-process.ts'

/** How long a receiver takes to say yes: long enough for a kill to fall between the yes and its commit. */
const ANSWER_MS = 15
const PATIENCE_MS = 120_000

type Receivers = {
  environment: Record<string, string>
  mails: string[]
  webhooks: string[]
  sms: string[]
  /** Requests with an id that was taken before: recognised, not taken again. */
  repeated: { webhook: number; sms: number }
  total(): number
  close(): Promise<void>
}

/** A real SMTP server, and stand-ins of a webhook receiver and an SMS gateway that tell by the id what they have already. */
async function startReceivers(random: () => number): Promise<Receivers> {
  const mails: string[] = []
  const webhooks: string[] = []
  const sms: string[] = []
  const repeated = { webhook: 0, sms: 0 }
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let mail = ''
      stream.on('data', (part: Buffer) => (mail += part.toString('utf8')))
      stream.on('end', () => {
        mails.push(/^Message-ID: <([^@>]+)/im.exec(mail)?.[1] ?? 'none')
        setTimeout(() => done(null, `queued as ${mails.length}`), ANSWER_MS * random())
      })
    }
  })
  // The killed process leaves broken connections: that is the drill.
  smtp.on('error', () => undefined)
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve))
  const http = createServer((request, reply) => {
    const parts: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const take = (list: string[], id: string, kind: 'webhook' | 'sms') => {
        const isNew = !list.includes(id)
        if (isNew) list.push(id)
        else repeated[kind]++
        return isNew
      }
      let answer = '{}'
      if (request.url === '/webhook') take(webhooks, String(request.headers['x-soc-event-id']), 'webhook')
      else {
        const { RequestId } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { RequestId: string }
        const isNew = take(sms, RequestId, 'sms')
        answer = JSON.stringify(isNew ? { CodeResult: '100', SMSID: RequestId } : { CodeResult: '124' })
      }
      setTimeout(() => reply.end(answer), ANSWER_MS * random())
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return {
    environment: {
      SOC_SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
      SOC_SMTP_FROM: 'soc@example.test',
      SOC_WEBHOOK_URL: `${base}/webhook`,
      SOC_WEBHOOK_SECRET: 'secret-of-the-drill',
      SOC_WEBHOOK_PRIVATE: 'on',
      SOC_SMS_URL: base,
      SOC_SMS_KEY: 'key',
      SOC_SMS_SECRET: 'secret',
      SOC_SMS_BRANDNAME: 'SOC HUE',
      SOC_SMS_DAILY_MAX: '1000000'
    },
    mails,
    webhooks,
    sms,
    repeated,
    total: () => mails.length + webhooks.length + sms.length,
    async close() {
      http.closeAllConnections()
      http.close()
      await new Promise<void>((resolve) => smtp.close(resolve))
    }
  }
}

const query = <T>(data: string, text: string): T[] => {
  const database = new DatabaseSync(join(data, 'control.db'), { readOnly: true })
  try {
    return database.prepare(text).all() as T[]
  } finally {
    database.close()
  }
}

/** kill -9 between "sent" and "written down", over every channel that can be tried without a provider. */
export const notifications: Benchmark = {
  about: 'kill -9 during 1,000 notifications: none lost, webhook and SMS none twice, mails only what was in flight',
  help: `
Usage: soc bench notifications [--messages 1000] [--kills 8]

A process of its own announces and sends over SMTP, a webhook and SMS to receivers in this process. It is killed with SIGKILL
while messages are on their way and started again. At the end every message must have arrived and have its fate in the table.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: { messages: { type: 'string', default: '1000' }, kills: { type: 'string', default: '8' } }
    })
    const kills = Number(values.kills)
    // Each announcement is told by three channels.
    const announcements = Math.ceil(Number(values.messages) / 3)
    const random = seeded(45)
    const data = temporaryFolder('notifications')
    const receivers = await startReceivers(random)
    let child: ChildProcess | undefined
    const start = () => {
      child = spawn(process.execPath, [join(import.meta.dirname, 'notifier-process.ts'), String(announcements)], {
        env: { PATH: process.env['PATH'] ?? '', SOC_DATA: data, ...receivers.environment },
        stdio: ['ignore', 'ignore', 'inherit']
      })
      return child
    }
    const end = async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    const began = performance.now()
    const waitFor = async (goal: string, reached: () => boolean) => {
      for (const until = performance.now() + PATIENCE_MS; !reached(); await sleep(5)) {
        if (performance.now() > until) throw new Error(`${goal} was not reached`)
        if (child?.exitCode != null) throw new Error(`the notifier ended by itself with ${child.exitCode}`)
      }
    }
    try {
      let inFlight = 0
      for (let round = 1; round <= kills; round++) {
        start()
        const wanted = Math.floor((announcements * 3 * round) / (kills + 1))
        await waitFor(`message ${wanted}`, () => receivers.total() >= wanted)
        await end()
        const sending = query<{ channel: string; n: number }>(
          data,
          `SELECT channel, count(*) AS n FROM notifications WHERE status = 'sending' GROUP BY channel`
        )
        inFlight += sending.find(({ channel }) => channel === 'email')?.n ?? 0
        progress(`kill ${round} of ${kills}: ${receivers.total()} received, on their way: ${JSON.stringify(sending)}`)
      }
      start()
      const open = () =>
        query<{ n: number }>(
          data,
          `SELECT (SELECT count(*) FROM notifications WHERE status IN ('queued', 'sending', 'deferred')) + ${announcements}
             - (SELECT count(*) FROM meta WHERE key LIKE 'change-%') AS n`
        )[0]!.n
      let last = 0
      await waitFor('the end of the outbox', () => {
        if (performance.now() - last < 200) return false
        last = performance.now()
        return open() === 0
      })
      await end()
      const rows = query<{ channel: string; status: string; message_id: string; entries: number }>(
        data,
        `SELECT channel, status, message_id, (SELECT count(*) FROM notification_history h WHERE h.notification_id = n.id) AS entries
         FROM notifications n`
      )
      const rowsOf = (channel: string) => rows.filter((row) => row.channel === channel)
      const missing = (channel: string, received: readonly string[]) => {
        const known = new Set(received)
        return rowsOf(channel).filter(({ message_id: id }) => !known.has(id)).length
      }
      const lost =
        missing('email', receivers.mails) +
        missing('webhook', receivers.webhooks) +
        missing('sms', receivers.sms) +
        (announcements * 3 - rows.length)
      const twice = (list: readonly string[]) => list.length - new Set(list).size
      const strangers = (channel: string, received: readonly string[]) => {
        const known = new Set(rowsOf(channel).map(({ message_id: id }) => id))
        return received.filter((id) => !known.has(id)).length
      }
      // More than one id for one message would be a second message to the receiver.
      const doubled = (channel: string, list: readonly string[]) =>
        Math.max(0, list.length - announcements) + strangers(channel, list)
      const fates = rows.filter((row) => ['accepted', 'delivered'].includes(row.status) && row.entries >= 3).length
      const mailTwice = twice(receivers.mails)
      const figures: Figure[] = [
        { name: 'kills', value: kills, unit: '' },
        { name: 'messages', value: announcements * 3, unit: '' },
        { name: 'seconds', value: (performance.now() - began) / 1000, unit: 's' },
        { name: 'lost', value: lost, unit: '', target: '0', reached: lost === 0 },
        ...(['webhook', 'sms'] as const).map((channel) => {
          const value = doubled(channel, channel === 'sms' ? receivers.sms : receivers.webhooks)
          return { name: `${channel}_twice`, value, unit: '', target: '0', reached: value === 0 }
        }),
        { name: 'webhook_repeated', value: receivers.repeated.webhook, unit: 'recognised by id' },
        { name: 'sms_repeated', value: receivers.repeated.sms, unit: 'recognised by id' },
        { name: 'mail_in_flight', value: inFlight, unit: 'at the kills' },
        {
          name: 'mail_twice',
          value: mailTwice,
          unit: '',
          target: `<= ${inFlight}`,
          reached: mailTwice <= inFlight
        },
        {
          name: 'fates_in_the_table',
          value: fates,
          unit: '',
          target: `= ${announcements * 3}`,
          reached: fates === announcements * 3
        }
      ]
      return figures
    } finally {
      await end()
      await receivers.close()
      rmSync(data, { recursive: true, force: true })
    }
  }
}
