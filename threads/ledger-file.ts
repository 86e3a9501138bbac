import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStorageError } from '#core/storage-error.ts'
import type { Ledger } from '#core/ledger.ts'

/** The ledger as the running process last knew it, for `soc ledger`: replaced whole, never half written. */
export const LEDGER_FILE = 'ledger.json'
const EVERY_MS = 1_000

/** Writes the ledger beside the data, at most once a second and only when it changed. */
export function createLedgerFile(folder: string): (ledger: Ledger | undefined) => void {
  let lastAt = 0
  let lastText = ''
  return (ledger) => {
    if (ledger === undefined || ledger.at - lastAt < EVERY_MS) return
    lastAt = ledger.at
    const text = JSON.stringify({ ...ledger, at: 0 })
    if (text === lastText) return
    const path = join(folder, LEDGER_FILE)
    try {
      writeFileSync(`${path}.new`, JSON.stringify(ledger))
      renameSync(`${path}.new`, path)
    } catch (error) {
      // A full volume: the file stays as it was, and is written when there is room.
      if (!isStorageError(error)) throw error
      return
    }
    lastText = text
  }
}
