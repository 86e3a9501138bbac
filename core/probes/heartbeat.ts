import { MINUTE_MS } from '../time.ts'
import { probeKind, type NumberField } from './kind.ts'

const WEEK_MS = 604_800_000
const minutes = { is: 'number', max: WEEK_MS, unit: MINUTE_MS } as const satisfies Partial<NumberField>

/** A signed message that the site itself sends: it is not asked for, it comes (collector/sources/heartbeat.ts). */
export const heartbeat = probeKind({
  name: 'heartbeat',
  label: { vi: 'Nhịp báo', en: 'Heartbeat' },
  help: {
    vi: 'Nơi được giám sát tự gửi nhịp có chữ ký về trung tâm. Dùng khi trung tâm không vào được mạng của nơi ấy.',
    en: 'The site itself sends signed beats to the centre. For networks that the centre cannot reach into.'
  },
  asked: false,
  fields: {
    /** A beat is due at least this often; without one for `graceMs` more the probe is DOWN. */
    everyMs: {
      ...minutes,
      label: { vi: 'Nhịp ít nhất mỗi (phút)', en: 'A beat at least every (minutes)' },
      start: 5 * MINUTE_MS,
      min: 5_000
    },
    graceMs: {
      ...minutes,
      label: { vi: 'Cho trễ thêm (phút)', en: 'May be late by (minutes)' },
      start: 2 * MINUTE_MS,
      min: 0
    },
    /** Beats are only due in office hours of the province's calendar. */
    officeHours: { is: 'flag', label: { vi: 'Chỉ tính giờ hành chính', en: 'Office hours only' }, start: false }
  },
  check: () => undefined,
  hosts: () => [],
  place: () => '',
  outcomes: {
    heartbeat: { vi: 'nhịp báo có vấn đề', en: 'heartbeat trouble' },
    'heartbeat.missed': { vi: 'quá hạn mà không có nhịp', en: 'no beat when it was due' },
    'heartbeat.degraded': { vi: 'nơi gửi tự báo đang kém', en: 'the site says it is degraded' },
    'heartbeat.pushed': { vi: 'nơi gửi báo đang kém', en: 'the site says it is poorly' }
  },
  reasons: { heartbeat: { vi: 'nơi gửi tự báo đang kém', en: 'the site itself says it is not well' } }
})
