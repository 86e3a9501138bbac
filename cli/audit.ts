import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from './settings.ts'
import { SocError } from '#core/errors.ts'
import { verifyAuditChain } from '#control/accounts/audit-verify.ts'
import { openControl } from '#control/database/control.ts'
import { readArgs, type Command } from './command.ts'

/** `soc audit`: proves that nobody changed the log of acts behind our back. */
export const audit: Command = {
  about: 'verify the chain of the audit log',
  help: `
Usage: soc audit verify [--head HASH] [--json]

Reads the whole audit log and compares each entry's hash, which stands over the entry before it. Prints how many entries
there are and the newest hash. By itself this proves that no entry was changed or taken out by hand; whoever can write
control.db and knows this program could chain the log anew. Note the newest hash elsewhere (paper, another machine; an export
carries it too) and give it later with --head: if it still stands in the chain, nothing before it was touched.
Exits with 1 when the noted hash is gone, and names the first entry that was changed or is missing. Works while Vọng Lâu runs. The data folder is SOC_DATA.`,
  async run(args) {
    const { values, positionals } = readArgs(args, { json: { type: 'boolean' }, head: { type: 'string' } })
    if (positionals.length !== 1 || positionals[0] !== 'verify')
      throw new SocError('cli.usage', 'audit: the only action is "verify"')
    const path = join(readSettings(process.env).SOC_DATA, 'control.db')
    if (!existsSync(path))
      throw new SocError('cli.no_data', `SOC_DATA holds no control database yet (${path}): start Vọng Lâu once`)
    const control = openControl(path)
    try {
      const { rows, head, fault, noted } = verifyAuditChain(control, values.head)
      if (values.json)
        process.stdout.write(`${JSON.stringify({ rows, head, fault, ...(noted === undefined ? {} : { noted }) })}\n`)
      else if (fault === null && noted === false)
        process.stdout.write(`${rows} entries, but the noted hash is not among them: the log was written anew\n`)
      else if (fault === null)
        process.stdout.write(
          `${rows} entries, unbroken${noted ? ', the noted hash among them' : ''}; newest hash ${head}\n`
        )
      else process.stdout.write(`entry ${fault.id} ${fault.kind === 'missing' ? 'is missing' : 'was changed'}\n`)
      return fault === null && noted !== false ? 0 : 1
    } finally {
      control.close()
    }
  }
}
