import type { JsonObject } from '#core/event.ts'

/** User agents remembered; the cache starts again when full, for an attacker can send a new one with each request. */
const MAX_REMEMBERED = 4_096
const remembered = new Map<string, JsonObject>()
/** Longest user agent that is looked at; the rest is kept in `original` only. */
const MAX_READ = 1_024

/** Program → its name, in the order asked: most agents claim to be Mozilla, Chrome and Safari as well. */
const programs: readonly (readonly [token: string, name: string])[] = [
  ['Edg/', 'Edge'],
  ['Edge/', 'Edge'],
  ['OPR/', 'Opera'],
  ['coc_coc_browser/', 'Coc Coc'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Silk/', 'Amazon Silk'],
  ['Zalo/', 'Zalo'],
  ['CriOS/', 'Chrome Mobile iOS'],
  ['FxiOS/', 'Firefox iOS'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Version/', 'Safari'],
  ['MSIE ', 'IE'],
  ['curl/', 'curl'],
  ['Wget/', 'Wget'],
  ['python-requests/', 'Python Requests'],
  ['Python-urllib/', 'Python-urllib'],
  ['Go-http-client/', 'Go-http-client'],
  ['okhttp/', 'okhttp'],
  ['sqlmap/', 'sqlmap'],
  ['Nikto/', 'Nikto'],
  ['masscan/', 'masscan'],
  ['zgrab/', 'zgrab'],
  ['WPScan ', 'WPScan'],
  ['gobuster/', 'gobuster'],
  ['PostmanRuntime/', 'PostmanRuntime'],
  ['Java/', 'Java'],
  ['libwww-perl/', 'libwww-perl']
]

/** Windows NT versions as people name them; 10.0 is also 11, which no agent says. */
const windows: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '5.1': 'XP',
    '6.0': 'Vista',
    '6.1': '7',
    '6.2': '8',
    '6.3': '8.1',
    '10.0': '10'
  })
)

/** ECS `user_agent.*` of a header: program, version, system and device as far as the text says so. */
export function readUserAgent(original: string): JsonObject {
  const known = remembered.get(original)
  if (known !== undefined) return copyOf(known)
  const fields = classify(original)
  if (original.length <= MAX_READ) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(original, copyOf(fields))
  }
  return fields
}

/** Two levels deep, as these fields are: an event may be changed later, the cache may not. */
function copyOf(fields: JsonObject): JsonObject {
  const copy = { ...fields }
  if (copy['device'] !== undefined) copy['device'] = { ...(copy['device'] as JsonObject) }
  if (copy['os'] !== undefined) copy['os'] = { ...(copy['os'] as JsonObject) }
  return copy
}

function classify(original: string): JsonObject {
  const text = original.length > MAX_READ ? original.slice(0, MAX_READ) : original
  const fields: JsonObject = { original }
  const bot = /\b((?:[A-Za-z]{1,30})?(?:[Bb]ot|[Ss]pider|[Cc]rawler))[ /]?v?([\d.]{0,16})/.exec(text)
  const os = readSystem(text)
  if (bot !== null) {
    fields['name'] = bot[1]!
    if (bot[2]) fields['version'] = bot[2]
    fields['device'] = { name: 'Spider' }
    if (os !== undefined) fields['os'] = os
    return fields
  }
  const found = programs.find(([token]) => text.includes(token))
  fields['name'] = found?.[1] ?? 'Other'
  if (found !== undefined) {
    const version = /^[\w.]{1,24}/.exec(text.slice(text.indexOf(found[0]) + found[0].length))?.[0] ?? ''
    // Firefox writes pre-releases as 15.0a2.
    const alpha = found[1] === 'Firefox' ? /^(\d+\.\d+)a(\d+)$/.exec(version) : null
    if (alpha !== null) fields['name'] = 'Firefox Alpha'
    if (version !== '') fields['version'] = alpha === null ? version : `${alpha[1]}.a${alpha[2]}`
  }
  fields['device'] = { name: readDevice(text) }
  if (os !== undefined) fields['os'] = os
  return fields
}

function readDevice(text: string): string {
  if (text.includes('Macintosh')) return 'Mac'
  if (text.includes('iPhone')) return 'iPhone'
  if (text.includes('iPad')) return 'iPad'
  if (text.includes('Silk/') || text.includes('Kindle')) return 'Kindle'
  if (text.includes('Android')) return 'Generic Smartphone'
  return 'Other'
}

function readSystem(text: string): JsonObject | undefined {
  const nt = /Windows NT (\d{1,2}\.\d)/.exec(text)
  if (nt !== null) return system('Windows', windows.get(nt[1]!) ?? nt[1]!)
  const mac = /Mac OS X (\d{1,3}(?:[._]\d{1,3}){0,3})/.exec(text)
  if (mac !== null && !/iPhone|iPad/.test(text)) return system('Mac OS X', mac[1]!.replaceAll('_', '.'))
  const ios = /(?:iPhone )?OS (\d{1,3}(?:_\d{1,3}){1,3}) like Mac/.exec(text)
  if (ios !== null) return system('iOS', ios[1]!.replaceAll('_', '.'))
  const android = /Android (\d{1,3}(?:\.\d{1,3}){0,3})/.exec(text)
  if (android !== null) return system('Android', android[1]!)
  if (text.includes('Ubuntu')) return { name: 'Ubuntu', full: 'Ubuntu' }
  if (text.includes('Linux')) return { name: 'Linux', full: 'Linux' }
  return undefined
}

function system(name: string, version: string): JsonObject {
  return { name, version, full: `${name} ${version}` }
}
