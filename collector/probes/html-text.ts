/*
 * Character references of HTML, as browsers read them: a page may write "Đăng" as "&#272;&#259;ng".
 */

/** Names of U+00A0 to U+00FF, in order. */
const latin =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml'

/** Those, the letters that Vietnamese has beyond them, and what editors put into running text. */
const named = new Map<string, string>([
  ...latin.split(' ').map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...Object.entries({
    ...{ amp: '&', AMP: '&', lt: '<', LT: '<', gt: '>', GT: '>', quot: '"', QUOT: '"', apos: "'" },
    ...{ Abreve: 'Ă', abreve: 'ă', Dstrok: 'Đ', dstrok: 'đ', Itilde: 'Ĩ', itilde: 'ĩ', Utilde: 'Ũ', utilde: 'ũ' },
    ...{ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„' },
    ...{ hellip: '…', bull: '•', euro: '€', trade: '™', rarr: '→', larr: '←', ensp: ' ', emsp: ' ', thinsp: ' ' },
    ...{ Tab: '\t', NewLine: '\n', excl: '!', num: '#', percnt: '%', lpar: '(', rpar: ')', comma: ',', period: '.' },
    ...{ colon: ':', semi: ';', quest: '?', commat: '@', sol: '/', lowbar: '_', hyphen: '‐', dash: '‐' }
  })
])

/** What the numbers 128 to 159 mean: not control characters but those of windows-1252. */
const windows = new TextDecoder('windows-1252')

/** The text with its character references replaced; what is none stays. */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,10})|#[xX]([\da-fA-F]{1,8})|([A-Za-z]{2,10}\d{0,2}));?/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? all
      return characterOf(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal))
    }
  )
}

function characterOf(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return windows.decode(Uint8Array.of(code))
  if (code === 0 || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  return String.fromCodePoint(code)
}
