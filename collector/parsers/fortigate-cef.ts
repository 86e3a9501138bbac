/** FortiOS's names of the fields that CEF and LEEF call otherwise. */
const names: ReadonlyMap<string, string> = new Map([
  ['act', 'action'],
  ['app', 'service'],
  ['cnt', 'count'],
  ['deviceExternalId', 'devid'],
  ['deviceInboundInterface', 'srcintf'],
  ['deviceOutboundInterface', 'dstintf'],
  ['deviceSeverity', 'level'],
  ['dhost', 'hostname'],
  ['dmac', 'dstmac'],
  ['dpt', 'dstport'],
  ['dst', 'dstip'],
  ['dstBytes', 'rcvdbyte'],
  ['dstPort', 'dstport'],
  ['duser', 'user'],
  ['dvchost', 'devname'],
  ['externalId', 'sessionid'],
  ['fname', 'filename'],
  ['in', 'rcvdbyte'],
  ['out', 'sentbyte'],
  ['outcome', 'status'],
  ['request', 'url'],
  ['requestClientApplication', 'agent'],
  ['requestMethod', 'httpmethod'],
  ['shost', 'srcname'],
  ['smac', 'srcmac'],
  ['sourceTranslatedAddress', 'transip'],
  ['spt', 'srcport'],
  ['sproc', 'ui'],
  ['src', 'srcip'],
  ['srcBytes', 'sentbyte'],
  ['srcPort', 'srcport'],
  ['suser', 'user'],
  ['usrName', 'user']
])
/** Fortinet puts this before its own names. */
const OWN = 'FTNTFGT'
/** Most fields of one line. */
const MAX_FIELDS = 512

/** True for a CEF or LEEF line of a Fortinet device. */
export function isFortinetCef(text: string): boolean {
  return /^(?:CEF|LEEF): ?\d/.test(text) && /^[^|]{1,12}\|Fortinet\|/i.test(text.slice(0, 40))
}

/** A Fortinet device's CEF or LEEF line under FortiOS's own field names. */
export function readCef(text: string): { values: Map<string, string>; cut: boolean } {
  const values = new Map<string, string>()
  const leef = text.startsWith('LEEF')
  const head: string[] = []
  let at = 0
  const fields = leef ? (text.slice(5).trimStart().startsWith('2') ? 6 : 5) : 7
  while (head.length < fields) {
    let bar = text.indexOf('|', at)
    while (bar > 0 && text[bar - 1] === '\\') bar = text.indexOf('|', bar + 1)
    if (bar < 0) break
    head.push(text.slice(at, bar))
    at = bar + 1
  }
  const put = (key: string, value: string) => {
    if (value === '') return
    if (key.startsWith(OWN)) values.set(key.slice(OWN.length), value)
    else if (!values.has(names.get(key) ?? key)) values.set(names.get(key) ?? key, value)
  }
  const cut = leef ? readTabbed(text.slice(at), head[5] ?? '', put) : readExtension(text.slice(at), put)
  // `traffic:forward accept`: type, subtype and action stand in the name of the event.
  const [kind = '', action = ''] = (leef ? (values.get('cat') ?? '') : (head[5] ?? '')).split(' ', 2)
  const [type = '', subtype = ''] = kind.split(':', 2)
  const settle = (key: string, value: string) => {
    if (!values.has(key) && value !== '') values.set(key, value)
  }
  settle('type', type)
  settle('subtype', subtype)
  settle('action', action)
  settle('logid', head[4] ?? '')
  settle('eventtime', values.get('start') ?? values.get('rt') ?? values.get('devTime') ?? '')
  return { values, cut }
}

/** `key=value key=value with blanks`: a value ends where the next key begins; `\=` is no sign of one. */
function readExtension(text: string, put: (key: string, value: string) => void): boolean {
  let key = ''
  let start = 0
  let count = 0
  for (let equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', equals + 1)) {
    if (text[equals - 1] === '\\') continue
    let begin = equals
    while (begin > 0 && equals - begin <= 64 && /[\w.-]/.test(text[begin - 1]!)) begin--
    if (begin === equals || (begin > 0 && text[begin - 1] !== ' ')) continue
    if (key !== '') put(key, unescape(text.slice(start, begin).trim()))
    if (++count > MAX_FIELDS) return true
    key = text.slice(begin, equals)
    start = equals + 1
  }
  if (key !== '') put(key, unescape(text.slice(start).trim()))
  return false
}

function readTabbed(text: string, delimiter: string, put: (key: string, value: string) => void): boolean {
  const code = /^(?:0?x)([0-9a-f]{2,4})$/i.exec(delimiter)?.[1]
  const sign = code === undefined ? delimiter || '\t' : String.fromCharCode(Number.parseInt(code, 16))
  const parts = text.split(sign, MAX_FIELDS + 1)
  for (const part of parts.slice(0, MAX_FIELDS)) {
    const equals = part.indexOf('=')
    if (equals > 0) put(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  return parts.length > MAX_FIELDS
}

function unescape(value: string): string {
  if (!value.includes('\\')) return value
  return value.replace(/\\([\\=|nr])/g, (_whole, sign: string) => (sign === 'n' || sign === 'r' ? '\n' : sign))
}
