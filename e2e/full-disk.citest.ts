import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { SourceList } from '#core/api/sources.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type SocProcess
} from '#testing/running-process.ts'
import { fatesNow } from './running.ts'

// Only root may mount; without it the same behaviour is tested with a reserve larger than the disk (bad-input.test.ts).
const mayMount = process.platform === 'linux' && process.getuid?.() === 0

const SMALL_MB = 120
const RESERVE_MB = 24
const LINES = 60_000
const padding = 'x'.repeat(2_000)

let soc: SocProcess | undefined
let data: string | undefined
afterEach(async () => {
  await soc?.stop()
  if (data === undefined) return
  execFileSync('umount', ['--lazy', data])
  rmSync(data, { recursive: true, force: true })
})

describe.skipIf(!mayMount)('a disk that is really full', () => {
  it('TCP senders are held while a small tmpfs is full, and go on when it has room: every line is there, once', async () => {
    data = temporaryFolder('full-disk')
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_MB}m`, 'tmpfs', data])
    soc = await startSocProcess(data, { SOC_DISK_RESERVE_MB: String(RESERVE_MB) })
    const admin = await signInAsAdmin(soc)
    await addSource(admin, { name: 'syslog', networks: ['127.0.0.0/8'] })
    const status = () => admin.get<SourceList>('/api/sources')

    const socket = connect(soc.port('syslog-tcp'), '127.0.0.1')
    await once(socket, 'connect')
    const sending = (async () => {
      for (let number = 0; number < LINES; number++) {
        const line = `<38>${new Date().toISOString()} may-1 app[${number}]: dong ${number} ${padding}\n`
        if (!socket.write(line)) await once(socket, 'drain')
      }
      socket.end()
    })()
    await expect.poll(async () => (await status()).spool.refusal, { timeout: 90_000, interval: 200 }).toBe('disk')
    expect((await fetch(new URL('/readyz', soc.url))).status).toBe(503)
    expect(soc.child.exitCode).toBeNull()
    expect((await fatesNow(admin)).received).toBeLessThan(LINES)

    execFileSync('mount', ['-o', 'remount,size=2000m', data])
    await sending
    await expect
      .poll(() => fatesNow(admin), { timeout: 120_000, interval: 500 })
      .toMatchObject({ received: LINES, stored: LINES, queued: 0, dropped: 0, dead_lettered: 0, balanced: true })
    await expect.poll(async () => (await fetch(new URL('/readyz', soc!.url))).status).toBe(200)
  })
})
