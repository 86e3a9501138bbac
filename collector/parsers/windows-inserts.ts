const subject = 'SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId'
const target = 'TargetUserSid TargetUserName TargetDomainName'
const about = 'TargetUserName TargetDomainName TargetSid'
const account =
  'SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory LogonHours'
const member = `MemberName MemberSid ${about} ${subject} PrivilegeList`
const group = `${about} ${subject} PrivilegeList SamAccountName SidHistory`
const changed = `${about} ${subject}`

/** Names of the values of common events in the order of Microsoft's manifests, for shippers that send the values alone. */
const security: Record<string, string> = {
  '1102': subject,
  '4624': `${subject} ${target} TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken`,
  '4625': `${subject} ${target} Status FailureReason SubStatus LogonType LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort`,
  '4634': `${target} TargetLogonId LogonType`,
  '4647': `${target} TargetLogonId`,
  '4648': `${subject} LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName IpAddress IpPort`,
  '4656': `${subject} ObjectServer ObjectType ObjectName HandleId TransactionId AccessList AccessReason AccessMask PrivilegeList RestrictedSidCount ProcessId ProcessName ResourceAttributes`,
  '4663': `${subject} ObjectServer ObjectType ObjectName HandleId AccessList AccessMask ProcessId ProcessName ResourceAttributes`,
  '4672': `${subject} PrivilegeList`,
  '4688': `${subject} NewProcessId NewProcessName TokenElevationType ProcessId CommandLine ${target} TargetLogonId ParentProcessName MandatoryLabel`,
  '4689': `${subject} Status ProcessId ProcessName`,
  '4697': `${subject} ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount`,
  '4698': `${subject} TaskName TaskContent`,
  '4699': `${subject} TaskName TaskContent`,
  '4700': `${subject} TaskName TaskContent`,
  '4701': `${subject} TaskName TaskContent`,
  '4702': `${subject} TaskName TaskContentNew`,
  '4719': `${subject} CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges`,
  '4720': `${changed} PrivilegeList ${account}`,
  '4722': changed,
  '4723': `${changed} PrivilegeList`,
  '4724': changed,
  '4725': changed,
  '4726': `${changed} PrivilegeList`,
  '4727': group,
  '4728': member,
  '4729': member,
  '4731': group,
  '4732': member,
  '4733': member,
  '4738': `Dummy ${changed} PrivilegeList ${account}`,
  '4740': changed,
  '4754': group,
  '4756': member,
  '4757': member,
  '4767': changed,
  '4768': `${about} ServiceName ServiceSid TicketOptions Status TicketEncryptionType PreAuthType IpAddress IpPort CertIssuerName CertSerialNumber CertThumbprint`,
  '4769': `TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType IpAddress IpPort Status LogonGuid TransmittedServices`,
  '4771': `TargetUserName TargetSid ServiceName TicketOptions Status PreAuthType IpAddress IpPort CertIssuerName CertSerialNumber CertThumbprint`,
  '4776': 'PackageName TargetUserName Workstation Status',
  '4778': 'AccountName AccountDomain LogonID SessionName ClientName ClientAddress',
  '4779': 'AccountName AccountDomain LogonID SessionName ClientName ClientAddress',
  '4781': `OldTargetUserName NewTargetUserName TargetDomainName TargetSid ${subject} PrivilegeList`,
  '5140': `${subject} ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask AccessList`,
  '5145': `${subject} ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList AccessReason`
}
const system: Record<string, string> = {
  '104': 'SubjectUserName SubjectDomainName Channel BackupPath',
  '7040': 'param1 param2 param3 param4',
  '7045': 'ServiceName ImagePath ServiceType StartType AccountName'
}
const sysmon: Record<string, string> = {
  '1': 'RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser',
  '3': 'RuleName UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName',
  '5': 'RuleName UtcTime ProcessGuid ProcessId Image User',
  '11': 'RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User',
  '12': 'RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject User',
  '13': 'RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User',
  '22': 'RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image User'
}

const split = (table: Record<string, string>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(table).map(([id, names]) => [id, names.split(' ')]))
const bySecurity = split(security)
const bySystem = split(system)
const bySysmon = split(sysmon)
const none: readonly string[] = []

/** Names of the values of an event in their order; empty for events that are not known here. */
export function insertNames(provider: string, channel: string, id: string): readonly string[] {
  if (channel === 'Security') return bySecurity.get(id) ?? none
  if (provider.endsWith('-Sysmon') || channel.endsWith('Sysmon/Operational')) return bySysmon.get(id) ?? none
  if (channel === 'System' && /^(service control manager|(microsoft-windows-)?eventlog)$/i.test(provider)) {
    return bySystem.get(id) ?? none
  }
  return none
}
