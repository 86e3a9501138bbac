import { messageOf, SocError } from '#core/errors.ts'
import { isStorageError } from '#core/storage-error.ts'
import type { Command } from './command.ts'

/** The subcommands; each file is loaded only when it is called. */
const commands: Record<string, { about: string; load(): Promise<Command> }> = {
  start: {
    about: 'run Vọng Lâu: collectors, detector, store and console',
    async load() {
      const { becomeTuned } = await import('./tuned.ts')
      becomeTuned()
      return (await import('./start.ts')).start
    }
  },
  rules: { about: 'check, match and test Sigma rules', load: async () => (await import('./rules.ts')).rules },
  parse: { about: 'show what the parsers make of lines', load: async () => (await import('./parse.ts')).parse },
  replay: {
    about: 'send a log file through a running listener',
    load: async () => (await import('./replay.ts')).replay
  },
  ledger: { about: 'frames received and their fates', load: async () => (await import('./ledger.ts')).ledger },
  'dead-letters': {
    about: 'list dead letters or show one whole',
    load: async () => (await import('./dead-letters.ts')).deadLetters
  },
  users: {
    about: 'list accounts, reset a password offline, break-glass account',
    load: async () => (await import('./users.ts')).users
  },
  check: { about: 'look for damaged databases', load: async () => (await import('./check.ts')).check },
  audit: { about: 'verify the chain of the audit log', load: async () => (await import('./audit.ts')).audit },
  report: { about: 'make a report, or verify the archive', load: async () => (await import('./report.ts')).report },
  bench: { about: 'measure: soc bench NAME', load: async () => (await import('./bench.ts')).bench },
  drill: { about: 'break things on purpose: soc drill NAME', load: async () => (await import('./drill.ts')).drill },
  simulate: {
    about: 'stand in for the province’s systems and break them',
    load: async () => (await import('./simulate.ts')).simulate
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  return `Usage: npm run soc -- COMMAND [options]\n\n${lines.join('\n')}\n\nEvery command has --help.`
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args
  const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) {
    const asked = name === undefined || name === '--help' || name === 'help'
    process.stderr.write(`${asked ? '' : `soc: there is no command "${name}"\n\n`}${usage()}\n`)
    return asked ? 0 : 2
  }
  const command = await entry.load()
  if (rest.includes('--help')) {
    process.stdout.write(`${command.help.trim()}\n`)
    return 0
  }
  return command.run(rest)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`soc: ${messageOf(error)}\n`)
  // Whose disk is full needs room, not our stack.
  if (!(error instanceof SocError) && error instanceof Error && !isStorageError(error))
    process.stderr.write(`${error.stack ?? ''}\n`)
  process.exitCode = error instanceof SocError && error.code === 'cli.usage' ? 2 : 1
}
