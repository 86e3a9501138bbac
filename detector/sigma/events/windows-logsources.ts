/**
 * Which Sigma log source a Windows event belongs to: the channel gives the service, service and event id give the
 * categories. The facts are those that SigmaHQ checks its own rules by.
 */

const none: readonly string[] = []

/** Service of each channel, by the channel's lower-case name. */
const services = new Map(
  Object.entries({
    application: 'Application',
    security: 'Security',
    system: 'System',
    ntlm: 'Microsoft-Windows-NTLM/Operational',
    sysmon: 'Microsoft-Windows-Sysmon/Operational',
    powershell: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
    'powershell-classic': 'Windows PowerShell',
    taskscheduler: 'Microsoft-Windows-TaskScheduler/Operational',
    wmi: 'Microsoft-Windows-WMI-Activity/Operational',
    dhcp: 'Microsoft-Windows-DHCP-Server/Operational',
    'printservice-admin': 'Microsoft-Windows-PrintService/Admin',
    'printservice-operational': 'Microsoft-Windows-PrintService/Operational',
    'smbclient-security': 'Microsoft-Windows-SmbClient/Security',
    'smbclient-connectivity': 'Microsoft-Windows-SmbClient/Connectivity',
    'smbserver-connectivity': 'Microsoft-Windows-SMBServer/Connectivity',
    'terminalservices-localsessionmanager': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
    'codeintegrity-operational': 'Microsoft-Windows-CodeIntegrity/Operational',
    applocker: [
      'Microsoft-Windows-AppLocker/MSI and Script',
      'Microsoft-Windows-AppLocker/EXE and DLL',
      'Microsoft-Windows-AppLocker/Packaged app-Deployment',
      'Microsoft-Windows-AppLocker/Packaged app-Execution'
    ],
    'msexchange-management': 'MSExchange Management',
    windefend: 'Microsoft-Windows-Windows Defender/Operational',
    'firewall-as': 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
    'bits-client': 'Microsoft-Windows-Bits-Client/Operational',
    'security-mitigations': [
      'Microsoft-Windows-Security-Mitigations/Kernel Mode',
      'Microsoft-Windows-Security-Mitigations/User Mode'
    ],
    'diagnosis-scripted': 'Microsoft-Windows-Diagnosis-Scripted/Operational',
    'shell-core': 'Microsoft-Windows-Shell-Core/Operational',
    openssh: 'OpenSSH/Operational',
    ldap: 'Microsoft-Windows-LDAP-Client/Debug',
    bitlocker: 'Microsoft-Windows-BitLocker/BitLocker Management',
    vhdmp: 'Microsoft-Windows-VHDMP/Operational',
    'appxdeployment-server': 'Microsoft-Windows-AppXDeploymentServer/Operational',
    'lsa-server': 'Microsoft-Windows-LSA/Operational',
    'appxpackaging-om': 'Microsoft-Windows-AppxPackaging/Operational',
    'dns-client': 'Microsoft-Windows-DNS Client Events/Operational',
    'appmodel-runtime': 'Microsoft-Windows-AppModel-Runtime/Admin',
    capi2: 'Microsoft-Windows-CAPI2/Operational',
    'certificateservicesclient-lifecycle-system':
      'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
    'kernel-shimengine': [
      'Microsoft-Windows-Kernel-ShimEngine/Operational',
      'Microsoft-Windows-Kernel-ShimEngine/Diagnostic'
    ],
    'application-experience': [
      'Microsoft-Windows-Application-Experience/Program-Telemetry',
      'Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant'
    ],
    ntfs: 'Microsoft-Windows-Ntfs/Operational',
    'hyper-v-worker': 'Microsoft-Windows-Hyper-V-Worker',
    'kernel-event-tracing': 'Microsoft-Windows-Kernel-EventTracing',
    sense: 'Microsoft-Windows-SENSE/Operational',
    'servicebus-client': ['Microsoft-ServiceBus-Client/Admin', 'Microsoft-ServiceBus-Client/Operational'],
    'iis-configuration': 'Microsoft-IIS-Configuration/Operational'
  }).flatMap(([service, channels]) =>
    [channels].flat().map((channel): [string, string] => [channel.toLowerCase(), service])
  )
)

/** Sysmon's event ids (Windows and Linux). 12 splits further by its EventType. */
const sysmon: Record<string, readonly string[]> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  4: ['sysmon_status'],
  5: ['process_termination'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  9: ['raw_access_thread'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_event'],
  13: ['registry_event', 'registry_set'],
  14: ['registry_event', 'registry_rename'],
  15: ['create_stream_hash'],
  16: ['sysmon_status'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  19: ['wmi_event'],
  20: ['wmi_event'],
  21: ['wmi_event'],
  22: ['dns_query'],
  23: ['file_delete'],
  24: ['clipboard_change'],
  25: ['process_tampering'],
  26: ['file_delete_detected'],
  27: ['file_block_executable'],
  28: ['file_block_shredding'],
  29: ['file_executable_detected'],
  255: ['sysmon_error']
}
const registry12: Record<string, readonly string[]> = {
  createkey: ['registry_event', 'registry_add'],
  deletekey: ['registry_event', 'registry_delete'],
  deletevalue: ['registry_event', 'registry_delete']
}
const antivirus: readonly string[] = ['antivirus']
const defenderIds = ['1006', '1007', '1008', '1009', '1010', '1011', '1012', '1017', '1018', '1019', '1115', '1116']

/** Categories by service and event id. */
const categories: Record<string, Record<string, readonly string[]>> = {
  sysmon,
  security: { 4688: ['process_creation'] },
  powershell: { 4103: ['ps_module'], 4104: ['ps_script'] },
  'powershell-classic': {
    400: ['ps_classic_start'],
    600: ['ps_classic_provider_start'],
    800: ['ps_classic_script']
  },
  windefend: Object.fromEntries(defenderIds.map((id) => [id, antivirus]))
}

/** The Sigma service of a channel, '' when it has none. Windows itself writes `Security` and `security`. */
export function serviceOfChannel(channel: string): string {
  return services.get(channel) ?? services.get(channel.toLowerCase()) ?? ''
}

/** The Sigma categories of an event of a service. `eventType` is Sysmon's field of that name. */
export function categoriesOf(service: string, eventId: string, eventType: unknown): readonly string[] {
  if (service === 'sysmon' && eventId === '12') {
    return (typeof eventType === 'string' && own(registry12, eventType.toLowerCase())) || sysmon['12']!
  }
  return own(own(categories, service), eventId) ?? none
}

/** Names that an event uses instead of the rules' own, by service and event id. */
const renames: Record<string, Record<string, Record<string, string>>> = {
  security: { 4688: { Image: 'NewProcessName', ParentImage: 'ParentProcessName' } },
  windefend: Object.fromEntries(defenderIds.map((id) => [id, { Signature: 'ThreatName', Filename: 'Path' }]))
}

/** Rule name → name in the event, for events that call a field differently; undefined for most. */
export function renamesOf(service: string, eventId: string): Record<string, string> | undefined {
  return own(own(renames, service), eventId)
}

function own<T>(table: Record<string, T> | undefined, key: string): T | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined
}
