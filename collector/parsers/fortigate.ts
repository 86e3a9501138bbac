import type { JsonObject } from '#core/event.ts'
import { readZone } from '../enrich/calendar.ts'
import { readEpoch, readRfc3339 } from '../enrich/event-time.ts'
import { isUnsafeKey } from '../read-document.ts'
import { distinct, plainIp, readPort, readWhole } from './addresses.ts'
import { isFortinetCef, readCef } from './fortigate-cef.ts'
import { readLogIn } from './fortigate-login.ts'
import { readTarget } from './request-line.ts'
import { draftOf, type Content, type Draft, type Parser, type Refusal } from './parser.ts'

/** Most fields of one line; FortiOS writes fewer than 100. */
const MAX_FIELDS = 512
/** Longest key; FortiOS stays below 32. */
const MAX_KEY = 64
/** Said elsewhere in full; everything else stays below `fortinet.firewall` too, where rules find it by the vendor's own name. */
const saidElsewhere = new Set('date time eventtime tz timestamp msg'.split(' '))
/** IANA protocol numbers that people call by name. */
const transports: Record<string, string> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '47': 'gre',
  '50': 'esp',
  '58': 'ipv6-icmp'
}
const denied = new Set([
  'deny',
  'denied',
  'block',
  'blocked',
  'dropped',
  'drop',
  'reset',
  'clear_session',
  'ban',
  'banned'
])
const allowed = new Set([
  'accept',
  'pass',
  'passthrough',
  'permit',
  'allow',
  'allowed',
  'detected',
  'monitored',
  'start',
  'close'
])

/** `key=value key="va\"lue"` in one pass, parted by blanks or (format csv) commas; a broken quote ends the line. */
function readFields(text: string): { values: Map<string, string>; cut: boolean } {
  const values = new Map<string, string>()
  const sign = /^[a-z_]{1,32}=(?:"[^"]{0,64}"|[^",\s]{0,64}),[a-z_]{1,32}=/.test(text) ? ',' : ' '
  const code = sign.charCodeAt(0)
  let at = 0
  for (let count = 0; at < text.length; count++) {
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === code) at++
    const equals = text.indexOf('=', at)
    if (equals < 0) break
    if (count >= MAX_FIELDS) return { values, cut: true }
    let start = equals
    while (start > at && equals - start <= MAX_KEY && text.charCodeAt(start - 1) !== code) start--
    const key = text.slice(start, equals)
    let end: number
    let value: string
    if (text.charCodeAt(equals + 1) === 34) {
      end = text.indexOf('"', equals + 2)
      // FortiOS escapes a quote as \" and a backslash as \\.
      while (end > 0 && isEscaped(text, end, equals + 1)) end = text.indexOf('"', end + 1)
      if (end < 0) end = text.length
      value = text.slice(equals + 2, end)
      if (value.includes('\\')) value = value.replace(/\\(["\\])/g, '$1')
      end++
    } else {
      end = text.indexOf(sign, equals)
      if (end < 0) end = text.length
      value = text.slice(equals + 1, end)
    }
    if (key !== '' && key.length <= MAX_KEY) values.set(key, value)
    at = end + 1
  }
  return { values, cut: false }
}

function isEscaped(text: string, quote: number, open: number): boolean {
  let slashes = 0
  for (let at = quote - 1; at > open && text.charCodeAt(at) === 92; at--) slashes++
  return slashes % 2 === 1
}

/** eventtime is UTC in s, ms, µs or ns; date= and time= are local to tz=, else to the sender. */
function readTime(values: Map<string, string>, utcOffsetMinutes: number): { time: number; local: boolean } {
  const epoch = readEpoch(values.get('eventtime') ?? '')
  if (!Number.isNaN(epoch)) return { time: epoch, local: false }
  const text = `${values.get('date') ?? ''}T${values.get('time') ?? ''}`
  const zone = values.get('tz') ?? ''
  const offset = readZone(zone, 0, zone.length)
  const local = Number.isNaN(offset)
  return { time: readRfc3339(text, 0, text.length, local ? utcOffsetMinutes : offset), local }
}

/** FortiGate's key-value log: traffic, UTM (IPS, virus, web filter, botnet, DNS) and event types. */
export const fortigate: Parser = {
  name: 'fortigate',
  samples: [{ file: 'fortigate.log', dataset: /^fortinet\.firewall$/ }],
  fieldSets: ['fortinet'],
  accepts(content) {
    if (content.document !== undefined) return false
    const text = content.text
    const first = text.charCodeAt(0)
    // CEF and LEEF.
    if (first === 67 || first === 76) return isFortinetCef(text)
    if (first < 97 || first > 122 || !/^[a-z_]{2,16}=/.test(text)) return false
    const head = text.slice(0, 512)
    return /(^|[\s,])(devid|devname|logid|vd)=/.test(head) && /(^|[\s,])(date|logver|eventtime|logid|type)=/.test(head)
  },
  parse(content: Content): Draft | Refusal {
    const { values, cut } = isFortinetCef(content.text) ? readCef(content.text) : readFields(content.text)
    const type = values.get('type') ?? ''
    if (type === '' && !values.has('logid')) {
      return { code: 'parse.broken_line', detail: 'FortiGate: neither type= nor logid=' }
    }
    const { time, local } = readTime(values, content.utcOffsetMinutes)
    const firewall: JsonObject = {}
    for (const [key, value] of values) {
      if (!saidElsewhere.has(key) && value !== '' && !isUnsafeKey(key)) firewall[key] = value
    }
    const source = readEnd(values, 'src', 'sentbyte', 'sentpkt')
    const destination = readEnd(values, 'dst', 'rcvdbyte', 'rcvdpkt')
    const user = userNames.map((name) => values.get(name) ?? '').find((name) => name !== '' && name !== 'N/A') ?? ''
    const host = values.get('hostname') ?? ''
    const fields: JsonObject = {
      event: readEvent(values, type),
      service: { type: 'fortinet' },
      observer: readObserver(values),
      fortinet: { firewall },
      message: values.get('msg') || summary(values)
    }
    if (user !== '') {
      fields['user'] = { name: user }
      source['user'] = { name: user }
    }
    if (Object.keys(source).length > 0) fields['source'] = source
    if (host !== '') destination['domain'] = host
    if (Object.keys(destination).length > 0) fields['destination'] = destination
    const level = values.get('level') ?? ''
    if (level !== '') fields['log'] = { level }
    addNetwork(values, fields)
    addUrl(values, host, fields)
    addThreat(values, fields)
    const related: JsonObject = {}
    const ips = distinct(textOf(source['ip']), textOf(destination['ip']), plainIp(values.get('transip') ?? ''))
    if (ips.length > 0) related['ip'] = ips
    if (user !== '') related['user'] = [user]
    const hosts = distinct(values.get('devname'), host)
    if (hosts.length > 0) related['hosts'] = hosts
    fields['related'] = related
    const draft = draftOf(fields, time, local && !Number.isNaN(time))
    if (cut) draft.flags.push('cut')
    return draft
  }
}

/** Where FortiOS puts a person, the surest first. */
const userNames = ['user', 'srcuser', 'unauthuser', 'xauthuser', 'login']

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** `https(192.0.2.1)`, `ssh(192.0.2.1)`: where an administrator sits, when no address is given otherwise. */
function addressOf(values: Map<string, string>, prefix: 'src' | 'dst'): string {
  const direct = values.get(`${prefix}ip`) || values.get(prefix === 'src' ? 'remip' : 'locip')
  if (direct || prefix === 'dst') return direct ?? ''
  return plainIp(/\(([^()]{2,64})\)$/.exec(values.get('ui') ?? '')?.[1] ?? '')
}

/** One end of a session: `srcip srcport srcmac srcname` or the same with `dst`; of a tunnel `remip remport` and `locip locport`. */
function readEnd(values: Map<string, string>, prefix: 'src' | 'dst', bytes: string, packets: string): JsonObject {
  const end: JsonObject = {}
  const address = addressOf(values, prefix)
  if (address !== '') end['address'] = address
  const ip = plainIp(address)
  if (ip !== '') end['ip'] = ip
  const port = readPort(values.get(`${prefix}port`) || values.get(prefix === 'src' ? 'remport' : 'locport') || '')
  if (port >= 0) end['port'] = port
  const size = readWhole(values.get(bytes) ?? '')
  if (size >= 0) end['bytes'] = size
  const count = readWhole(values.get(packets) ?? '')
  if (count >= 0) end['packets'] = count
  const mac = values.get(`${prefix}mac`)
  if (mac) end['mac'] = mac.toUpperCase().replaceAll(':', '-')
  const name = values.get(`${prefix}name`)
  if (name) end['domain'] = name
  const country = values.get(`${prefix}country`)
  if (country && country !== 'Reserved') end['geo'] = { country_name: country }
  return end
}

function readEvent(values: Map<string, string>, type: string): JsonObject {
  const action = values.get('action') ?? ''
  const subtype = values.get('subtype') ?? ''
  const event: JsonObject = { dataset: 'fortinet.firewall', module: 'fortinet' }
  if (values.has('logid')) event['code'] = values.get('logid')!
  const verdict = denied.has(action) ? 'denied' : allowed.has(action) ? 'allowed' : ''
  const status = values.get('status') ?? ''
  const logIn = type === 'event' ? readLogIn(values) : undefined
  if (values.get('reason')) event['reason'] = values.get('reason')!
  if (logIn !== undefined) {
    event['category'] = ['authentication']
    event['type'] = [logIn.end ? 'end' : 'start']
    event['outcome'] = logIn.failed ? 'failure' : 'success'
  } else if (type === 'event') {
    const config = values.has('cfgpath') || values.has('cfgobj')
    event['category'] = [config ? 'configuration' : 'host']
    event['type'] = [config ? 'change' : 'info']
    if (status !== '') event['outcome'] = /fail|error|denied|negotiate_error/i.test(status) ? 'failure' : 'success'
  } else {
    const kinds: Record<string, string[]> = {
      ips: ['network', 'intrusion_detection'],
      anomaly: ['network', 'intrusion_detection'],
      botnet: ['network', 'malware'],
      virus: ['network', 'malware'],
      webfilter: ['network', 'web'],
      waf: ['network', 'web', 'intrusion_detection']
    }
    const kind = type === 'anomaly' ? 'anomaly' : subtype
    event['category'] = Object.hasOwn(kinds, kind) ? kinds[kind]! : ['network']
    const types = type === 'traffic' ? ['connection', action === 'start' ? 'start' : 'end'] : ['info']
    event['type'] = verdict === '' ? types : [...types, verdict]
    // ECS: the outcome is the event's own; a block that worked is a success of the firewall.
    event['outcome'] = 'success'
  }
  if (action !== '') event['action'] = action
  const seconds = readWhole(values.get('duration') ?? '')
  if (seconds >= 0 && seconds < 9_000_000) event['duration'] = seconds * 1_000_000_000
  return event
}

function readObserver(values: Map<string, string>): JsonObject {
  const observer: JsonObject = { vendor: 'Fortinet', product: 'Fortigate', type: 'firewall' }
  if (values.get('devname')) observer['name'] = values.get('devname')!
  if (values.get('devid')) observer['serial_number'] = values.get('devid')!
  if (values.get('srcintf')) observer['ingress'] = { interface: { name: values.get('srcintf')! } }
  if (values.get('dstintf')) observer['egress'] = { interface: { name: values.get('dstintf')! } }
  return observer
}

function addNetwork(values: Map<string, string>, fields: JsonObject): void {
  const network: JsonObject = {}
  const protocol = values.get('proto') ?? ''
  if (readWhole(protocol) >= 0) network['iana_number'] = protocol
  if (Object.hasOwn(transports, protocol)) network['transport'] = transports[protocol]!
  if (values.get('service')) network['protocol'] = values.get('service')!.toLowerCase()
  if (values.get('app')) network['application'] = values.get('app')!.toLowerCase()
  if (values.get('direction')) network['direction'] = directionOf(values.get('direction')!)
  const sent = readWhole(values.get('sentbyte') ?? '')
  const received = readWhole(values.get('rcvdbyte') ?? '')
  if (sent >= 0 && received >= 0) network['bytes'] = sent + received
  if (Object.keys(network).length > 0) fields['network'] = network
  if (values.get('qname')) fields['dns'] = { question: { name: values.get('qname')! } }
  const translated = plainIp(values.get('transip') ?? '')
  if (translated !== '') fields['source'] = { ...(fields['source'] as JsonObject | undefined), nat: { ip: translated } }
}

function directionOf(word: string): string {
  return word === 'incoming' ? 'inbound' : word === 'outgoing' ? 'outbound' : word
}

function addUrl(values: Map<string, string>, host: string, fields: JsonObject): void {
  const target = values.get('url') ?? ''
  if (target !== '' || host !== '') {
    const url: JsonObject = target === '' ? {} : readTarget(target)
    if (host !== '') url['domain'] = host
    fields['url'] = url
  }
  if (values.get('agent')) fields['user_agent'] = { original: values.get('agent')! }
  if (values.get('httpmethod')) fields['http'] = { request: { method: values.get('httpmethod')! } }
}

/** The name of what was found, and the policy that was applied. */
function addThreat(values: Map<string, string>, fields: JsonObject): void {
  const found = values.get('attack') || values.get('virus') || ''
  const rule: JsonObject = {}
  if (found !== '') {
    rule['name'] = found
    rule['category'] = values.get('subtype') ?? ''
    const id = values.get('attackid') || values.get('virusid')
    if (id) rule['id'] = id
  } else {
    if (values.get('policyid')) rule['id'] = values.get('policyid')!
    if (values.get('policyname')) rule['name'] = values.get('policyname')!
  }
  if (values.get('policyuuid') && found === '') rule['uuid'] = values.get('policyuuid')!
  if (Object.keys(rule).length > 0) fields['rule'] = rule
  if (values.get('filename')) {
    const file: JsonObject = { name: values.get('filename')! }
    const size = readWhole(values.get('filesize') ?? '')
    if (size >= 0) file['size'] = size
    fields['file'] = file
  }
}

/** A sentence for traffic lines, which carry no msg. */
function summary(values: Map<string, string>): string {
  const end = (prefix: string) => `${values.get(`${prefix}ip`) ?? '-'}:${values.get(`${prefix}port`) ?? '-'}`
  const words = [values.get('type'), values.get('subtype'), values.get('action'), `${end('src')} → ${end('dst')}`]
  return words.filter((word) => word !== undefined && word !== '').join(' ')
}
