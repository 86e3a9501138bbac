import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { crashEntry, NOON } from '#testing/sqlite-crash-writer.ts'
import { openSqliteReader } from './reader.ts'
import { openSqliteWriter } from './writer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Lets the writing process acknowledge some batches, kills it in the middle of its work, and gives the last offset it said. */
async function writeUntilKilled(batches: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../testing/sqlite-crash-writer.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  let acknowledged = -1
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line)
    if (++seen === batches) child.kill('SIGKILL')
  }
  await ended
  return acknowledged
}

it('a writer killed again and again has everything it acknowledged, once, and knows where it stands', async () => {
  for (const batches of [3, 25]) {
    const acknowledged = await writeUntilKilled(batches)
    const writer = openSqliteWriter(folder)
    const position = writer.position(0)
    expect(position).toBeGreaterThanOrEqual(acknowledged)
    // What the crash may have left beyond the position (half a batch) comes again, as from the spool.
    const again = Array.from({ length: 120 }, (_, index) => crashEntry(position + 1 + index))
    await writer.write({ partition: 0, from: position + 1, to: position + 120, entries: again })

    const entries = Array.from({ length: position + 121 }, (_, offset) => crashEntry(offset))
    const events = entries.flatMap((entry) => (entry.fate === 'stored' ? entry.event.id : []))
    const letters = entries.filter((entry) => entry.fate === 'dead_lettered')
    const dropped = entries.reduce((sum, entry) => sum + (entry.fate === 'dropped' ? entry.count : 0), 0)
    const sum = (fate: 'stored' | 'dead_lettered' | 'dropped' | 'duplicate') =>
      writer.fates().reduce((total, row) => total + row[fate], 0)
    expect([sum('stored'), sum('dead_lettered'), sum('dropped'), sum('duplicate')]).toEqual([
      events.length,
      letters.length,
      dropped,
      0
    ])
    const reader = openSqliteReader(folder)
    const found: string[] = []
    let cursor: string | undefined
    do {
      const answer = await reader.search(
        {
          query: '',
          from: 0,
          to: NOON * 2,
          origins: ['real', 'demonstration'],
          limit: 1_000,
          ...(cursor && { cursor })
        },
        { deadlineMs: 20_000 }
      )
      found.push(...answer.hits.map(({ id }) => id))
      cursor = answer.cursor
    } while (cursor !== undefined)
    expect(found.toSorted()).toEqual(events.toSorted())
    await reader.close()
    await writer.close()
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.db'))) {
      const database = new DatabaseSync(join(folder, file))
      expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      if (file.startsWith('events-')) database.exec("INSERT INTO words(words) VALUES('integrity-check')")
      database.close()
    }
  }
})
