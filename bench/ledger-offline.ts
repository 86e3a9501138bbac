import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Ledger } from '#core/ledger.ts'

/** The ledger of a stopped or killed process, as `soc ledger --json` counts it from the files. */
export function ledgerOffline(data: string): Promise<Ledger> {
  return new Promise((resolve, reject) => {
    const args = [join(import.meta.dirname, '../cli/index.ts'), 'ledger', '--json']
    execFile(process.execPath, args, { env: { ...process.env, SOC_DATA: data } }, (error, stdout, stderr) => {
      if (stdout === '') reject(error ?? new Error(stderr))
      else resolve(JSON.parse(stdout) as Ledger)
    })
  })
}
