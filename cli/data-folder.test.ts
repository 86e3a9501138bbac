import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { closeToOthers } from './data-folder.ts'

let folder = ''
const before = process.umask()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soc-closed-'))
})
afterEach(() => {
  process.umask(before)
  rmSync(folder, { recursive: true, force: true })
})

const modeOf = (...path: string[]) => (statSync(join(...path)).mode & 0o777).toString(8)

it('closes what an older version left open, and everything made from then on', () => {
  const data = join(folder, 'data')
  mkdirSync(join(data, 'store', 'deep'), { recursive: true })
  for (const name of ['control.db', 'store/day.db', 'store/deep/x']) {
    writeFileSync(join(data, name), '')
    chmodSync(join(data, name), 0o644)
  }
  chmodSync(data, 0o755)
  writeFileSync(join(data, 'theirs'), '')
  chmodSync(join(data, 'theirs'), 0o644)
  writeFileSync(join(folder, 'outside'), '')
  chmodSync(join(folder, 'outside'), 0o644)
  symlinkSync(join(folder, 'outside'), join(data, 'store', 'link'))
  closeToOthers(data)
  writeFileSync(join(data, 'new'), '')
  mkdirSync(join(data, 'later'))
  expect([modeOf(data, 'store'), modeOf(data, 'store', 'deep'), modeOf(data, 'later')]).toEqual(Array(3).fill('700'))
  for (const name of ['control.db', 'store/day.db', 'store/deep/x', 'new'])
    expect([name, modeOf(data, name)]).toEqual([name, '600'])
  expect([modeOf(folder, 'outside'), modeOf(data, 'theirs'), modeOf(data)]).toEqual(['644', '644', '755'])
})
