import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '#core/clock.ts'
import type { SpooledFrame } from '#core/frame.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'
import { createIntake, type IntakeOptions } from '#collector/intake.ts'
import { type IntakeNotice, type ListenerOrder } from '#core/data-plane.ts'
import { openSpoolReader } from '#collector/spool/reader.ts'
import type { LedgerNote, SpoolWriter } from '#collector/spool/spool.ts'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import type { Patience } from '#collector/sources/source.ts'

export const TOKEN = 'vl_documentation-token'
export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

export function sender(id: string, change: Partial<Sender> = {}): Sender {
  return {
    id,
    name: id,
    unit: `unit-of-${id}`,
    origin: 'real',
    tokenHashes: [],
    networks: [],
    speaksFor: 'self',
    utcOffsetMinutes: 420,
    enabled: true,
    ...change
  }
}

export const snapshotOf = (...senders: Sender[]): DataPlaneSnapshot => ({
  version: 1,
  senders,
  unitByDomain: {},
  unitNames: {}
})

/** `tester` by token, `local` by the loopback network. */
export const tester = sender('tester', { tokenHashes: [sha256(TOKEN)] })
export const local = sender('local', { networks: ['127.0.0.0/8', '::1/128'] })

const hold = (then: 429 | 503 | 'reset') => ({ holdMs: 60, then })
const patience: Patience = { events: hold(429), bulk: hold(429), syslogNg: hold(503), rsyslog: hold('reset') }

/** A spool and an intake on a temporary folder, as the intake thread has them, with listeners on ports of the system. */
export async function openForTests(
  listeners: Partial<ListenerOrder>[],
  snapshot: DataPlaneSnapshot = snapshotOf(tester),
  change: {
    folder?: string
    wrap?(spool: SpoolWriter): SpoolWriter
    tls?: IntakeOptions['tls']
    onHeartbeats?: IntakeOptions['onHeartbeats']
    doors?: IntakeOptions['doors']
  } = {}
) {
  const folder = change.folder ?? mkdtempSync(join(tmpdir(), 'vl-intake-'))
  const clock = manualClock(1_700_000_000_000)
  const writer = openSpoolWriter(join(folder, 'spool'), { maxBytes: 2 ** 30, reserveBytes: 1, clock })
  const spool = change.wrap?.(writer) ?? writer
  const notices: IntakeNotice[] = []
  const onNotice = (notice: IntakeNotice) => notices.push(notice)
  const { tls, onHeartbeats, doors } = change
  const intake = createIntake({
    spool,
    snapshot,
    clock,
    patience,
    tls,
    doors,
    onNotice,
    ...(onHeartbeats && { onHeartbeats })
  })
  const open = await intake.open(
    listeners.map((order, index) => ({
      id: `listener-${index}`,
      protocol: 'http',
      host: '127.0.0.1',
      port: 0,
      origin: 'real',
      ...order
    }))
  )

  const records = () => {
    const reader = openSpoolReader(join(folder, 'spool'))
    const end = writer.durableEnd()
    const frames: SpooledFrame[] = []
    const notes: LedgerNote[] = []
    for (let at = reader.start(); at < end;) {
      const batch = reader.read(at, end, { maxRecords: 10_000, maxBytes: 2 ** 28 })
      for (const record of batch.records) {
        if (record.kind === 'frame') frames.push(record.frame)
        else notes.push(record.note)
      }
      at = batch.next
    }
    reader.close()
    return { frames, notes }
  }
  return {
    folder,
    clock,
    writer,
    intake,
    notices,
    ports: open.map((listener) => listener.port),
    url: `http://127.0.0.1:${open[0]?.port}`,
    frames: () => records().frames,
    texts: () => records().frames.map((frame) => frame.raw.toString()),
    notes: () => records().notes,
    /** Resolves when the spool holds this many records. */
    async heard(count: number) {
      while (writer.durableEnd() < count) {
        await new Promise<void>((resolve) => {
          writer.onDurable(() => resolve())
        })
      }
    },
    /** Stops like an orderly end; the folder stays when `keep`. */
    async close(keep = false) {
      await intake.stop()
      await writer.close()
      if (!keep) rmSync(folder, { recursive: true, force: true })
    }
  }
}

export type Opened = Awaited<ReturnType<typeof openForTests>>
