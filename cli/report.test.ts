import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { countActivity } from '#control/figures/activity.ts'
import { sha256 } from '#control/reports/archive.ts'
import type { ReportRow } from '#core/api/reports.ts'
import { lockDataFolder } from './lock.ts'
import { openControl } from '#control/database/control.ts'
import { report } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'cli-report-'))
const data = join(folder, 'data')
beforeAll(() => {
  vi.stubEnv('SOC_DATA', data)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})
afterEach(() => vi.restoreAllMocks())

/** What the command wrote to stdout, and its exit code. */
async function run(...args: string[]) {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  const code = await report.run(args)
  return { code, out: lines.join('') }
}
const MAKE = ['make', '--kind', 'daily', '--from', '2023-11-10', '--to', '2023-11-10', '--json']

it('refuses a folder without a platform, and what is no report', async () => {
  await expect(report.run(['verify'])).rejects.toMatchObject({ code: 'cli.no_data' })
  mkdirSync(data)
  openControl(join(data, 'control.db')).close()
  for (const args of [
    [],
    ['print'],
    ['make'],
    ['make', '--kind', 'yearly'],
    ['make', '--kind', 'daily'],
    ['verify', 'x']
  ])
    await expect(report.run(args)).rejects.toMatchObject({ code: 'cli.usage' })
  const backwards = ['make', '--kind', 'daily', '--from', '2023-11-10', '--to', '2023-11-09']
  await expect(report.run(backwards)).rejects.toMatchObject({ code: 'posture.backwards' })
})

it('makes a report on a stopped platform, once, and copies its files', { timeout: 60_000 }, async () => {
  const out = join(folder, 'out')
  const first = await run(...MAKE, '--out', out)
  const row = JSON.parse(first.out) as ReportRow & { files: string[] }
  expect(first.code).toBe(0)
  expect(row).toMatchObject({ id: 'BC-0001', kind: 'daily', madeBy: 'cli', draft: false })
  expect(row.files).toEqual([join(out, 'BC-0001.pdf'), join(out, 'BC-0001.docx')])
  expect(sha256(readFileSync(join(out, 'BC-0001.pdf')))).toBe(row.pdf.hash)
  const again = JSON.parse((await run(...MAKE)).out) as ReportRow
  expect([again.id, again.pdf.hash]).toEqual([row.id, row.pdf.hash])
})

it('makes none of days before the first data', async () => {
  const control = openControl(join(data, 'control.db'))
  const at = Date.parse('2023-11-09T12:00:00+07:00')
  countActivity(control, [{ day: '2023-11-09', unit: '19849', origin: 'real', events: 1, firstAt: at, lastAt: at }])
  control.close()
  await expect(
    report.run(['make', '--kind', 'daily', '--from', '2023-11-08', '--to', '2023-11-08'])
  ).rejects.toMatchObject({ code: 'posture.before_data', params: { first: '2023-11-09' } })
})

it('makes none beside a running platform, which it names', async () => {
  const lock = lockDataFolder(data)
  await expect(report.run(MAKE)).rejects.toMatchObject({ code: 'data.locked' })
  expect((await run('verify')).out).toContain('1 reports')
  lock.release()
})

it('finds a file that was changed', async () => {
  const files = join(data, 'reports')
  const pdf = readdirSync(files).find((name) => name.endsWith('.pdf'))!
  writeFileSync(join(files, pdf), 'other')
  expect(await run('verify', '--json')).toEqual({
    code: 1,
    out: `${JSON.stringify({ reports: 1, faults: [{ id: 'BC-0001', file: 'pdf', state: 'changed' }] })}\n`
  })
  rmSync(join(files, pdf))
  expect(await run('verify')).toEqual({ code: 1, out: 'BC-0001.pdf is gone\n' })
})
