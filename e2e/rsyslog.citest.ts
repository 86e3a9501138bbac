import { rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { AlertList } from '#core/api/alerts.ts'
import type { SourceList } from '#core/api/sources.ts'
import { senderSnippets } from '#control/senders/snippets.ts'
import { runScenario, type Scenario } from '../bench/rsyslog.ts'
import { findRsyslogd, startRsyslog, type Rsyslog } from '../bench/rsyslog-daemon.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'

const installed = findRsyslogd() !== undefined
// On a developer's machine it may be missing; in CI its absence is a fault of CI, and the tests fail.
const missing = !installed && process.env['CI'] === undefined
if (missing) process.stderr.write('rsyslogd is not installed: the tests with a real rsyslog are skipped\n')

const open: { soc?: SocProcess; rsyslog?: Rsyslog; data?: string } = {}
afterEach(async () => {
  await open.rsyslog?.stop()
  await open.soc?.stop()
  if (open.data !== undefined) rmSync(open.data, { recursive: true, force: true })
  for (const key of ['rsyslog', 'soc', 'data'] as const) delete open[key]
})

describe.skipIf(missing)('a real rsyslog', () => {
  const scenario = (name: Scenario) =>
    runScenario(name, { messages: 5_000, perSecond: 2_500, ends: 1 }, () => undefined)

  it('omelasticsearch through kill -9: every message is there, once', async () => {
    const result = await scenario('omelasticsearch-kill')
    expect(result).toMatchObject({ messages: 5_000, lost: 0, duplicates: 0, balanced: true })
  })

  it('omfwd over TCP through an orderly restart: every message is there, once', async () => {
    const result = await scenario('omfwd-restart')
    expect(result).toMatchObject({ messages: 5_000, lost: 0, duplicates: 0, balanced: true })
  })

  it('omfwd over TCP through kill -9: only one unbroken run is gone, no more than sockets hold', async () => {
    const result = await scenario('omfwd-kill')
    process.stderr.write(
      `omfwd through kill -9: ${result.lost} of ${result.messages} messages lost in socket buffers\n`
    )
    expect(result.balanced).toBe(true)
    expect(result.lostRuns).toBeLessThanOrEqual(1)
    expect(result.lostBytes).toBeLessThanOrEqual(result.socketBufferBytes)
  })

  it('a batch whose answer never came is sent again by rsyslog and taken once', async () => {
    open.data = temporaryFolder('rsyslog-again')
    const soc = (open.soc = await startSocProcess(open.data))
    const admin = await signInAsAdmin(soc)
    const { id, token } = await addSource(admin, { name: 'rsyslog' })
    const way = await cutOnce(soc.port('http'))
    try {
      const facts = { token, host: '127.0.0.1', httpPort: way.port, syslogPort: 0 }
      const snippet = senderSnippets(facts).find(({ name }) => name === 'rsyslog (omelasticsearch)')!
      open.rsyslog = await startRsyslog(join(open.data, 'rsyslog'), snippet.text)
      await open.rsyslog.feed(0, 300, 3_000)
      const row = await sourceWith(admin, id, 300)
      expect(way.cut()).toBe(true)
      expect(row.fates['stored']).toBe(300)
      expect(row.fates['duplicate']).toBeGreaterThan(0)
      expect(row.received).toBe(300 + row.fates['duplicate']!)
    } finally {
      way.close()
    }
  })

  it('an attack told over TCP, UDP and _bulk raises an alert each', async () => {
    open.data = temporaryFolder('rsyslog-alert')
    const soc = (open.soc = await startSocProcess(open.data))
    const admin = await signInAsAdmin(soc)
    const { token } = await addSource(admin, { name: 'rsyslog', networks: ['127.0.0.0/8'] })
    const facts = { token, host: '127.0.0.1', httpPort: soc.port('http'), syslogPort: soc.port('syslog-tcp') }
    const ways = {
      'may-tcp': `action(type="omfwd" target="127.0.0.1" port="${soc.port('syslog-tcp')}" protocol="tcp")`,
      'may-udp': `action(type="omfwd" target="127.0.0.1" port="${soc.port('syslog-udp')}" protocol="udp")`,
      'may-bulk': senderSnippets(facts).find((snippet) => snippet.name === 'rsyslog (omelasticsearch)')!.text
    }
    for (const [host, forwarding] of Object.entries(ways)) {
      const rsyslog = (open.rsyslog = await startRsyslog(join(open.data, host), forwarding))
      await rsyslog.send(`<86>1 ${new Date().toISOString()} ${host} usermod 5200 - - add 'hotro' to group 'sudo'\n`)
      const alert = await alertAbout(admin, host)
      expect(alert.ruleId).toBe('8476d99b-675b-4c29-87b5-3a342865916c')
      await rsyslog.stop()
    }
  })
})

/** A way to a port on which the first answer is lost: the connection breaks in its place. */
async function cutOnce(port: number) {
  let cut = false
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.end())
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => {
      if (cut) return void near.write(chunk)
      cut = true
      near.resetAndDestroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, cut: () => cut, close: () => server.close() }
}

/** The source once so many of its events are stored and none is on its way; as it stands after 30 s otherwise. */
async function sourceWith(admin: AdminClient, id: string, stored: number) {
  for (let turn = 0; ; turn++) {
    const { sources } = await admin.get<SourceList>('/api/sources')
    const row = sources.find((source) => source.id === id)!
    if ((row.fates['stored'] === stored && row.fates['queued'] === 0) || turn === 150) return row
    await sleep(200)
  }
}

/** The alert whose entity is this host; waits for it, and fails with what there is instead. */
async function alertAbout(admin: AdminClient, host: string) {
  let items: AlertList['items'] = []
  for (let turn = 0; turn < 150; turn++) {
    items = (await admin.get<AlertList>('/api/alerts?tab=all&limit=100')).items
    const found = items.find((alert) => alert.entity.some(({ value }) => value === host))
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Error(`no alert about ${host}: ${JSON.stringify(items.map((alert) => [alert.ruleId, alert.entity]))}`)
}
