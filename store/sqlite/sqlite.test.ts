import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '#testing/store-contract.ts'
import { openSqliteReader } from './reader.ts'
import { openSqliteWriter } from './writer.ts'

storeContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vong-lau-store-'))
  return {
    openWriter: async () => openSqliteWriter(folder),
    openReader: async () => openSqliteReader(folder),
    settle: async () => undefined,
    destroy: async () => rmSync(folder, { recursive: true, force: true })
  }
})
