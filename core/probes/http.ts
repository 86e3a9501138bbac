import { SocError } from '../errors.ts'
import { parseJsonPath } from '../json-path.ts'
import { certificateDaysField, slowField } from './fields.ts'
import { probeKind } from './kind.ts'

/** A page, asked as a visitor would ask it. */
export const http = probeKind({
  name: 'http',
  label: { vi: 'HTTP(S)', en: 'HTTP(S)' },
  help: {
    vi: 'Mở một địa chỉ như trình duyệt và kiểm mã trả lời, nội dung, độ trễ, hạn chứng thư.',
    en: 'Opens an address as a browser would and checks status, content, latency and certificate.'
  },
  asked: true,
  fields: {
    url: {
      is: 'text',
      label: { vi: 'Địa chỉ', en: 'Address' },
      hint: {
        vi: 'Bắt đầu bằng http:// hoặc https://, không kèm tên đăng nhập.',
        en: 'Starts with http:// or https://, without a user name.'
      },
      start: 'https://',
      min: 8,
      max: 2_000,
      mono: true,
      wide: true
    },
    method: {
      is: 'choice',
      label: { vi: 'Phương thức', en: 'Method' },
      hint: {
        vi: 'HEAD không tải nội dung: muốn kiểm nội dung thì dùng GET.',
        en: 'HEAD brings no content: to check content use GET.'
      },
      start: 'GET',
      choices: ['GET', 'HEAD']
    },
    /** Statuses that are fine; none means 200–299. */
    statuses: {
      is: 'numbers',
      label: { vi: 'Mã trả lời được chấp nhận', en: 'Statuses that are fine' },
      hint: {
        vi: 'Cách nhau bằng dấu phẩy; để trống là 200–299.',
        en: 'Separated by commas; empty means 200–299.'
      },
      min: 100,
      max: 599,
      most: 20
    },
    /** Text that must be in the body, folded; '' asks nothing. */
    keyword: {
      is: 'text',
      label: { vi: 'Nội dung phải có', en: 'Text that must be there' },
      hint: { vi: 'Không phân biệt hoa thường và dấu.', en: 'Case and accents do not matter.' },
      start: '',
      min: 0,
      max: 200
    },
    /** Text that must not be there, accents and all: an error page that answers 200. */
    notKeyword: {
      is: 'text',
      label: { vi: 'Nội dung không được có', en: 'Text that must not be there' },
      hint: {
        vi: 'Bắt trang báo lỗi vẫn trả mã 200, ví dụ “đang bảo trì”. Gõ đủ dấu: “lỗi” khác “lợi”; không phân biệt hoa thường.',
        en: 'Catches error pages that answer 200, e.g. “under maintenance”. Accents matter, case does not.'
      },
      start: '',
      min: 0,
      max: 200
    },
    /** A JSON path (core/json-path.ts) and the value it must have; '' asks nothing. */
    jsonPath: {
      is: 'text',
      label: { vi: 'Đường dẫn JSON', en: 'JSON path' },
      hint: {
        vi: 'Ví dụ $.status hoặc $.items[0].state; để trống là không kiểm.',
        en: 'E.g. $.status or $.items[0].state; empty checks nothing.'
      },
      start: '',
      min: 0,
      max: 200,
      mono: true
    },
    jsonValue: {
      is: 'text',
      label: { vi: 'Giá trị phải là', en: 'Must have the value' },
      hint: {
        vi: 'Số so theo giá trị (1.0 bằng 1); giá trị rỗng của JSON viết là null. Để trống: có giá trị là đạt.',
        en: 'Numbers by what they are worth (1.0 is 1); JSON’s empty value is null. Empty: any value is fine.'
      },
      start: '',
      min: 0,
      max: 200
    },
    slowMs: slowField(3_000),
    certificateDays: certificateDaysField,
    /** Redirects followed; each target is checked like the first. */
    redirects: {
      is: 'number',
      label: { vi: 'Số lần chuyển hướng cho phép', en: 'Redirects allowed' },
      start: 2,
      min: 0,
      max: 5
    }
  },
  check(target, checks) {
    checks.url(target.url)
    if (target.method === 'HEAD' && (target.keyword !== '' || target.notKeyword !== '' || target.jsonPath !== '')) {
      throw new SocError('probe.head_content', 'HEAD brings no content that could be checked', { status: 422 })
    }
    if (target.jsonPath !== '' && parseJsonPath(target.jsonPath) === undefined) {
      throw new SocError('probe.json_path', `"${target.jsonPath}" is no path such as $.items[0].state`, { status: 422 })
    }
  },
  hosts: (target) => (URL.canParse(target.url) ? [new URL(target.url).hostname] : []),
  place: (target) => target.url,
  outcomes: {
    http: { vi: 'trả lời HTTP không như mong đợi', en: 'HTTP answer not as expected' },
    'http.status': { vi: 'mã HTTP không như mong đợi', en: 'HTTP status not as expected' },
    'http.keyword': { vi: 'thiếu từ phải có', en: 'required text is missing' },
    'http.not_keyword': { vi: 'có từ không được có', en: 'forbidden text is there' },
    'http.json': { vi: 'giá trị JSON không như mong đợi', en: 'JSON value not as expected' },
    'http.redirects': { vi: 'chuyển hướng quá nhiều', en: 'too many redirects' },
    'http.malformed': { vi: 'trả lời không phải HTTP', en: 'the answer is no HTTP' },
    'http.closed': { vi: 'bị ngắt giữa chừng', en: 'cut off midway' },
    'http.truncated': { vi: 'nội dung dài quá mức đọc', en: 'longer than is read' },
    'http.not_json': { vi: 'trả lời không phải JSON', en: 'the answer is no JSON' },
    'http.json_missing': { vi: 'thiếu giá trị JSON phải có', en: 'the JSON value is missing' },
    'http.json_path': { vi: 'đường dẫn JSON viết sai', en: 'wrong JSON path' },
    'http.headers': { vi: 'tiêu đề trả lời quá lớn', en: 'headers are too large' },
    'http.encoding': { vi: 'không giải nén được nội dung', en: 'content cannot be unpacked' },
    'http.version': {
      vi: 'máy chủ chỉ nhận HTTP/2, phép đo hỏi bằng HTTP/1.1',
      en: 'the server takes HTTP/2 only, the probe asks by HTTP/1.1'
    },
    'http.failed': { vi: 'không hỏi được trang', en: 'the page could not be asked' }
  },
  reasons: { http: { vi: 'trang trả lời không đúng', en: 'the page answers wrongly' } },
  /** Everybody may know the status of an answer. */
  reason(code, detail) {
    const status = code === 'http.status' ? /^HTTP \d{3}/.exec(detail)?.[0] : undefined
    return status === undefined ? undefined : { vi: `trả lời ${status}`, en: `it answers ${status}` }
  }
})
