import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { readSettings } from './settings.ts'
import { SocError } from '#core/errors.ts'
import { fates, type Ledger } from '#core/ledger.ts'
import { lockDataFolder } from './lock.ts'
import { ledgerOf } from '#threads/ledger.ts'
import { openWriter } from '#threads/open-store.ts'
import { LEDGER_FILE } from '#threads/ledger-file.ts'
import { readArgs, table, type Command } from './command.ts'

/** `soc ledger`: every received frame and its fate. */
export const ledger: Command = {
  about: 'frames received and their fates',
  help: `
Usage: soc ledger [--json]

One row per sender and origin: received = stored + duplicate + joined + dead-lettered + dropped + queued, since the data folder
was made. While Vọng Lâu runs, the figures are at most a second old; when it does not, they are counted from the files.
Exit code 1 when the sums do not meet.`,
  async run(args) {
    const { values } = readArgs(args, { json: { type: 'boolean' } })
    const config = readSettings(process.env)
    if (!existsSync(join(config.SOC_DATA, 'spool')))
      throw new SocError('cli.no_data', `there is no spool in ${config.SOC_DATA}: start Vọng Lâu once`)
    const known = await read(config)
    if (values.json) process.stdout.write(`${JSON.stringify(known)}\n`)
    else {
      const rows = known.rows
        .toSorted((a, b) => b.received - a.received)
        .map((row) => [row.sender, row.origin, row.received, ...fates.map((fate) => row[fate])])
      const total = [
        'all',
        '',
        ...(['received', ...fates] as const).map((name) => known.rows.reduce((sum, row) => sum + row[name], 0))
      ]
      process.stdout.write(`${table(['sender', 'origin', 'received', ...fates], [...rows, total])}\n`)
      process.stderr.write(known.balanced ? 'the ledger adds up\n' : `THE LEDGER DOES NOT ADD UP: ${known.imbalance}\n`)
    }
    return known.balanced ? 0 : 1
  }
}

async function read(config: Config): Promise<Ledger> {
  let lock
  try {
    lock = lockDataFolder(config.SOC_DATA)
  } catch (error) {
    const file = join(config.SOC_DATA, LEDGER_FILE)
    if (!existsSync(file)) throw error
    return JSON.parse(readFileSync(file, 'utf8')) as Ledger
  }
  try {
    const spool = await openSpoolWriter(join(config.SOC_DATA, 'spool'), {
      maxBytes: Infinity,
      reserveBytes: 0,
      clock: systemClock
    })
    const store = await openWriter(config, systemClock)
    try {
      return ledgerOf(
        { at: Date.now(), end: spool.durableEnd(), received: spool.received() },
        { at: Date.now(), position: store.position(0), fates: store.fates() }
      )
    } finally {
      await store.close()
      await spool.close()
    }
  } finally {
    lock.release()
  }
}
