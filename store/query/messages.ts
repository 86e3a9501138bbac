import type { Bilingual } from '#core/match.ts'
import type { QueryError, QueryErrorCode } from './ast.ts'

type Text = (params: Record<string, string | number>) => Bilingual

/** What each refusal says; the position is shown by the caller, under the text the person typed. */
const texts: Record<QueryErrorCode, Text> = {
  'query.too_long': ({ limit }) => ({
    vi: `Câu tìm quá dài: tối đa ${limit} byte`,
    en: `The query is too long: at most ${limit} bytes`
  }),
  'query.too_deep': ({ limit }) => ({
    vi: `Quá nhiều ngoặc hoặc NOT lồng nhau: tối đa ${limit} tầng`,
    en: `Too many parentheses or NOT inside each other: at most ${limit}`
  }),
  'query.too_many_terms': ({ limit }) => ({
    vi: `Quá nhiều điều kiện: tối đa ${limit}`,
    en: `Too many conditions: at most ${limit}`
  }),
  'query.term_too_long': ({ limit }) => ({
    vi: `Một giá trị dài quá ${limit} ký tự`,
    en: `A value is longer than ${limit} characters`
  }),
  'query.too_many_wildcards': ({ limit }) => ({
    vi: `Một giá trị có quá ${limit} ký tự đại diện * và ?`,
    en: `A value has more than ${limit} wildcards * and ?`
  }),
  'query.unclosed_quote': () => ({ vi: 'Thiếu dấu ngoặc kép đóng', en: 'The closing quotation mark is missing' }),
  'query.unclosed_parenthesis': () => ({ vi: 'Thiếu dấu ngoặc đơn đóng', en: 'The closing parenthesis is missing' }),
  'query.unexpected': ({ found }) => ({ vi: `Không hiểu “${found}” ở chỗ này`, en: `“${found}” is not expected here` }),
  'query.missing_operand': () => ({
    vi: 'Thiếu điều kiện bên cạnh AND, OR, NOT hoặc trong ngoặc; để tìm chính chữ đó hãy viết "and"',
    en: 'A condition is missing beside AND, OR, NOT or inside the parentheses; to search for the word itself write "and"'
  }),
  'query.missing_value': ({ field }) => ({
    vi: field === undefined ? 'Thiếu giá trị' : `Thiếu giá trị ngay sau “${field}:”`,
    en: field === undefined ? 'A value is missing' : `A value must follow “${field}:” at once`
  }),
  'query.no_words': ({ text }) => ({
    vi: `“${text}” không có chữ hay số nào để tìm; hãy tìm trong một trường, ví dụ url.path:"${text}"`,
    en: `“${text}” has no letter or digit to search for; name a field, for example url.path:"${text}"`
  }),
  'query.bad_range': () => ({
    vi: 'Khoảng phải có dạng [a TO b] hoặc {a TO b}; dùng * cho đầu để trống',
    en: 'A range has the form [a TO b] or {a TO b}; * leaves a side open'
  }),
  'query.reversed_range': ({ low, high }) => ({
    vi: `Khoảng bị ngược hoặc rỗng: “${low}” phải đứng trước “${high}”`,
    en: `The range is reversed or empty: “${low}” must come before “${high}”`
  }),
  'query.mixed_range': () => ({
    vi: 'Hai đầu của khoảng phải cùng loại: hai số, hai ngày, hai địa chỉ hoặc hai chữ',
    en: 'Both ends of a range must be of one kind: two numbers, dates, addresses or texts'
  }),
  'query.bad_date': ({ text }) => ({
    vi: `“${text}” không phải ngày giờ hiểu được; hãy viết 30/11/2026, "07:27 30/11/2026", 2026-11-30 hoặc >=now-1h (s, m, h, d, w)`,
    en: `“${text}” is no date or moment; write 30/11/2026, "07:27 30/11/2026", 2026-11-30 or >=now-1h (s, m, h, d, w)`
  }),
  'query.bad_address': ({ text, field }) => ({
    vi: `“${text}” không phải địa chỉ hay mạng hợp lệ cho “${field}”; hãy viết 10.1.2.3, 10.0.0.0/8, 2001:db8::/32 hoặc 10.1.*`,
    en: `“${text}” is no address or network for “${field}”; write 10.1.2.3, 10.0.0.0/8, 2001:db8::/32 or 10.1.*`
  }),
  'query.bad_bound': ({ text, field }) => ({
    vi: `“${field}” so sánh theo số, “${text}” không phải số; ví dụ ${field}:>=400`,
    en: `“${field}” is compared as a number and “${text}” is none; for example ${field}:>=400`
  }),
  'query.write_instead': ({ found, instead }) => ({
    vi: `“${found}” không có trong cú pháp ở đây; hãy viết ${instead}`,
    en: `“${found}” is not part of this language; write ${instead}`
  }),
  'query.bad_field': () => ({ vi: 'Tên trường không hợp lệ', en: 'This is not a field name' })
}

/** A refused query as a sentence in both languages. */
export function queryErrorText(error: QueryError): Bilingual {
  return texts[error.code](error.params)
}
