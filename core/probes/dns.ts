import { hostField } from './fields.ts'
import { probeKind } from './kind.ts'

/** A name, asked of a resolver. */
export const dns = probeKind({
  name: 'dns',
  label: { vi: 'Tên miền DNS', en: 'DNS name' },
  help: {
    vi: 'Hỏi một tên miền và so câu trả lời với điều mong đợi.',
    en: 'Asks for a name and compares the answer with what is expected.'
  },
  asked: true,
  fields: {
    name: { ...hostField, label: { vi: 'Tên miền', en: 'Name' } },
    type: {
      is: 'choice',
      label: { vi: 'Loại bản ghi', en: 'Record type' },
      start: 'A',
      choices: ['A', 'AAAA', 'CNAME', 'MX', 'TXT']
    },
    /** Answers expected, any of them; none means any answer will do. */
    expected: {
      is: 'lines',
      label: { vi: 'Câu trả lời mong đợi', en: 'Expected answers' },
      hint: {
        vi: 'Mỗi dòng một giá trị, khớp một là đạt; để trống là câu trả lời nào cũng được.',
        en: 'One per line, any of them is good; empty takes any answer.'
      },
      max: 500,
      most: 20
    },
    /** Address of the resolver, '' for the machine's own. */
    server: {
      is: 'text',
      label: { vi: 'Máy chủ DNS', en: 'DNS server' },
      hint: { vi: 'Để trống là dùng máy chủ DNS của trung tâm.', en: 'Empty uses the centre’s own.' },
      start: '',
      min: 0,
      max: 60,
      mono: true
    }
  },
  check(target, checks) {
    checks.name(target.name)
    if (target.server !== '') checks.resolver(target.server)
  },
  hosts: (target) => [target.name],
  place: (target) => target.name,
  summary: (target) => `${target.type} ${target.name}`,
  outcomes: {
    dns: { vi: 'lỗi tên miền', en: 'DNS fault' },
    'dns.no_answer': { vi: 'tên miền không có câu trả lời', en: 'no answer for the name' },
    'dns.not_found': { vi: 'không có tên miền này', en: 'no such name' },
    'dns.unexpected': { vi: 'câu trả lời khác điều mong đợi', en: 'not the expected answer' },
    'dns.unreachable': { vi: 'không tới được máy chủ DNS', en: 'DNS server unreachable' },
    'dns.failed': { vi: 'máy chủ DNS báo lỗi', en: 'DNS server failed' },
    'dns.refused': { vi: 'máy chủ DNS từ chối', en: 'DNS server refused' },
    'dns.timeout': { vi: 'máy chủ DNS không trả lời', en: 'DNS server does not answer' },
    'dns.bad_answer': { vi: 'câu trả lời DNS sai dạng', en: 'malformed DNS answer' }
  },
  reasons: { dns: { vi: 'lỗi tên miền', en: 'its name does not resolve rightly' } }
})
