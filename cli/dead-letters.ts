import { systemClock } from '#core/clock.ts'
import { readSettings } from './settings.ts'
import { SocError } from '#core/errors.ts'
import { openReader } from '#threads/open-store.ts'
import { readArgs, table, type Command } from './command.ts'

const EXCERPT = 60

/** `soc dead-letters`: what no parser took; replayed from the console. */
export const deadLetters: Command = {
  about: 'list dead letters or show one whole',
  help: `
Usage: soc dead-letters [--sender ID] [--code CODE] [--limit N] [--json]
       soc dead-letters show ID

Lists the newest dead letters (default 50), or writes one letter's bytes to stdout exactly as they were received.
They are put back through the parsers in the console: Nguồn → Thư chết → Xử lý lại.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      sender: { type: 'string' },
      code: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' }
    })
    const limit = Number(values.limit ?? 50)
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
      throw new SocError('cli.usage', '--limit: a whole number from 1 to 10000')
    const reader = await openReader(readSettings(process.env), systemClock)
    try {
      if (positionals[0] === 'show') {
        const letter = await reader.deadLetter(positionals[1] ?? '')
        if (letter === undefined)
          throw new SocError('dead_letter.unknown', `there is no dead letter "${positionals[1] ?? ''}"`)
        process.stdout.write(Buffer.from(letter.raw, 'base64'))
        return 0
      }
      const { letters } = await reader.deadLetters({
        limit,
        ...(values.sender === undefined ? {} : { sender: values.sender }),
        ...(values.code === undefined ? {} : { code: values.code })
      })
      if (values.json) for (const letter of letters) process.stdout.write(`${JSON.stringify(letter)}\n`)
      else {
        const rows = letters.map((letter) => [
          letter.id,
          new Date(letter.receivedAt).toISOString(),
          letter.sender,
          letter.code,
          JSON.stringify(Buffer.from(letter.raw, 'base64').toString('utf8').slice(0, EXCERPT)).replaceAll('\u001b', '')
        ])
        process.stdout.write(`${table(['id', 'received', 'sender', 'reason', 'begins with'], rows)}\n`)
      }
      return 0
    } finally {
      await reader.close()
    }
  }
}
