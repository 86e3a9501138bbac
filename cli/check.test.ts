import { closeSync, cpSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openControl } from '#control/database/control.ts'
import { needSoundControl } from '#control/database/soundness.ts'
import { openSqliteWriter } from '#store/sqlite/writer.ts'
import { temporaryFolder } from '#testing/running-process.ts'
import { check } from './check.ts'
import { needControl } from './data-folder.ts'

let folder: string
let control: string
beforeEach(async () => {
  folder = temporaryFolder('check')
  control = join(folder, 'control.db')
  openControl(control).close()
  await openSqliteWriter(join(folder, 'store')).close()
  vi.stubEnv('SOC_DATA', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

async function checked() {
  let said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((said += String(text)), true))
  const code = await check.run(['--json'])
  const { files } = JSON.parse(said) as { files: { file: string; faults: string[] }[] }
  return { code, damaged: files.filter(({ faults }) => faults.length > 0).map(({ file }) => file) }
}
function spoil(path: string, from: number, length: number) {
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, from)
  closeSync(descriptor)
}

it('passes sound databases', async () => {
  expect(await checked()).toEqual({ code: 0, damaged: [] })
  needSoundControl(control)
})

it.each([
  ['head', () => spoil(control, 0, 100)],
  ['middle', () => spoil(control, Math.floor(statSync(control).size / 2), 8_192)],
  ['whole file', () => writeFileSync(control, 'x'.repeat(50_000))]
])('a control database with a spoiled %s is named by check, and a start refuses it in one line', async (_, harm) => {
  harm()
  expect(await checked()).toEqual({ code: 1, damaged: ['control.db'] })
  let said: unknown
  try {
    needSoundControl(control)
  } catch (error) {
    said = error
  }
  expect(said).toMatchObject({ code: 'control.damaged' })
  expect((said as Error).message).toContain(control)
  expect((said as Error).message).not.toContain('\n')
})

it('names a damaged file of the store, and one that was set aside', async () => {
  spoil(join(folder, 'store/totals.db'), 0, 100)
  cpSync(control, join(folder, 'store/events-real-2026-11-20.db.damaged-1'))
  expect(await checked()).toEqual({
    code: 1,
    damaged: ['store/events-real-2026-11-20.db.damaged-1', 'store/totals.db']
  })
})

it('a start on older data without its control.db is refused, a new folder and a wish for a new one are not', async () => {
  rmSync(control)
  expect(() => needControl(folder, false)).toThrow(expect.objectContaining({ code: 'data.no_control' }) as Error)
  expect(await checked()).toEqual({ code: 1, damaged: ['control.db'] })
  needControl(folder, true)
  const fresh = join(folder, 'fresh')
  mkdirSync(join(fresh, 'spool'), { recursive: true })
  writeFileSync(join(fresh, 'lock'), '')
  needControl(fresh, false)
})
