import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOf } from '#control/database/soundness.ts'
import { SocError } from '#core/errors.ts'
import { readArgs, type Command } from './command.ts'
import { missesControl } from './data-folder.ts'
import { readSettings } from './settings.ts'

type Checked = { file: string; faults: string[] }

/** `soc check`: whether the databases of the data folder are whole. */
export const check: Command = {
  about: 'look through control.db and the day files for damage',
  help: `
Usage: soc check [--json]

Reads every page of control.db and of the files in store/ and prints a line each. Files that were set aside as damaged are named.
Exit code 1 when anything is wrong or control.db is missing beside older data. Changes nothing; works while Vọng Lâu runs. The data folder is SOC_DATA.`,
  async run(args) {
    const { values } = readArgs(args, { json: { type: 'boolean' } })
    const folder = readSettings(process.env).SOC_DATA
    if (!existsSync(folder)) throw new SocError('cli.no_data', `there is no data folder ${folder}`)
    const checked: Checked[] = []
    const tell = (file: string, faults: string[]) => {
      checked.push({ file, faults })
      if (values.json === true) return
      process.stdout.write(`${faults.length === 0 ? 'ok     ' : 'DAMAGED'}  ${file}\n`)
      for (const fault of faults) process.stdout.write(`         ${fault.replaceAll('\n', ' ')}\n`)
    }
    const control = join(folder, 'control.db')
    if (existsSync(control)) tell('control.db', faultsOf(control))
    else if (missesControl(folder)) tell('control.db', ['it is missing, and there is older data beside it'])
    for (const name of databasesIn(join(folder, 'store'))) {
      const aside = name.includes('.damaged-')
      tell(`store/${name}`, aside ? ['set aside as damaged'] : faultsOf(join(folder, 'store', name)))
    }
    const damaged = checked.filter(({ faults }) => faults.length > 0).length
    if (values.json === true) process.stdout.write(`${JSON.stringify({ files: checked, damaged })}\n`)
    else process.stderr.write(`${checked.length} files, ${damaged} damaged\n`)
    return damaged === 0 ? 0 : 1
  }
}

function databasesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /\.db(\.damaged-\d+)?$/.test(name))
    .sort()
}
