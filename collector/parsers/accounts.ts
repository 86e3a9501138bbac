import type { JsonObject } from '#core/event.ts'
import { distinct, endpoint } from './addresses.ts'
import type { AuthFields } from './sshd.ts'

/** `'name'` or a bare word at the start of the text. */
function nameAt(text: string): string {
  if (text.startsWith("'")) return text.slice(1, Math.max(1, text.indexOf("'", 1)))
  return text.split(/[\s,.]/, 1)[0] ?? ''
}

/** `key=value, key=value` lists of the shadow tools. */
function readList(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const part of text.split(', ', 16)) {
    const equals = part.indexOf('=')
    if (equals > 0) values.set(part.slice(0, equals).trim(), part.slice(equals + 1))
  }
  return values
}

function iam(action: string, type: string[], outcome: 'success' | 'failure' = 'success'): JsonObject {
  return { action, category: ['iam'], type, outcome }
}

function about(event: JsonObject, user: string, group = '', others: string[] = []): AuthFields {
  const fields: AuthFields = { event, related: {} }
  if (user !== '') fields.user = { name: user }
  if (group !== '') fields.group = { name: group }
  const names = distinct(user, ...others)
  if (names.length > 0) fields.related['user'] = names
  return fields
}

/** useradd, usermod, userdel, groupadd, groupmod, groupdel, gpasswd, passwd, chage of the shadow suite. */
export function readAccountTool(message: string): AuthFields | undefined {
  const failed = message.startsWith('failed ')
  if (failed) {
    const match = /^failed (adding|changing|deleting) (user|group) '([^']*)'/.exec(message)
    if (match === null) return undefined
    const type = match[1] === 'adding' ? 'creation' : match[1] === 'changing' ? 'change' : 'deletion'
    const isUser = match[2] === 'user'
    return about(
      iam(`${isUser ? 'user' : 'group'}_${type}`, [match[2]!, type], 'failure'),
      isUser ? match[3]! : '',
      isUser ? '' : match[3]
    )
  }
  if (message.startsWith('new user: ')) {
    const list = readList(message.slice(10))
    const fields = about(iam('user_added', ['creation', 'user']), list.get('name') ?? '')
    const details: JsonObject = {}
    for (const key of ['home', 'shell', 'from']) if (list.has(key)) details[key] = list.get(key)!
    fields.details = { useradd: details }
    if (list.has('UID')) fields.user = { ...fields.user, id: list.get('UID')! }
    if (list.has('GID')) fields.group = { id: list.get('GID')! }
    return fields
  }
  if (message.startsWith('new group: ') || message.startsWith('group added to ')) {
    const list = readList(message.slice(message.indexOf(': ') + 2))
    const fields = about(iam('group_added', ['creation', 'group']), '', list.get('name') ?? '')
    if (list.has('GID')) fields.group = { ...fields.group, id: list.get('GID')! }
    return fields
  }
  const member = /^add '([^']*)' to (?:shadow )?group '([^']*)'/.exec(message)
  if (member) return about(iam('group_member_added', ['group', 'change']), member[1]!, member[2])
  const added = /^user (\S+) (added|removed) by (\S+) (?:to|from) group (\S+)/.exec(message)
  if (added) {
    return about(iam(`group_member_${added[2]}`, ['group', 'change']), added[1]!, added[4], [added[3]!])
  }
  const left = /^(?:delete|remove) '([^']*)' from (?:shadow )?group '([^']*)'/.exec(message)
  if (left) return about(iam('group_member_removed', ['group', 'change']), left[1]!, left[2])
  if (message.startsWith('delete user '))
    return about(iam('user_deleted', ['deletion', 'user']), nameAt(message.slice(12)))
  const gone = /^(?:removed group|remove group|group) '([^']*)'(?: owned by '([^']*)'| removed)?/.exec(message)
  if (gone) return about(iam('group_deleted', ['deletion', 'group']), '', gone[1])
  const changed = /^change user '([^']*)' (.{1,200})/.exec(message)
  if (changed) {
    const what = changed[2]!.split(/[\s']/, 1)[0] ?? ''
    const fields = about(
      iam(what === 'password' ? 'password_changed' : 'user_changed', ['change', 'user']),
      changed[1]!
    )
    fields.details = { usermod: { change: changed[2]! } }
    return fields
  }
  const lock = /^(un)?lock user '([^']*)' password/.exec(message)
  if (lock) return about(iam(lock[1] ? 'user_unlocked' : 'user_locked', ['change', 'user']), lock[2]!)
  const password = /^password (?:for '?([^'\s]+)'? changed|changed for (\S+))/.exec(message)
  if (password) return about(iam('password_changed', ['change', 'user']), password[1] ?? password[2] ?? '')
  return undefined
}

/**
 * `alice : [reason ; ]TTY=… ; PWD=… ; USER=… ; [GROUP=…] ; COMMAND=…`. PWD and COMMAND are the caller's own text: sudo writes
 * USER= between them, so the command is what follows the first COMMAND= behind it.
 */
export function readSudo(message: string): AuthFields | undefined {
  const colon = message.indexOf(' : ')
  if (colon < 0) return undefined
  const named = message.indexOf(' ; USER=', colon)
  let mark = message.indexOf(' ; COMMAND=', named < 0 ? colon : named)
  if (mark < 0 && message.startsWith('COMMAND=', colon + 3)) mark = colon
  if (mark < 0) return undefined
  const user = message.slice(0, colon).trim()
  const command = message.slice(message.indexOf('COMMAND=', mark) + 8)
  const sudo: JsonObject = {}
  let target = ''
  let reason = ''
  for (const part of message.slice(colon + 3, Math.max(mark, colon + 3)).split(' ; ', 16)) {
    const text = part.trim()
    if (text.startsWith('TTY=')) sudo['tty'] = text.slice(4)
    else if (text.startsWith('PWD=')) sudo['pwd'] = text.slice(4)
    else if (text.startsWith('USER=')) target = text.slice(5)
    else if (text.startsWith('GROUP=')) sudo['group'] = text.slice(6)
    else if (text.includes('=') || target !== '' || sudo['pwd'] !== undefined) continue
    else if (text !== '') reason = text
  }
  sudo['command'] = command
  if (target !== '') sudo['user'] = target
  const event: JsonObject = { action: 'sudo_command', category: ['process'], type: ['start'], outcome: 'success' }
  if (reason !== '') {
    sudo['error'] = reason
    Object.assign(event, { category: ['authentication'], type: ['info'], outcome: 'failure', reason })
  }
  const fields = about(event, user, '', [target])
  if (target !== '') fields.user = { ...fields.user, effective: { name: target } }
  fields.details = { sudo }
  fields.process = { command_line: command }
  return fields
}

/** su of util-linux and of the shadow suite: four ways of saying who became whom. */
export function readSu(message: string): AuthFields | undefined {
  const match =
    /^(FAILED SU |FAILED su )?\(to ([^)\s]+)\) (\S+) on/.exec(message) ??
    /^(FAILED |Successful )su for (\S+) by (\S+)/.exec(message) ??
    /^([+-]) \S+ ([^:\s]+):(\S+)/.exec(message)
  if (match === null) return undefined
  const plus = match[1] === '+' || match[1] === '-'
  const target = plus ? match[3]! : match[2]!
  const by = plus ? match[2]! : match[3]!
  const failed = match[1] === '-' || match[1]?.startsWith('FAILED') === true
  const event: JsonObject = {
    action: 'su',
    category: ['authentication'],
    type: ['info'],
    outcome: failed ? 'failure' : 'success'
  }
  const fields = about(event, by, '', [target])
  fields.user = { name: by, effective: { name: target } }
  return fields
}

/** cron's own lines: what ran for whom, and changes of tables. */
export function readCron(message: string): AuthFields | undefined {
  const match = /^\(([^)]{1,64})\) (CMD|CMDEND|RELOAD|REPLACE|BEGIN EDIT|END EDIT|LIST|DELETE) \(/.exec(message)
  if (match === null) return undefined
  const user = match[1]!
  const inner = message.slice(match[0].length, message.endsWith(')') ? -1 : undefined).trim()
  const verb = match[2]!
  if (verb === 'CMD') {
    const fields = about({ action: 'cron_command', category: ['process'], type: ['start'] }, user)
    fields.process = { command_line: inner }
    return fields
  }
  if (verb === 'REPLACE' || verb === 'DELETE' || verb === 'RELOAD') {
    const event = { action: 'crontab_changed', category: ['configuration'], type: ['change'], outcome: 'success' }
    return about(event, user)
  }
  return about({ action: `crontab_${verb.toLowerCase().replace(' ', '_')}` }, user)
}

/** systemd-logind: sessions begin and end. */
export function readLogind(message: string): AuthFields | undefined {
  const begun = /^New session (\S+) of user ([^\s]+?)\.?$/.exec(message)
  if (begun) {
    return about({ action: 'session_opened', category: ['session'], type: ['start'], outcome: 'success' }, begun[2]!)
  }
  if (/^(Removed session|Session) \S+/.test(message)) {
    return about({ action: 'session_closed', category: ['session'], type: ['end'] }, '')
  }
  return undefined
}

/** `pam_unix(sshd:auth): authentication failure; logname= uid=0 … rhost=… user=…` and the other words of Linux-PAM. */
export function readPam(message: string): AuthFields | undefined {
  const colon = message.indexOf('): ')
  if (!message.startsWith('pam_') || colon < 0 || colon > 80) return undefined
  const text = message.slice(colon + 3)
  const opened = /^session opened for user ([^\s(]+)(?:\(uid=(\d+)\))?(?: by ([^\s(]*)\(uid=(\d+)\))?/.exec(text)
  if (opened) {
    const target = opened[1]!
    const by = opened[3] ?? ''
    const event: JsonObject = { action: 'session_opened', category: ['session'], type: ['start'], outcome: 'success' }
    // A daemon that opens a session for someone is nobody's effective user.
    const fields = about(event, by === '' ? target : by, '', [target])
    const id = by === '' ? opened[2] : opened[4]
    fields.user = { ...fields.user, ...(id === undefined ? {} : { id }) }
    if (by !== '') fields.user['effective'] = { name: target }
    return fields
  }
  const closed = /^session closed for user (\S+)/.exec(text)
  if (closed) return about({ action: 'session_closed', category: ['session'], type: ['end'] }, closed[1]!)
  const failure = /^(?:authentication failure|(\d{1,6}) more authentication failures?); (.*)$/.exec(text)
  if (failure) return readPamFailure(failure[2]!, failure[1])
  const known =
    /^(?:check pass; user unknown|bad username \[(.{0,64})\]|user \[?([^\s\]]+)\]? (?:has expired|not listed))/.exec(
      text
    )
  if (known) {
    const event = { action: 'pam_authentication', category: ['authentication'], type: ['info'], outcome: 'failure' }
    return about({ ...event, reason: text.slice(0, 200) }, known[1] ?? known[2] ?? '')
  }
  const password = /^password changed for (\S+)/.exec(text)
  if (password) return about(iam('password_changed', ['change', 'user']), password[1]!)
  const locked =
    /^(?:Consecutive login failures for user|user|account) (\S+) (?:account temporarily locked|is locked)/.exec(text)
  if (locked) return about(iam('user_locked', ['change', 'user']), locked[1]!)
  return undefined
}

/**
 * `logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=name`: the name stands last because it may be anything, and what
 * looks like a key inside it is none.
 */
function readPamFailure(list: string, more: string | undefined): AuthFields {
  const values = new Map<string, string>()
  const host = / rhost=\S*/.exec(list)
  const end = host === null ? list.indexOf(' user=') : host.index + host[0].length
  const tail = end < 0 ? '' : list.slice(end).trim()
  for (const part of list.slice(0, end < 0 ? undefined : end).split(/\s+/, 16)) {
    const equals = part.indexOf('=')
    if (equals > 0 && !values.has(part.slice(0, equals))) values.set(part.slice(0, equals), part.slice(equals + 1))
  }
  if (tail.startsWith('user=')) values.set('user', tail.slice(5))
  const user = values.get('user') ?? ''
  const event = { action: 'pam_authentication', category: ['authentication'], type: ['info'], outcome: 'failure' }
  const fields = about(event, user, '', [values.get('ruser') ?? '', values.get('logname') ?? ''])
  const rhost = values.get('rhost') ?? ''
  if (rhost !== '') {
    fields.source = endpoint(rhost)
    if (fields.source['ip'] !== undefined) fields.related['ip'] = [fields.source['ip']]
  }
  const pam: JsonObject = {}
  for (const key of ['uid', 'euid', 'tty', 'ruser', 'logname']) if (values.get(key)) pam[key] = values.get(key)!
  if (more !== undefined) pam['repeated'] = Number(more)
  fields.details = { pam }
  return fields
}
