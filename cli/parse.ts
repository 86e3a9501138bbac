import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createInterpreter } from '#collector/interpret.ts'
import { SocError } from '#core/errors.ts'
import type { SpooledFrame } from '#core/frame.ts'
import { readArgs, type Command } from './command.ts'

/** `soc parse`: lines → ECS documents, without anything being stored. */
export const parse: Command = {
  about: 'show what the parsers make of lines',
  help: `
Usage: soc parse FILE|- [--hint TEXT] [--utc-offset MINUTES]

Reads lines, prints one JSON object a line: the ECS event, or {"rejected": …} for what would be a dead letter.
  --hint TEXT            what the protocol would say of the content (dataset, index, pipeline)
  --utc-offset MINUTES   zone of times written without one (default 420, Asia/Ho_Chi_Minh)
Exit code 1 when a line was rejected.`,
  async run(args) {
    const { values, positionals } = readArgs(args, { hint: { type: 'string' }, 'utc-offset': { type: 'string' } })
    const file = positionals[0]
    if (file === undefined) throw new SocError('cli.usage', 'parse needs a file, or - for standard input')
    const offset = Number(values['utc-offset'] ?? 420)
    if (!Number.isInteger(offset) || Math.abs(offset) > 840)
      throw new SocError('cli.usage', '--utc-offset: a whole number of minutes, -840 to 840')
    const { interpret } = createInterpreter({
      version: 0,
      unitByDomain: {},
      unitNames: {},
      senders: [
        {
          id: 'cli',
          name: 'cli',
          unit: '46',
          origin: 'real',
          tokenHashes: [],
          networks: [],
          speaksFor: 'self',
          utcOffsetMinutes: offset,
          enabled: true
        }
      ]
    })
    let rejected = 0
    let line = 0
    for await (const text of createInterface({ input: file === '-' ? process.stdin : createReadStream(file) })) {
      if (text === '') continue
      const frame: SpooledFrame = {
        receivedAt: Date.now(),
        listener: 'cli',
        origin: 'real',
        peer: '127.0.0.1:0',
        sender: 'cli',
        unit: '46',
        hint: values.hint ?? '',
        flags: 0,
        clientKey: '',
        raw: Buffer.from(text),
        partition: 0,
        offset: line,
        id: `line-${line}`
      }
      line++
      const outcome = interpret(frame)
      if ('rejected' in outcome) rejected++
      process.stdout.write(`${JSON.stringify('rejected' in outcome ? outcome : outcome.event)}\n`)
    }
    return rejected > 0 ? 1 : 0
  }
}
