import { foldText } from '#core/fold.ts'
import type { PasswordRules } from '#core/api/accounts.ts'
import { refuse } from '#core/errors.ts'

export const MIN_PASSWORD = 12
export const MAX_PASSWORD = 256

/**
 * Words that people in our setting build weak passwords from. A password made of nothing but these words, digits, signs
 * and runs is refused however long it is: `MatKhau@2024!!` is `matkhau` and decoration.
 */
const commonWords =
  'password passw pass passphrase matkhau mat khau admin administrator quantri quan tri root user nguoidung ' +
  'guest test demo default changeme change letmein welcome hello xinchao login dangnhap secret bimat master ' +
  'server system hethong soc vonglau vong lau watchtower security anninh baomat qwerty qwertyuiop asdf ' +
  'asdfgh asdfghjkl zxcvbn zxcvbnm qwer qaz wsx edc abc abcd abcdef abcdefgh iloveyou anhyeuem emyeuanh ' +
  'yeuem yeuanh monkey dragon football bongda sunshine princess superman batman vietnam viet nam hanoi hue ' +
  'thuathien thuathienhue thua thien danang saigon tphcm tinh huyen xa phuong ubnd sotttt congan chinhphu ' +
  'gov vn com dean project dean06 vneid cccd spring summer autumn winter xuan ha thu dong january company ' +
  'office work windows linux oracle mysql cisco fortinet fortigate a the my is toi la'
const longestFirst = commonWords.split(' ').sort((a, b) => b.length - a.length)

const lookalikes: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    '0': 'o',
    '1': 'i',
    '3': 'e',
    '4': 'a',
    '5': 's',
    '7': 't',
    '@': 'a',
    $: 's',
    '!': 'i'
  })
)
const rows = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '01234567890']
const runs = rows.flatMap((row) => [row, [...row].reverse().join('')])

/** Letters that remain when common words are cut out; longest words first. */
function lettersBeyondWords(letters: string, words: readonly string[]): string {
  let rest = letters
  for (const word of words) rest = rest.split(word).join(' ')
  return rest.replace(/\s+/g, '')
}

function isCommon(password: string, words: readonly string[]): boolean {
  const folded = foldText(password)
  const plain = folded.replace(/[^a-z]+/g, ' ')
  const read = [...folded]
    .map((sign) => lookalikes.get(sign) ?? sign)
    .join('')
    .replace(/[^a-z]+/g, ' ')
  return [plain, read].some(
    (letters) => lettersBeyondWords(letters, words).length <= 2 && !/\d(?:\D*\d){9}/.test(folded)
  )
}

/** `aaaaaaaaaaaa`, `abcabcabcabc`, `123456789012`, `qwertyuiop12`: little to guess. */
function isPattern(password: string): boolean {
  const folded = foldText(password).replace(/\s/g, '')
  if (new Set(folded).size < 5 || /^(.{1,6})\1+$/u.test(folded)) return true
  let covered = 0
  for (let index = 0; index < folded.length;) {
    let length = 0
    for (const row of runs) {
      let here = 0
      while (index + here < folded.length && row.includes(folded.slice(index, index + here + 1))) here++
      length = Math.max(length, here)
    }
    covered += length >= 4 ? length : 0
    index += Math.max(1, length)
  }
  return folded.length - covered < 5
}

/** Kinds of characters in a password out of four: lower case, upper case, digits, everything else. */
export function kindsOf(password: string): number {
  return [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((kind) => kind.test(password)).length
}

/** Words as a password is compared with them: folded, letters only, longest first. Short ones would eat honest words. */
function comparable(words: readonly string[]): string[] {
  const folded = words.flatMap((word) => {
    const plain = foldText(word)
      .replace(/[^a-z]+/g, ' ')
      .trim()
    return [plain, plain.replaceAll(' ', '')]
  })
  return [...new Set([...folded.filter((word) => word.length >= 2), ...longestFirst])].sort(
    (a, b) => b.length - a.length
  )
}

export type PasswordLimits = Pick<PasswordRules, 'minLength' | 'classes'> & {
  /** Words that count for nothing: the policy's and the names of the province. */
  words: readonly string[]
}

/**
 * Refuses with `password.short` {min}, `password.long` {max}, `password.kinds` {kinds}, `password.username`,
 * `password.common` or `password.pattern`, status 422. Kinds of characters are asked for only when the policy says so:
 * they make people write passwords down (NIST SP 800-63B).
 */
export function checkPassword(
  password: string,
  username: string,
  { minLength, classes, words }: PasswordLimits = { minLength: MIN_PASSWORD, classes: 0, words: [] }
): void {
  const length = [...password.normalize('NFKC')].length
  if (length < minLength) refuse(422, 'password.short', 'the password is too short', { min: minLength })
  if (length > MAX_PASSWORD) refuse(422, 'password.long', 'the password is too long', { max: MAX_PASSWORD })
  if (kindsOf(password) < classes)
    refuse(422, 'password.kinds', 'the password has too few kinds of characters', { kinds: classes })
  const folded = foldText(password)
  const name = foldText(username)
  if (name.length >= 3 && folded.split(name).join('').length < 8)
    refuse(422, 'password.username', 'the password is little more than the user name')
  if (isPattern(password)) refuse(422, 'password.pattern', 'the password is a pattern')
  if (isCommon(password, words.length === 0 ? longestFirst : comparable(words)))
    refuse(422, 'password.common', 'the password is made of common words')
}
