import type { JsonObject } from '#core/event.ts'
import {
  accountOf,
  baseName,
  endOf,
  processOf,
  put,
  putObject,
  readPid,
  relate,
  textIn,
  type EventData
} from './windows-fields.ts'

/** What an event id of Security (and service installs of System) means in ECS, and who its `user` is. */
type Kind = {
  action: string
  category: string[]
  type: string[]
  outcome?: 'success' | 'failure'
  /** 'target': the account that logs on; 'subject': the account that acts, the target stands in user.target. */
  actor: 'target' | 'subject'
  group?: boolean
}
const logon = (action: string, outcome: 'success' | 'failure', type: string[]): Kind => ({
  action,
  category: ['authentication'],
  type,
  outcome,
  actor: 'target'
})
const account = (action: string, type: string): Kind => ({
  action,
  category: ['iam'],
  type: ['user', type],
  outcome: 'success',
  actor: 'subject'
})
const group = (action: string, type: string): Kind => ({
  action,
  category: ['iam'],
  type: ['group', type],
  outcome: 'success',
  actor: 'subject',
  group: true
})
const service: Kind = {
  action: 'service-installed',
  category: ['iam', 'configuration'],
  type: ['admin', 'change'],
  actor: 'subject'
}
const eventlog = 'microsoft-windows-eventlog'
const cleared: Kind = { action: 'audit-log-cleared', category: ['iam'], type: ['admin', 'change'], actor: 'subject' }

/** Microsoft's audit event list, the part a SOC of office PCs and domain controllers meets. */
const kinds: Record<string, Kind> = {
  '1102': cleared,
  '104': { ...cleared, action: 'log-cleared' },
  '4624': logon('logged-in', 'success', ['start']),
  '4625': logon('logon-failed', 'failure', ['start']),
  '4634': { ...logon('logged-out', 'success', ['end']) },
  '4647': { ...logon('logged-out', 'success', ['end']) },
  '4648': { ...logon('logged-in-explicit', 'success', ['start']), actor: 'subject' },
  '4672': { ...account('logged-in-special', 'admin'), type: ['admin'] },
  '4688': { action: 'created-process', category: ['process'], type: ['start'], actor: 'subject' },
  '4689': { action: 'exited-process', category: ['process'], type: ['end'], actor: 'subject' },
  '4697': service,
  '7045': service,
  '4698': { ...service, action: 'scheduled-task-created', type: ['admin', 'creation'] },
  '4702': { ...service, action: 'scheduled-task-updated' },
  '4719': { ...service, action: 'changed-audit-config' },
  '4720': account('added-user-account', 'creation'),
  '4722': account('enabled-user-account', 'change'),
  '4723': account('changed-password', 'change'),
  '4724': account('reset-password', 'change'),
  '4725': account('disabled-user-account', 'deletion'),
  '4726': account('deleted-user-account', 'deletion'),
  '4738': account('modified-user-account', 'change'),
  '4740': account('locked-out-user-account', 'change'),
  '4767': account('unlocked-user-account', 'change'),
  '4781': account('renamed-user-account', 'change'),
  '4727': group('added-group-account', 'creation'),
  '4731': group('added-group-account', 'creation'),
  '4754': group('added-group-account', 'creation'),
  '4728': group('added-member-to-group', 'change'),
  '4732': group('added-member-to-group', 'change'),
  '4756': group('added-member-to-group', 'change'),
  '4729': group('removed-member-from-group', 'change'),
  '4733': group('removed-member-from-group', 'change'),
  '4757': group('removed-member-from-group', 'change'),
  '4768': logon('kerberos-authentication-ticket-requested', 'success', ['start']),
  '4769': logon('kerberos-service-ticket-requested', 'success', ['start']),
  '4771': logon('kerberos-preauth-failed', 'failure', ['start']),
  '4776': logon('credential-validated', 'success', ['start'])
}

/** Names of logon types, as Winlogbeat writes them below winlog.logon. */
const logonTypes: Record<string, string> = {
  '2': 'Interactive',
  '3': 'Network',
  '4': 'Batch',
  '5': 'Service',
  '7': 'Unlock',
  '8': 'NetworkCleartext',
  '9': 'NewCredentials',
  '10': 'RemoteInteractive',
  '11': 'CachedInteractive'
}

/** Ids are each provider's own: 104 of a card reader's driver is no cleared log. Everything not named is audit. */
const providersOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['104', [eventlog, 'eventlog']],
  ['1102', [eventlog, 'eventlog', 'security', 'microsoft-windows-security-auditing']],
  ['7045', ['service control manager']]
])
const auditors: readonly string[] = ['microsoft-windows-security-auditing', 'security']

/** True when this provider's event of this id is the one of the table; a sender that leaves the provider out is believed. */
function isFrom(provider: string, id: string): boolean {
  return provider === '' || (providersOf.get(id) ?? auditors).includes(provider.toLowerCase())
}

/** Lays the ECS fields of a Security or service event over `fields`. Only the ids of the table are known. */
export function laySecurity(id: string, provider: string, data: EventData, fields: JsonObject): void {
  const kind = Object.hasOwn(kinds, id) && isFrom(provider, id) ? kinds[id]! : undefined
  if (kind === undefined) return
  const event = fields['event'] as JsonObject
  event['action'] = kind.action
  event['category'] = kind.category
  event['type'] = kind.type
  const outcome = outcomeOf(id, kind, data)
  if (outcome !== undefined) event['outcome'] = outcome
  const subject = person(data, 'Subject')
  const target = person(data, 'Target')
  const user: JsonObject = { ...(kind.actor === 'target' && Object.keys(target).length > 0 ? target : subject) }
  if (kind.group) layGroup(data, fields, user)
  else if (kind.actor === 'subject' && Object.keys(target).length > 0) user['target'] = target
  if (id === '4648' && target['name'] !== undefined) user['effective'] = target
  if (Object.keys(user).length === 0) Object.assign(user, accountOf(data.text('AccountName')))
  putObject(fields, 'user', user)
  const address = data.text('IpAddress')
  const source = endOf(address, data.text('IpPort'), data.text('WorkstationName') || data.text('Workstation'))
  putObject(fields, 'source', source)
  layProcess(id, data, fields)
  if (id === '4697' || id === '7045') {
    const name = data.text('ServiceName')
    if (name !== '') fields['service'] = { name }
    const path = data.text('ServiceFileName') || data.text('ImagePath')
    if (path !== '') fields['file'] = { path }
  }
  const type = data.text('LogonType')
  const winlog = fields['winlog'] as JsonObject
  if (type !== '') {
    const logonFields: JsonObject = { id: data.text('TargetLogonId') || data.text('SubjectLogonId') }
    if (Object.hasOwn(logonTypes, type)) logonFields['type'] = logonTypes[type]!
    winlog['logon'] = logonFields
  }
  const member = memberOf(data)
  relate(
    fields,
    [textIn(subject, 'name'), kind.group ? member : textIn(target, 'name'), textIn(user, 'name')],
    [textIn(source, 'ip')],
    [textIn(fields['host'], 'name'), textIn(source, 'domain')]
  )
}

function outcomeOf(id: string, kind: Kind, data: EventData): string | undefined {
  // Kerberos and NTLM say success in the status, not in the id.
  if (id === '4768' || id === '4769' || id === '4776') {
    const status = data.text('Status')
    return status === '' || /^0x0+$/i.test(status) ? 'success' : 'failure'
  }
  return kind.outcome
}

/** `SubjectUserName`, `SubjectDomainName`, `SubjectUserSid` (or Target…) → ECS user. */
function person(data: EventData, prefix: 'Subject' | 'Target'): JsonObject {
  const user: JsonObject = {}
  put(user, 'name', data.text(`${prefix}UserName`))
  put(user, 'domain', data.text(`${prefix}DomainName`))
  put(user, 'id', data.text(`${prefix}UserSid`) || (prefix === 'Target' ? data.text('TargetSid') : ''))
  return user
}

/** 4728, 4732, 4756: Target… is the group, Member… the account that was added. */
function layGroup(data: EventData, fields: JsonObject, user: JsonObject): void {
  const group: JsonObject = {}
  put(group, 'name', data.text('TargetUserName'))
  put(group, 'domain', data.text('TargetDomainName'))
  put(group, 'id', data.text('TargetSid'))
  putObject(fields, 'group', group)
  const target: JsonObject = {}
  put(target, 'name', memberOf(data))
  put(target, 'id', data.text('MemberSid'))
  if (Object.keys(target).length > 0 && Object.keys(group).length > 0) target['group'] = group
  putObject(user, 'target', target)
}

/** `CN=Lan,OU=…` → Lan. */
function memberOf(data: EventData): string {
  const name = data.text('MemberName')
  return /^CN=((?:[^,\\]|\\.){1,256})/i.exec(name)?.[1] ?? name
}

function layProcess(id: string, data: EventData, fields: JsonObject): void {
  if (id === '4688') {
    const process = processOf(data, { image: 'NewProcessName', pid: 'NewProcessId' })
    put(process, 'command_line', data.text('CommandLine'))
    const parent: JsonObject = {}
    put(parent, 'executable', data.text('ParentProcessName'))
    put(parent, 'name', baseName(data.text('ParentProcessName')))
    put(parent, 'pid', readPid(data.text('ProcessId')))
    putObject(process, 'parent', parent)
    return putObject(fields, 'process', process)
  }
  putObject(fields, 'process', processOf(data, { image: 'ProcessName', pid: 'ProcessId' }))
}
