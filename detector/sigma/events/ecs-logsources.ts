import type { JsonObject } from '#core/event.ts'
import type { Logsources } from '#core/logsource.ts'

/** Product and service of a dataset, and categories it has whatever the event says of itself. */
type Source = { product: string; service: string; categories: readonly string[] }

const webserver = ['webserver']
const proxy = ['proxy']
const firewall = ['firewall']
const none: readonly string[] = []

/** Log sources of datasets, by their full name, else by their module. */
export type Datasets = ReadonlyMap<string, Source>

/** Datasets of the shippers that everybody uses. */
export const commonDatasets: Datasets = new Map<string, Source>(
  Object.entries({
    'system.auth': ['linux', 'auth'],
    'system.syslog': ['linux', 'syslog'],
    'auditd.log': ['linux', 'auditd'],
    auditd: ['linux', 'auditd'],
    'nginx.access': ['', 'nginx', webserver],
    'nginx.ingress_controller': ['', 'nginx', webserver],
    'nginx.error': ['', 'nginx'],
    'apache.access': ['', 'apache', webserver],
    'apache.error': ['', 'apache'],
    'iis.access': ['windows', 'iis', webserver],
    'traefik.access': ['', 'traefik', webserver],
    'haproxy.log': ['', 'haproxy', webserver],
    squid: ['', 'squid', proxy],
    zscaler: ['', 'zscaler', proxy],
    bluecoat: ['', 'bluecoat', proxy],
    fortinet: ['fortigate', '', firewall],
    panw: ['paloalto', '', firewall],
    'cisco.asa': ['cisco', 'asa', firewall],
    'cisco.ftd': ['cisco', 'ftd', firewall],
    'cisco.ios': ['cisco', 'syslog'],
    iptables: ['linux', 'iptables', firewall],
    pfsense: ['', 'pfsense', firewall],
    'aws.cloudtrail': ['aws', 'cloudtrail'],
    'azure.activitylogs': ['azure', 'activitylogs'],
    'azure.auditlogs': ['azure', 'auditlogs'],
    'azure.signinlogs': ['azure', 'signinlogs'],
    'gcp.audit': ['gcp', 'gcp.audit'],
    'o365.audit': ['m365', 'audit'],
    'okta.system': ['okta', 'okta'],
    'github.audit': ['github', 'audit'],
    'kubernetes.audit': ['kubernetes', 'audit'],
    'kubernetes.audit_logs': ['kubernetes', 'audit'],
    zeek: ['zeek', '']
  } satisfies Record<string, [string, string, (readonly string[])?]>).map(([name, [product, service, categories]]) => [
    name,
    { product, service, categories: categories ?? none }
  ])
)

/** The common datasets and those of our own parsers. */
export function datasetsWith(logsources: Logsources): Datasets {
  const own = Object.entries(logsources).map(
    ([name, { product, service, categories = none }]) => [name, { product, service, categories }] as const
  )
  return new Map([...commonDatasets, ...own])
}

/** Programs whose syslog lines Sigma knows as a service of their own. */
const linuxPrograms = new Map(
  Object.entries({
    sshd: 'sshd',
    'sshd-session': 'sshd',
    'sshd-auth': 'sshd',
    sudo: 'sudo',
    cron: 'cron',
    crond: 'cron',
    vsftpd: 'vsftpd',
    clamd: 'clamav',
    freshclam: 'clamav',
    guacd: 'guacamole'
  })
)

/** ECS category and type → Sigma category, for events of endpoints. */
const byCategoryAndType: Record<string, Record<string, string>> = {
  process: { start: 'process_creation', end: 'process_termination', access: 'process_access' },
  file: { creation: 'file_event', deletion: 'file_delete', access: 'file_access' },
  registry: { creation: 'registry_add', deletion: 'registry_delete', change: 'registry_set' },
  network: { start: 'network_connection', connection: 'network_connection' },
  driver: { start: 'driver_load' },
  library: { start: 'image_load' }
}

/** Where an event that is not from Windows' own log belongs, from its ECS fields. */
export function ecsLogsource(
  document: JsonObject,
  datasets: Datasets
): { product: string; service: string; categories: string[] } {
  const event = objectAt(document, 'event')
  const dataset = textAt(event, 'dataset').toLowerCase()
  const module = textAt(event, 'module').toLowerCase()
  const source = datasets.get(dataset) ?? datasets.get(dataset.split('.')[0] ?? '') ?? datasets.get(module)
  const os = objectAt(objectAt(document, 'host'), 'os')
  const system = textAt(os, 'type').toLowerCase() || textAt(os, 'platform').toLowerCase()
  const product = source?.product || (['windows', 'linux', 'macos'].includes(system) ? system : '')
  return {
    product,
    service: serviceOf(document, product, source, dataset),
    categories: [...new Set([...(source?.categories ?? none), ...categoriesOf(document, event)])]
  }
}

function serviceOf(document: JsonObject, product: string, source: Source | undefined, dataset: string): string {
  if (product === 'linux' && source?.service !== 'auditd') {
    const program = textAt(objectAt(document, 'process'), 'name').toLowerCase()
    const service = linuxPrograms.get(program)
    if (service) return service
  }
  // FortiGate's rules name the log type (event, traffic, utm), Zeek's the log file.
  if (product === 'fortigate') return textAt(objectAt(objectAt(document, 'fortinet'), 'firewall'), 'type')
  if (product === 'zeek') return dataset.slice('zeek.'.length)
  return source?.service ?? ''
}

function categoriesOf(document: JsonObject, event: JsonObject | undefined): string[] {
  const found: string[] = []
  const types = listAt(event, 'type')
  for (const category of listAt(event, 'category')) {
    if (category === 'authentication') found.push('authentication')
    if (category === 'malware') found.push('antivirus')
    if (category === 'registry') found.push('registry_event')
    const table = Object.hasOwn(byCategoryAndType, category) ? byCategoryAndType[category]! : {}
    // A network event without a process is one of a firewall or sensor, not of an endpoint.
    if (category === 'network' && !objectAt(document, 'process')) continue
    for (const type of types) if (Object.hasOwn(table, type)) found.push(table[type]!)
  }
  if (objectAt(objectAt(document, 'dns'), 'question')) {
    found.push(objectAt(document, 'process') ? 'dns_query' : 'dns')
  }
  const observer = textAt(objectAt(document, 'observer'), 'type').toLowerCase()
  if (observer === 'firewall' || observer === 'proxy') found.push(observer)
  return found
}

/**
 * Other services whose rules also mean this event: sshd's and sudo's lines are lines of auth.log, and all of them came by
 * syslog.
 */
export function widerServices(product: string, service: string): readonly string[] {
  if (product !== 'linux') return none
  if (service === 'sshd' || service === 'sudo') return ['auth', 'syslog']
  return ['auth', 'cron', 'vsftpd', 'clamav', 'guacamole'].includes(service) ? ['syslog'] : none
}

function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object && Object.hasOwn(object, key) ? object[key] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}
function textAt(object: JsonObject | undefined, key: string): string {
  const value = object && Object.hasOwn(object, key) ? object[key] : undefined
  return typeof value === 'string' ? value : ''
}
function listAt(object: JsonObject | undefined, key: string): string[] {
  const value = object && Object.hasOwn(object, key) ? object[key] : undefined
  const list = Array.isArray(value) ? value.slice(0, 16) : [value]
  return list.filter((entry) => typeof entry === 'string')
}
