import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCatalogue } from '#control/catalogue/catalogue.ts'
import { createFiguresReader } from '#control/figures/reader.ts'
import { silentAfterMs } from '#control/watch/silence.ts'
import { shownOrigin } from '#control/figures/origin.ts'
import { createNotifications } from '#control/notifications/notifications.ts'
import { createReports } from '#control/reports/reports.ts'
import { openArchive } from '#control/reports/archive.ts'
import { archiveFolder, verifyArchive } from '#control/reports/verify.ts'
import type { NewReport, ReportRow } from '#core/api/reports.ts'
import { reportKinds } from '#core/report.ts'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { readSettings } from './settings.ts'
import { SocError } from '#core/errors.ts'
import { lockDataFolder } from './lock.ts'
import { openControl } from '#control/database/control.ts'
import { offlineHealth } from '#control/health/offline-health.ts'
import { readArgs, type Command } from './command.ts'

/** `soc report`: reports without the console. */
export const report: Command = {
  about: 'make a report, or verify the archive',
  help: `
Usage: soc report make --kind KIND --from YYYY-MM-DD --to YYYY-MM-DD [--unit CODE] [--reason TEXT] [--out DIR] [--json]
       soc report verify [--json]

make   makes the report of these days (both included, Asia/Ho_Chi_Minh) as PDF and DOCX and archives it, as the console does. KIND is
       ${reportKinds.join(', ')}; unit_weekly needs --unit. A finished period that is archived is given as it is, unless --reason asks for a new
       version. --out puts copies into a folder. Vọng Lâu must be stopped: while it runs, reports are made in its console. Subscribers get
       theirs after the next start.
verify compares every archived file with its hash and exits with 1 when one was changed or is gone. Works while Vọng Lâu runs.
The data folder is SOC_DATA.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      kind: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      unit: { type: 'string' },
      reason: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean' }
    })
    const config = readSettings(process.env)
    if (!existsSync(join(config.SOC_DATA, 'control.db')))
      throw new SocError(
        'cli.no_data',
        `SOC_DATA holds no control database yet (${config.SOC_DATA}): start Vọng Lâu once`
      )
    const [action] = positionals
    if (positionals.length !== 1 || (action !== 'make' && action !== 'verify'))
      throw new SocError('cli.usage', 'report: the actions are "make" and "verify"')
    if (action === 'verify') return verify(config, values.json === true)
    const made = await make(config, askedOf(values))
    const files = values.out === undefined ? [] : copies(config, made, values.out)
    if (values.json) process.stdout.write(`${JSON.stringify({ ...made, files })}\n`)
    else {
      process.stdout.write(
        `${made.id}  version ${made.version}${made.draft ? ', draft: the period has not ended' : ''}\n` +
          `pdf   ${made.pdf.hash}  ${made.pdf.bytes} bytes\ndocx  ${made.docx.hash}  ${made.docx.bytes} bytes\n`
      )
      for (const file of files) process.stdout.write(`${file}\n`)
    }
    return 0
  }
}

type Values = { kind?: string; from?: string; to?: string; unit?: string; reason?: string }

function askedOf({ kind: asked, from, to, unit = '', reason }: Values): NewReport {
  const kind = reportKinds.find((one) => one === asked)
  if (kind === undefined) throw new SocError('cli.usage', `report make needs --kind: ${reportKinds.join(', ')}`)
  if (from === undefined || to === undefined) throw new SocError('cli.usage', 'report make needs --from and --to')
  return { kind, period: { from, to }, unit, ...(reason === undefined || reason === '' ? {} : { reason }) }
}

async function make(config: Config, asked: NewReport): Promise<ReportRow> {
  const lock = lockDataFolder(config.SOC_DATA)
  const control = openControl(join(config.SOC_DATA, 'control.db'))
  try {
    const clock = systemClock
    const { inventory } = createCatalogue({ control, clock, date: config.SOC_CATALOGUE_DATE })
    const parts = { control, inventory, clock }
    const reports = createReports({
      ...parts,
      figures: createFiguresReader({
        ...{ ...parts, health: offlineHealth(parts) },
        silentAfterMs: (origin) => silentAfterMs(config, origin)
      }),
      // Only written: what waits in the outbox goes out after the next start.
      notifier: createNotifications({ ...parts, config }),
      dataFolder: config.SOC_DATA,
      origin: () => shownOrigin(control, { status: () => null })
    })
    return await reports.made(asked, 'cli', progress())
  } finally {
    control.close()
    lock.release()
  }
}

/** Steps on one line of a terminal; nothing where nobody looks. */
function progress(): ((step: string, share: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined
  return (step, share) => {
    const percent = Math.round(share * 100)
    process.stderr.write(`\r\x1b[K${percent} %  ${step}${step === 'archive' ? '\r\x1b[K' : ''}`)
  }
}

function copies(config: Config, made: ReportRow, folder: string): string[] {
  const archive = openArchive(archiveFolder(config.SOC_DATA))
  mkdirSync(folder, { recursive: true })
  return (['pdf', 'docx'] as const).map((kind) => {
    const path = join(folder, `${made.id}.${kind}`)
    writeFileSync(path, archive.get(kind, made[kind].hash))
    return path
  })
}

function verify(config: Config, json: boolean): number {
  const control = openControl(join(config.SOC_DATA, 'control.db'))
  try {
    const { reports, faults } = verifyArchive(control, config.SOC_DATA)
    if (json) process.stdout.write(`${JSON.stringify({ reports, faults })}\n`)
    else if (faults.length === 0) process.stdout.write(`${reports} reports, every file is what was archived\n`)
    else
      for (const { id, file, state } of faults)
        process.stdout.write(`${id}.${file} ${state === 'gone' ? 'is gone' : 'was changed'}\n`)
    return faults.length === 0 ? 0 : 1
  } finally {
    control.close()
  }
}
