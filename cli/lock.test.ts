import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockDataFolder } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vl-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a data folder can be taken again once it is given back', () => {
  lockDataFolder(folder).release()
  const lock = lockDataFolder(folder)
  lock.release()
  lock.release()
  lockDataFolder(folder).release()
})

it('a second process is refused and told who has the folder; after kill -9 it is free', async () => {
  const script = `
    const { lockDataFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))})
    lockDataFolder(process.argv[1])
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await once(child.stdout, 'data')
  expect(() => lockDataFolder(folder)).toThrow(
    expect.objectContaining({ code: 'data.locked', message: expect.stringContaining(`process ${child.pid} on `) })
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockDataFolder(folder).release()
})

it('a lock note that nobody holds, even a damaged one, does not keep anybody out', () => {
  writeFileSync(join(folder, 'lock.json'), '{"pid": 1, "startedAt"')
  const lock = lockDataFolder(folder)
  writeFileSync(join(folder, 'lock.json'), '{"pid": 1, "startedAt"')
  expect(() => lockDataFolder(folder)).toThrow(expect.objectContaining({ code: 'data.locked' }))
  lock.release()
})
