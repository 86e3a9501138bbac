import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { resetPassword, setMayUnmask } from '#control/accounts/accounts.ts'
import { sealBreakGlass } from '#control/accounts/break-glass.ts'
import { systemClock } from '#core/clock.ts'
import { readSettings } from './settings.ts'
import { SocError } from '#core/errors.ts'
import { openControl } from '#control/database/control.ts'
import { readArgs, table, type Command } from './command.ts'

/** `soc users`: accounts without the console, for whoever can read the data folder. */
export const users: Command = {
  about: 'list accounts, reset a password offline, break-glass account',
  help: `
Usage: soc users [list] [--json]
       soc users reset-password USERNAME
       soc users break-glass --create | --seal
       soc users may-unmask USERNAME on|off

reset-password prints a new password once, ends the account's sessions and forces a change at the next sign-in.
break-glass makes the one sealed administrator for emergencies, or seals it anew after use: its password is printed once, for paper
in a safe. It opens once, for an hour, with a reason, also when the identity provider or second factors are broken.
may-unmask gives or takes the right to see citizens' numbers whole: in the console only who has it can give it.
Works while Vọng Lâu runs and when it does not. The data folder is SOC_DATA.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      json: { type: 'boolean' },
      create: { type: 'boolean' },
      seal: { type: 'boolean' }
    })
    const path = join(readSettings(process.env).SOC_DATA, 'control.db')
    if (!existsSync(path))
      throw new SocError('cli.no_data', `SOC_DATA holds no control database yet (${path}): start Vọng Lâu once`)
    const control = openControl(path)
    try {
      const [action = 'list', username] = positionals
      if (action === 'reset-password') {
        if (username === undefined) throw new SocError('cli.usage', 'users reset-password needs a username')
        process.stdout.write(`${await resetPassword(control, username, systemClock)}\n`)
        return 0
      }
      if (action === 'break-glass') {
        if ((values.create === true) === (values.seal === true))
          throw new SocError('cli.usage', 'users break-glass needs --create or --seal')
        const sealed = await sealBreakGlass(control, values.create === true ? 'create' : 'seal', systemClock)
        process.stdout.write(`${sealed.username}  ${sealed.password}\n`)
        return 0
      }
      if (action === 'may-unmask') {
        const wish = positionals[2]
        if (username === undefined || (wish !== 'on' && wish !== 'off'))
          throw new SocError('cli.usage', 'users may-unmask needs a username and on or off')
        setMayUnmask(control, username, wish === 'on', systemClock)
        return 0
      }
      if (action !== 'list') throw new SocError('cli.usage', `users: there is no action "${action}"`)
      const rows = control.all<{
        username: string
        name: string
        role: string
        units: string
        enabled: number
        last_sign_in_at: number | null
      }>('SELECT username, name, role, units, enabled, last_sign_in_at FROM users ORDER BY username')
      if (values.json)
        process.stdout.write(
          `${JSON.stringify(rows.map((row) => ({ ...row, units: JSON.parse(row.units), enabled: row.enabled === 1 })))}\n`
        )
      else {
        const text = rows.map((row) => [
          row.username,
          row.name,
          row.role,
          row.units === '[]' ? '' : row.units,
          row.enabled === 1 ? '' : 'off',
          row.last_sign_in_at === null ? 'never' : new Date(row.last_sign_in_at).toISOString()
        ])
        process.stdout.write(`${table(['username', 'name', 'role', 'units', 'state', 'last sign-in'], text)}\n`)
      }
      return 0
    } finally {
      control.close()
    }
  }
}
