import type { JsonObject } from '#core/event.ts'
import { readAccountTool, readCron, readLogind, readPam, readSu, readSudo } from './accounts.ts'
import { draftOf, type Content, type Draft, type Parser } from './parser.ts'
import { readSshd, type AuthFields } from './sshd.ts'

type Reader = (message: string) => AuthFields | undefined

/** Programs that write to the auth log, and who reads their lines. */
const readers = new Map<string, Reader | undefined>([
  ['sshd', readSshd],
  ['sshd-session', readSshd],
  ['sshd-auth', readSshd],
  ['sudo', readSudo],
  ['su', readSu],
  ['su(pam_unix)', readSu],
  ['useradd', readAccountTool],
  ['usermod', readAccountTool],
  ['userdel', readAccountTool],
  ['groupadd', readAccountTool],
  ['groupmod', readAccountTool],
  ['groupdel', readAccountTool],
  ['gpasswd', readAccountTool],
  ['passwd', readAccountTool],
  ['chpasswd', readAccountTool],
  ['chage', readAccountTool],
  ['cron', readCron],
  ['crond', readCron],
  ['crontab', readCron],
  ['systemd-logind', readLogind],
  ['login', undefined],
  ['polkitd', undefined],
  ['pkexec', undefined]
])

/** rsyslog folds equal lines: `message repeated 3 times: [ Failed password … ]`. */
const repeated = /^message repeated (\d{1,6}) times?: \[ ?(.*)\]$/s
/** syslogd says only how often: `last message repeated 3 times`, in dashes when it speaks for itself. */
const repeatedLast = /^(?:--- )?last message repeated (\d{1,6}) times?(?: ---)?$/

/** Linux authentication: sshd, sudo, su, PAM, the shadow tools, cron. Fields as the system.auth module names them. */
export const linuxAuth: Parser = {
  name: 'linux-auth',
  samples: [{ file: 'linux-auth.log', dataset: /^system\.auth$/ }],
  fieldSets: ['system'],
  accepts: (content) =>
    content.document === undefined && (readers.has(content.program) || content.text.startsWith('pam_')),
  parse(content: Content): Draft {
    let message = content.text.trimStart()
    let repeats = 0
    if (message.startsWith('message repeated ')) {
      const match = repeated.exec(message)
      if (match) {
        repeats = Number(match[1])
        message = match[2]!
      }
    } else if (message.startsWith('last message repeated ')) repeats = Number(repeatedLast.exec(message)?.[1] ?? 0)
    const read = message.startsWith('pam_') ? readPam(message) : readers.get(content.program)?.(message)
    const fields: JsonObject = {
      event: { dataset: 'system.auth', module: 'system', ...read?.event },
      service: { type: 'system' },
      host: { os: { type: 'linux' } },
      message
    }
    if (read !== undefined) {
      if (read.user !== undefined) fields['user'] = read.user
      if (read.group !== undefined) fields['group'] = read.group
      if (read.source !== undefined) fields['source'] = read.source
      fields['related'] = read.related
      if (read.process !== undefined) fields['process'] = processOf(content, read.process)
      if (read.details !== undefined) fields['system'] = { auth: read.details }
    }
    if (repeats > 0) {
      const system = (fields['system'] ??= { auth: {} }) as { auth: JsonObject }
      system.auth['repeated'] = repeats
    }
    return draftOf(fields)
  }
}

/** A parser that names the process must name it whole: the envelope only fills what is empty. */
function processOf(content: Content, fields: JsonObject): JsonObject {
  const pid = content.envelope?.pid ?? ''
  const named: JsonObject = { name: content.envelope?.program ?? content.program, ...fields }
  if (/^\d{1,10}$/.test(pid) && Number(pid) > 0) named['pid'] = Number(pid)
  return named
}
