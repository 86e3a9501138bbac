import type { JsonObject } from '#core/event.ts'

/** Longest message that is read; audit messages stay below 8 KiB. */
const MAX_MESSAGE = 32_768

/** Headings of the audit messages, and whose account stands below them. */
const headings: ReadonlyMap<string, string> = new Map([
  ['Subject', 'Subject'],
  ['Creator Subject', 'Subject'],
  ['Target Subject', 'Target'],
  ['Account For Which Logon Failed', 'Target'],
  ['Account Whose Credentials Were Used', 'Target'],
  ['Account That Was Locked Out', 'Target'],
  ['New Logon', 'Target'],
  ['New Account', 'Target'],
  ['Target Account', 'Target'],
  ['Account Information', 'Target'],
  ['Member', 'Member'],
  ['Group', 'Group'],
  ['New Group', 'Group'],
  ['Network Information', ''],
  ['Process Information', ''],
  ['Failure Information', ''],
  ['Detailed Authentication Information', ''],
  ['Service Information', ''],
  ['Additional Information', '']
])
/** Labels whose name does not depend on the heading. */
const labels: ReadonlyMap<string, string> = new Map([
  ['Logon Type', 'LogonType'],
  ['Failure Reason', 'FailureReason'],
  ['Status', 'Status'],
  ['Sub Status', 'SubStatus'],
  ['Error Code', 'Status'],
  ['Result Code', 'Status'],
  ['Failure Code', 'Status'],
  ['Logon Process', 'LogonProcessName'],
  ['Authentication Package', 'AuthenticationPackageName'],
  ['Workstation Name', 'WorkstationName'],
  ['Source Workstation', 'Workstation'],
  ['Source Network Address', 'IpAddress'],
  ['Source Address', 'IpAddress'],
  ['Network Address', 'IpAddress'],
  ['Client Address', 'IpAddress'],
  ['Source Port', 'IpPort'],
  ['Client Port', 'IpPort'],
  ['New Process ID', 'NewProcessId'],
  ['New Process Name', 'NewProcessName'],
  ['Process Command Line', 'CommandLine'],
  ['Creator Process ID', 'ProcessId'],
  ['Creator Process Name', 'ParentProcessName'],
  ['Caller Process Name', 'ProcessName'],
  ['Process Name', 'ProcessName'],
  ['Service File Name', 'ServiceFileName'],
  ['Service Name', 'ServiceName'],
  ['Task Name', 'TaskName'],
  ['Logon Account', 'TargetUserName'],
  ['Group Name', 'GroupName'],
  ['Group Domain', 'GroupDomain'],
  ['Privileges', 'PrivilegeList'],
  ['Caller Process ID', ''],
  ['Process ID', ''],
  ['Logon ID', 'LogonId'],
  ['Logon GUID', ''],
  ['Security ID', 'Sid'],
  ['Account Name', 'UserName'],
  ['Account Domain', 'DomainName'],
  ['Transited Services', ''],
  ['Package Name', ''],
  ['Key Length', '']
])
/** Names that the machine itself writes behind all that a client may say: the last one counts. */
const last = new Set(['IpAddress', 'IpPort', 'Status', 'SubStatus'])

const known = new RegExp(
  `(?:^|[\\s.])(${[...headings.keys(), ...labels.keys()].sort((a, b) => b.length - a.length).join('|')}):`,
  'g'
)

/**
 * The named values of an audit message as it is shown to people, for shippers that send nothing else. Labels are English:
 * other languages stay a message.
 */
export function readRendered(message: string): JsonObject {
  const text = message.slice(0, MAX_MESSAGE)
  const data: JsonObject = {}
  const marks = [...text.matchAll(known)]
  let prefix = ''
  for (const [index, mark] of marks.entries()) {
    const label = mark[1]!
    const heading = headings.get(label)
    const value = text.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim()
    if (heading !== undefined && value === '') {
      prefix = heading
      continue
    }
    const name = nameOf(label, prefix)
    if (name === '' || value === '' || value === '-') continue
    // A value ends at the end of its line, or at a wide gap where lines were joined.
    const short = name === 'CommandLine' ? value.split(/[\r\n]/, 1)[0]! : value.split(/[\r\n\t]|\s{3,}/, 1)[0]!
    if (last.has(name) || !Object.hasOwn(data, name)) data[name] = short.trim()
  }
  return data
}

function nameOf(label: string, prefix: string): string {
  const name = labels.get(label) ?? ''
  if (name === 'GroupName') return 'TargetUserName'
  if (name === 'GroupDomain') return 'TargetDomainName'
  if (name === 'UserName')
    return prefix === 'Member' ? 'MemberName' : prefix === 'Group' ? 'TargetUserName' : `${prefix || 'Subject'}UserName`
  if (name === 'DomainName')
    return prefix === 'Member' || prefix === '' ? '' : `${prefix === 'Group' ? 'Target' : prefix}DomainName`
  if (name === 'Sid')
    return prefix === 'Member'
      ? 'MemberSid'
      : prefix === 'Group'
        ? 'TargetSid'
        : prefix === ''
          ? ''
          : `${prefix}UserSid`
  if (name === 'LogonId') return prefix === 'Subject' || prefix === 'Target' ? `${prefix}LogonId` : ''
  return name
}
