import { certificateDaysField, hostField, portField } from './fields.ts'
import { probeKind } from './kind.ts'

/** A certificate: its chain, its name, its dates. */
export const tls = probeKind({
  name: 'tls',
  label: { vi: 'Chứng thư TLS', en: 'TLS certificate' },
  help: {
    vi: 'Bắt tay TLS và xem chứng thư: còn hạn bao lâu, đúng tên, đúng nơi cấp.',
    en: 'Shakes hands by TLS and reads the certificate: days left, right name, right issuer.'
  },
  asked: true,
  fields: {
    host: hostField,
    port: portField,
    serverName: {
      is: 'text',
      label: { vi: 'Tên trên chứng thư', en: 'Name on the certificate' },
      hint: { vi: 'Để trống nếu trùng với máy chủ.', en: 'Empty when it is the host’s.' },
      start: '',
      min: 0,
      max: 253,
      mono: true
    },
    certificateDays: certificateDaysField
  },
  check(target, checks) {
    checks.host(target.host, target.port)
    if (target.serverName !== '') checks.name(target.serverName)
  },
  hosts: (target) => [target.host],
  place: (target) => `${target.host}:${target.port}`,
  outcomes: {
    tls: { vi: 'lỗi TLS', en: 'TLS fault' },
    'tls.expired': { vi: 'chứng thư hết hạn', en: 'certificate has expired' },
    'tls.expiring': { vi: 'chứng thư sắp hết hạn', en: 'certificate expires soon' },
    'tls.name': { vi: 'chứng thư sai tên', en: 'certificate of another name' },
    'tls.self_signed': { vi: 'chứng thư tự ký', en: 'self-signed certificate' },
    'tls.untrusted': { vi: 'nơi cấp chứng thư không được tin', en: 'certificate of an untrusted issuer' },
    'tls.handshake': { vi: 'không bắt tay TLS được', en: 'TLS handshake failed' },
    'tls.version': {
      vi: 'máy chủ chỉ nhận TLS 1.0/1.1, trình duyệt đã bỏ',
      en: 'the server takes TLS 1.0 or 1.1 only, which browsers have given up'
    },
    'tls.not_yet_valid': { vi: 'chứng thư chưa có hiệu lực', en: 'certificate is not valid yet' }
  },
  reasons: {
    tls: { vi: 'lỗi chứng thư TLS', en: 'its TLS certificate is at fault' },
    'tls.expired': { vi: 'chứng thư hết hạn', en: 'its certificate has expired' },
    'tls.expiring': { vi: 'chứng thư sắp hết hạn', en: 'its certificate expires soon' },
    'tls.version': { vi: 'máy chủ chỉ nhận TLS quá cũ', en: 'it takes only a version of TLS that is too old' }
  }
})
