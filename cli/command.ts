import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { SocError } from '#core/errors.ts'

/** One subcommand of `soc`: data goes to stdout, everything else to stderr, failure is a non-zero exit. */
export type Command = {
  /** One line for the table. */
  about: string
  /** What `--help` prints. */
  help: string
  run(args: string[]): Promise<number>
}

/** `parseArgs` with our one-line error. */
export function readArgs<T extends ParseArgsOptionsConfig>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new SocError('cli.usage', error instanceof Error ? error.message : String(error))
  }
}

/** Rows as an aligned table; numbers to the right. */
export function table(head: string[], rows: (string | number)[][]): string {
  const text = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('vi-VN') : cell)))
  ]
  const widths = head.map((_cell, column) => Math.max(...text.map((row) => (row[column] ?? '').length)))
  return text
    .map((row, index) =>
      row
        .map((cell, column) => {
          const number = index > 0 && typeof rows[index - 1]?.[column] === 'number'
          return number ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
        })
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}
