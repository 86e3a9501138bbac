import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { readConfig } from '#core/config.ts'
import type { ControlSide, DataPlane } from '#core/data-plane.ts'
import type { MatchBatch } from '#core/match.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import { startDataPlane } from './data-plane.ts'

const snapshot: DataPlaneSnapshot = {
  version: 1,
  unitByDomain: {},
  unitNames: {},
  senders: [
    {
      ...{ id: 'web', name: 'web', unit: '19849', origin: 'real', tokenHashes: [], networks: [] },
      ...{ speaksFor: 'self', utcOffsetMinutes: 420, enabled: true }
    }
  ]
}

let folder: string
let plane: DataPlane | undefined
afterEach(async () => {
  await plane?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A control side that remembers what was committed, and how often. */
function controlOf(commit: (batch: MatchBatch) => void = () => undefined) {
  const failures: string[] = []
  const batches: MatchBatch[] = []
  let checkpoint: { offset: number; state: Uint8Array } | undefined
  const control: ControlSide = {
    position: () => ({ offset: batches.at(-1)?.to ?? -1, ...(checkpoint && { checkpoint }) }),
    commit: (batch) => {
      commit(batch)
      batches.push(batch)
      if (batch.checkpoint) checkpoint = { offset: batch.to, state: batch.checkpoint }
    },
    snapshot: () => snapshot,
    notice: () => undefined,
    changed: () => undefined,
    warned: () => undefined,
    failed: (thread, message) => failures.push(`${thread}: ${message}`)
  }
  return { control, batches, failures }
}

async function start(control: ControlSide) {
  folder = mkdtempSync(join(tmpdir(), 'soc-plane-'))
  const rules = new URL('../testing/rules', import.meta.url).pathname
  const opened = (plane = await startDataPlane(readConfig({ SOC_DATA: folder, SOC_RULES: rules }), control))
  const [listener] = await opened.open([
    { id: 'tcp', protocol: 'syslog-tcp', host: '127.0.0.1', port: 0, origin: 'real', sender: 'web' }
  ])
  const send = (from: number, to: number) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(listener!.port, '127.0.0.1', () => {
        for (let n = from; n < to; n++) socket.write(`<13>Nov 23 07:30:52 h app: line ${n}\n`)
        socket.end()
      })
      socket.on('close', () => resolve())
      socket.on('error', reject)
    })
  const stored = () => opened.state.ledger?.rows.reduce((sum, row) => sum + row.stored, 0) ?? 0
  return { opened, send, stored }
}

const patiently = { timeout: 30_000, interval: 100 }

it('threads that end come back from what is committed, on the same ports, and lose nothing', async () => {
  const { control, batches, failures } = controlOf()
  const { opened, send, stored } = await start(control)
  await send(0, 100)
  await vi.waitFor(() => expect(stored()).toBe(100), patiently)
  // No thread survives a snapshot that is none.
  opened.setSnapshot(null as never)
  await vi.waitFor(() => {
    expect(opened.state.restarts.map(({ thread, count, down }) => [thread, count, down]).sort()).toEqual([
      ['intake', 1, false],
      ['pipeline', 1, false],
      ['store', 1, false]
    ])
  }, patiently)
  await vi.waitFor(() => send(100, 200), patiently)
  await vi.waitFor(() => expect(stored()).toBe(200), patiently)
  await vi.waitFor(() => expect(batches.at(-1)?.to).toBe(199), patiently)
  for (const [n, batch] of batches.entries()) expect(batch.from).toBe(n === 0 ? 0 : batches[n - 1]!.to + 1)
  expect(failures).toEqual([])
}, 60_000)

it('matches that cannot be committed are held, said so, and committed once when they can be', async () => {
  let full = true
  const { control, batches } = controlOf(() => {
    if (full) throw new Error('database or disk is full')
  })
  const { opened, send, stored } = await start(control)
  await send(0, 50)
  await vi.waitFor(() => expect(opened.state.detector.held).toBe('database or disk is full'), patiently)
  await vi.waitFor(() => expect(stored()).toBe(50), patiently)
  full = false
  await vi.waitFor(() => expect(batches.at(-1)?.to).toBe(49), patiently)
  expect(opened.state.detector.held).toBe(null)
  expect(batches[0]!.from).toBe(0)
}, 60_000)
