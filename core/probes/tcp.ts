import { hostField, portField, slowField } from './fields.ts'
import { probeKind } from './kind.ts'

/** A connection that opens. */
export const tcp = probeKind({
  name: 'tcp',
  label: { vi: 'Cổng TCP', en: 'TCP port' },
  help: {
    vi: 'Thử nối tới một cổng; nối được là đạt. Dùng cho dịch vụ không có trang web.',
    en: 'Connects to a port; a connection is success. For services without a page.'
  },
  asked: true,
  fields: { host: hostField, port: portField, slowMs: slowField(0) },
  check: (target, checks) => checks.host(target.host, target.port),
  hosts: (target) => [target.host],
  place: (target) => `${target.host}:${target.port}`,
  outcomes: {
    tcp: { vi: 'không nối được', en: 'no connection' },
    'tcp.refused': { vi: 'cổng từ chối kết nối', en: 'connection refused' },
    'tcp.reset': { vi: 'kết nối bị ngắt', en: 'connection reset' },
    'tcp.closed': { vi: 'kết nối bị đóng', en: 'connection closed' },
    'tcp.unreachable': { vi: 'không tới được máy chủ', en: 'host unreachable' },
    'tcp.failed': { vi: 'không nối được', en: 'no connection' }
  },
  reasons: {
    tcp: { vi: 'không nối được tới máy chủ', en: 'the server cannot be reached' },
    'tcp.refused': { vi: 'máy chủ từ chối kết nối', en: 'the server refuses connections' }
  }
})
