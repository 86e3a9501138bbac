import { foldText } from '#core/fold.ts'

/*
 * What is masked, everywhere:
 *  - citizen numbers (CCCD, số định danh): 12 digits in a row, or four groups of three; 046201001234 → 046*******34
 *  - Vietnamese phone numbers, mobile and land line: 0912345678 → 091*****78
 *  - the digits after words that announce a number (CMND, tài khoản, BHXH, hộ chiếu …), in text and as field names
 * What is not: e-mail addresses and user names. They are the accounts an analyst has to name, and the law's word for
 * what must be hidden is citizens' numbers. Digits that are themselves encoded (base64, %30%34) stay as they are.
 */

/** Nothing shorter can be a number of ours: most strings end here. */
const maybe = /\d(?:[ .()-]{0,2}\d){5}/

// A run of digits starts after anything that is no digit, and after an escape of a separator (%20, \u0020, \x20), whose
// last digits would otherwise hide the start of the number.
const start = String.raw`(?:(?<!\d)|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\x[0-9A-Fa-f]{2}))`
const end = String.raw`(?!\d)`

const citizen = new RegExp(`${start}\\d{12}${end}`, 'g')
const citizenGrouped = new RegExp(`${start}0\\d{2}([ .-])\\d{3}\\1\\d{3}\\1\\d{3}${end}`, 'g')
/** The chip card's machine-readable line repeats nine digits of the number before the number itself. */
const machineReadable = /(IDVNM)(\d{22})(?=<|\D|$)/g
const phone = new RegExp(
  `${start}(?:` +
    [
      String.raw`0[35789]\d{8}`,
      String.raw`02\d{9}`,
      String.raw`\+?84[235789]\d{8,9}`,
      String.raw`0[35789]\d{2}([ .-])\d{3}\1\d{3}`,
      String.raw`0[35789]\d([ .-])\d{3}\2\d{4}`,
      String.raw`0[35789]\d([ .-])\d{4}\3\d{3}`,
      String.raw`0[35789]\d{2}([ .-])\d{2}\4\d{2}\4\d{2}`,
      String.raw`\+84[ .-]?\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}`,
      String.raw`\(?02\d{2}\)?[ .-]\d{3}[ .-]?\d{4}`
    ].join('|') +
    `)${end}`,
  'g'
)
const words =
  'cccd|cmnd|cmt|cmtnd|so[_ ]?dinh[_ ]?danh|ma[_ ]?dinh[_ ]?danh|số định danh|mã định danh|so[_ ]?tai[_ ]?khoan|số tài khoản|so[_ ]?tk|stk|' +
  'số tk|bank[_ ]?account|account[_ ]?(?:no|number)|card[_ ]?(?:no|number)|iban|bhxh|ma[_ ]?so[_ ]?bhxh|so[_ ]?the[_ ]?bhyt|bhyt|' +
  'ho[_ ]?chieu|hộ chiếu|passport(?:[_ ]?no)?'
/** `stk: 0011 0012 3456`, `"cmnd":"191234567"`, `so_tai_khoan=…`: what follows the word is masked from six digits on. */
const announced = new RegExp(
  `((?<![\\p{L}\\d])(?:${words})(?:[\\s_]*(?:so|số|number|no))?["'\\\\]{0,4}\\s{0,3}[:=#]?\\s{0,3}["'\\\\]{0,4}[A-Z]{0,3})(\\d(?:[ .-]?\\d){5,23})${end}`,
  'giu'
)

// FortiGate message ids (logid="0317013312") look like mobile numbers and are what an analyst searches by.
const messageId = /logid["'\\]*[=:]\s?["'\\]*$/i
// The last group of a GUID may be twelve decimal digits: Sysmon's process ids.
const guidHead = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-$/i
// Four groups of three may be a written-out address: 192.168.001.010.
const address = /^(?:[01]\d\d|2[0-4]\d|25[0-5])(?:\.(?:[01]\d\d|2[0-4]\d|25[0-5])){3}$/

/** Lengths of a hash written in hexadecimal: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
const hashLengths = new Set([32, 40, 56, 64, 96, 128])
const isHex = (letter: string | undefined) => letter !== undefined && /[0-9a-f]/.test(letter)
/** Whether a run of digits is a piece of a hash: masking it would make every file's fingerprint wrong now and then. */
function inHash(text: string, offset: number, length: number): boolean {
  let from = offset
  let to = offset + length
  while (offset - from < 128 && isHex(text[from - 1])) from--
  while (to - offset < 160 && isHex(text[to])) to++
  return hashLengths.has(to - from) && /[a-f]/.test(text.slice(from, to))
}

/** First three and last two digits stay; separators stay where they are. */
function stars(text: string): string {
  const digits = text.replace(/\D/g, '').length
  let seen = 0
  return text.replace(/\d/g, (digit) => (++seen <= 3 || seen > digits - 2 ? digit : '*'))
}

function maskOnce(text: string): string {
  return text
    .replace(machineReadable, (_all, head: string, digits: string) => `${head}${stars(digits)}`)
    .replace(announced, (_all, head: string, digits: string) => `${head}${stars(digits)}`)
    .replace(citizen, (digits, offset: number) =>
      guidHead.test(text.slice(Math.max(0, offset - 24), offset)) || inHash(text, offset, digits.length)
        ? digits
        : stars(digits)
    )
    .replace(citizenGrouped, (digits) => (address.test(digits) ? digits : stars(digits)))
    .replace(phone, (...match) => {
      const found = match[0] as string
      const [offset, whole] = match.slice(-2) as [number, string]
      const kept = messageId.test(whole.slice(Math.max(0, offset - 12), offset)) || inHash(whole, offset, found.length)
      return kept ? found : stars(found)
    })
}

/** A text with every citizen, phone and announced account number masked. Masking twice changes nothing. */
export function maskText(text: string): string {
  if (!maybe.test(text)) return text
  let masked = text
  // Hiding one number can leave the start of another; each round takes digits away, so this ends.
  for (let round = 0; round < 8; round++) {
    const next = maskOnce(masked)
    if (next === masked || !maybe.test(next)) return next
    masked = next
  }
  return masked
}

const numberFields = new Set(
  (
    'cccd cmnd cmt cmtnd so_cccd so_cmnd so_dinh_danh ma_dinh_danh citizen_id citizen_number identity_number national_id id_number ' +
    'so_tai_khoan so_tk stk tai_khoan_ngan_hang account_number account_no bank_account card_number card_no iban bhxh so_bhxh ma_so_bhxh bhyt ' +
    'so_the_bhyt ho_chieu so_ho_chieu passport passport_no passport_number so_dien_thoai sdt dien_thoai phone phone_number mobile'
  ).split(' ')
)
/** Field names in any spelling: `soTaiKhoan`, `SO-TAI-KHOAN`, `số tài khoản`. */
function holdsNumber(key: string): boolean {
  if (key.length > 40) return false
  const name = foldText(key.replace(/([a-z\d])([A-Z])/g, '$1_$2')).replace(/[\s.-]+/g, '_')
  return numberFields.has(name)
}
type Key = { name: string; announces: boolean }
const knownKeys = new Map<string, Key>()
/** Field names come from logs, so the memory of their spelling is bounded: at the ceiling it starts anew. */
const MAX_KNOWN_KEYS = 4096
function keyOf(key: string): Key {
  let known = knownKeys.get(key)
  if (known === undefined) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear()
    known = { name: maskText(key), announces: holdsNumber(key) }
    if (key.length <= 100) knownKeys.set(key, known)
  }
  return known
}

/** Deeper than any document we store; what lies below is withheld rather than passed unmasked. */
const MAX_DEPTH = 64

const whole = new WeakSet<object>()

/**
 * Marks an object of an answer as not to be masked: an unmasked event after its audited act, officials' own contact data,
 * secrets shown once. The only way around {@link mask}. Mark a fresh object: the mark stays with it.
 */
export function showWhole<T extends object>(value: T): T {
  whole.add(value)
  return value
}

/**
 * The one serialiser of answers, pushes and exports: the same value with every string (keys too) masked at any depth.
 * Shares what needed no change with its input and never alters it. Numbers become text only under a field name that
 * announces a citizen, phone or account number.
 */
export function mask<T>(value: T): T {
  return maskValue(value, false, 0) as T
}

function maskValue(value: unknown, announcedBy: boolean, depth: number): unknown {
  if (typeof value === 'string') return announcedBy ? maskAnnounced(value) : maskText(value)
  if (typeof value === 'number' || typeof value === 'bigint')
    return announcedBy && String(value).replace(/\D/g, '').length >= 6 ? stars(String(value)) : value
  if (typeof value !== 'object' || value === null) return value
  if (whole.has(value)) return value
  if (depth >= MAX_DEPTH) return null
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined
    for (let index = 0; index < value.length; index++) {
      const masked = maskValue(value[index], announcedBy, depth + 1)
      if (masked !== value[index]) (copy ??= value.slice())[index] = masked
    }
    return copy ?? value
  }
  return maskObject(value as Record<string, unknown>, announcedBy, depth)
}

function maskObject(value: Record<string, unknown>, announcedBy: boolean, depth: number): Record<string, unknown> {
  const keys = Object.keys(value)
  const masked: unknown[] = new Array(keys.length)
  let changed = false
  const names = keys.map((key, index) => {
    const { name, announces } = keyOf(key)
    masked[index] = maskValue(value[key], announcedBy || announces, depth + 1)
    if (masked[index] !== value[key] || name !== key) changed = true
    return name
  })
  if (!changed) return value
  const copy: Record<string, unknown> = {}
  names.forEach((name, index) => {
    // Two numbers may be masked to the same key: both values stay.
    let free = name
    for (let twin = 2; Object.hasOwn(copy, free); twin++) free = `${name} (${twin})`
    // defineProperty, because a log may call a field __proto__.
    Object.defineProperty(copy, free, { value: masked[index], enumerable: true, writable: true, configurable: true })
  })
  return copy
}

/** A value whose field name says that it is such a number: six digits are enough. */
function maskAnnounced(text: string): string {
  const masked = maskText(text)
  return masked.replace(/\d(?:[ .-]?\d){5,}/g, (digits) => stars(digits))
}
