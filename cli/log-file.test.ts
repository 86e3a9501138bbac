import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '#testing/running-process.ts'
import { LogFile } from './log-file.ts'

let folder: string
beforeEach(() => void (folder = temporaryFolder('log')))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const numbers = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { number: number }).number)

it('puts full files aside, keeps the newest of them and loses no line while there is room', async () => {
  const path = join(folder, 'soc.log')
  const file = new LogFile(path, { maxBytes: 1_000, files: 3 })
  const log = pino({ base: null, timestamp: false }, file)
  for (let number = 0; number < 100; number++) {
    log.info({ number, padding: 'x'.repeat(50) }, 'line')
    await file.idle()
  }
  await file.close()
  const kept = [`${path}.2`, `${path}.1`, path].flatMap(numbers)
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 100 - kept.length + at))
  expect(kept.length).toBeGreaterThan(20)
  expect(existsSync(`${path}.3`)).toBe(false)
})

it('goes on after the file it writes, and writes what waits when it is closed', async () => {
  const path = join(folder, 'soc.log')
  for (const number of [1, 2]) {
    const file = new LogFile(path)
    const log = pino({ base: null, timestamp: false }, file)
    log.info({ number }, 'line')
    log.info({ number: number * 10 }, 'line')
    await file.close()
  }
  expect(numbers(path)).toEqual([1, 10, 2, 20])
})

it.skipIf(process.platform !== 'linux')('throws nothing on a disk that takes nothing', async () => {
  const file = new LogFile('/dev/full', { maxBytes: Infinity })
  const log = pino(file)
  for (let number = 0; number < 50; number++) {
    log.error({ number }, 'line')
    await file.idle()
  }
  await file.close()
})
