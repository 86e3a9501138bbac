import type { Bilingual } from '#core/match.ts'

/** Why a node is as it is and what an outage is, in both languages; `{name}`s are filled by whoever says it. */
export const words = {
  /** The cause is another system: "do Hue-S ngừng từ 14:05, qua Ví điện tử Hue-S". */
  because: {
    DOWN: {
      vi: 'do {root} ngừng từ {moment}{lost}{way}',
      en: 'because {root} has been down since {moment}{lost}{way}'
    },
    DEGRADED: {
      vi: 'do {root} suy giảm từ {moment}{lost}{way}',
      en: 'because {root} has been degraded since {moment}{lost}{way}'
    },
    MAINTENANCE: {
      vi: 'do {root} bảo trì từ {moment}{lost}{way}',
      en: 'because {root} has been in maintenance since {moment}{lost}{way}'
    },
    lost: { vi: ' (mất {share})', en: ' ({share} lost)' },
    way: { vi: ', qua {names}', en: ', through {names}' }
  },
  /** The cause lies in the node itself. */
  own: {
    membersLost: { vi: 'mất {down}/{all} thành phần', en: '{down} of {all} members lost' },
    maintenance: { vi: 'bảo trì theo kế hoạch', en: 'planned maintenance' },
    notMeasured: { vi: 'chưa có phép đo', en: 'not measured' },
    noFreshResult: { vi: 'chưa có kết quả đo mới', en: 'no fresh result' },
    noSystemMeasured: { vi: 'chưa có hệ thống nào được đo', en: 'none of its systems is measured' },
    notObserved: {
      vi: 'mất giám sát: đường truyền của SOC bị mất',
      en: 'not observed: our own line is lost'
    },
    notRunning: { vi: 'SOC không chạy, không có kết quả đo', en: 'the SOC was not running, nothing was measured' },
    leftCatalogue: { vi: 'không còn trong danh mục', en: 'left the catalogue' }
  },
  probe: {
    degraded: { vi: 'phép đo “{name}” suy giảm{reason}', en: 'probe “{name}” is degraded{reason}' },
    failing: { vi: 'phép đo “{name}” không đạt{reason}', en: 'probe “{name}” fails{reason}' },
    noHeartbeat: { vi: '“{name}” không báo nhịp đúng hạn', en: '“{name}” sent no heartbeat in time' },
    reason: { vi: ': {outcome}', en: ': {outcome}' },
    noReason: { vi: '', en: '' }
  },
  outage: {
    membersLost: { vi: 'mất {share} thành phần từ {moment}', en: '{share} members lost since {moment}' },
    down: { vi: 'ngừng từ {moment}', en: 'down since {moment}' },
    downBecause: { vi: 'ngừng từ {moment}, {reason}', en: 'down since {moment}, {reason}' },
    together: {
      vi: 'ngừng từ {moment}, cùng lúc với {count} hệ thống khác không phụ thuộc nhau: nghi nguyên nhân chung, kiểm tra đường truyền và máy giám sát trước',
      en: 'down since {moment}, together with {count} others that do not depend on each other: a common cause is suspected, check our own line and machine first'
    },
    uplink: { vi: 'mất giám sát từ {moment}', en: 'observation lost since {moment}' }
  },
  planned: {
    PLANNED: { vi: 'chưa triển khai', en: 'not deployed yet' },
    UNDESCRIBED: { vi: 'báo cáo nguồn không mô tả', en: 'not described in the source report' }
  },
  /** Name of our own line among the systems. */
  names: { uplink: { vi: 'Đường truyền của SOC', en: 'The line of the SOC' } }
} satisfies Record<string, Record<string, Bilingual>>
