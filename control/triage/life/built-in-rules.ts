import type { RuleRow } from '#core/api/sources.ts'
import type { Bilingual, Level, RuleSummary } from '#core/match.ts'

type Described = { title: Bilingual; level: Level; sentence: Bilingual; falsePositives: string[] }

/** Their version grows with their words: an alert says by which it was raised. */
const VERSION = '1'

const described = {
  'soc.unknown_sender': {
    title: { vi: 'Nguồn gửi không xác định', en: 'Unknown sender' },
    level: 'medium',
    sentence: {
      vi: '{count} khung từ {source.ip} đến cổng {soc.listener} mà không nguồn nhật ký nào khai báo địa chỉ này',
      en: '{count} frames from {source.ip} came in through {soc.listener}, an address that no log source declares'
    },
    falsePositives: ['Nguồn mới chưa khai báo', 'Thiết bị đổi địa chỉ']
  },
  'soc.wrong_token': {
    title: { vi: 'Mã truy cập nguồn sai', en: 'Wrong source token' },
    level: 'medium',
    sentence: {
      vi: '{count} lần gửi từ {source.ip} vào cổng {soc.listener} bị từ chối vì sai mã truy cập',
      en: '{count} attempts from {source.ip} on {soc.listener} were refused for a wrong token'
    },
    falsePositives: ['Mã vừa được thay, nguồn chưa cập nhật']
  },
  'soc.break_glass': {
    title: { vi: 'Tài khoản khẩn cấp được dùng', en: 'The break-glass account was used' },
    level: 'critical',
    sentence: {
      vi: 'Tài khoản khẩn cấp “{user.name}” đăng nhập từ {source.ip}; lý do ghi lại: {reason}',
      en: 'The break-glass account “{user.name}” signed in from {source.ip}; reason given: {reason}'
    },
    falsePositives: ['Diễn tập mở tài khoản khẩn cấp theo kế hoạch']
  },
  'soc.silent_source': {
    title: { vi: 'Nguồn nhật ký im lặng', en: 'Silent log source' },
    level: 'medium',
    sentence: {
      vi: 'Nguồn “{sender.name}” không gửi nhật ký từ {since}',
      en: 'Source “{sender.name}” has sent no logs since {since}'
    },
    falsePositives: ['Máy được tắt theo kế hoạch', 'Ngoài giờ làm việc']
  },
  'soc.store_away': {
    title: { vi: 'Kho lưu trữ không phản hồi', en: 'The event store is away' },
    level: 'high',
    sentence: {
      vi: 'Kho lưu trữ không phản hồi từ {since}: {reason}. Sự kiện được giữ trong hàng đợi, việc phát hiện vẫn chạy',
      en: 'The event store has been away since {since}: {reason}. Events are held in the spool, detection goes on'
    },
    falsePositives: ['Kho được bảo trì theo kế hoạch']
  },
  'soc.ledger_imbalance': {
    title: { vi: 'Sổ cái khung không cân', en: 'The frame ledger does not balance' },
    level: 'high',
    sentence: {
      vi: 'Số khung nhận và số khung có kết cục không bằng nhau: {detail}',
      en: 'Frames received and frames accounted for differ: {detail}'
    },
    falsePositives: []
  },
  'soc.disk_guard': {
    title: { vi: 'Sắp hết chỗ trên đĩa', en: 'The disk is nearly full' },
    level: 'high',
    sentence: {
      vi: 'Bộ thu không nhận thêm khung: hàng đợi đầy hoặc đĩa gần hết chỗ',
      en: 'The intake takes no more frames: the spool is full or the disk nearly so'
    },
    falsePositives: []
  },
  'soc.outage': {
    title: { vi: 'Hệ thống ngừng hoạt động', en: 'System outage' },
    level: 'high',
    sentence: {
      vi: '{name} ngừng từ {since}. Mô hình ngừng: {models.down}; suy giảm: {models.degraded}',
      en: '{name} has been down since {since}. Models down: {models.down}; degraded: {models.degraded}'
    },
    falsePositives: ['Bảo trì chưa khai báo', 'Phép đo đặt sai địa chỉ']
  },
  'soc.uplink_lost': {
    title: { vi: 'Mất giám sát: đường truyền của SOC', en: 'Observation lost: our own line' },
    level: 'high',
    sentence: {
      vi: 'Mất giám sát từ {since}: không điểm tham chiếu nào trả lời. Chưa xác định được trạng thái các hệ thống, không quy lỗi cho ai',
      en: 'Observation lost since {since}: no reference point answers. Systems cannot be judged, nobody is blamed'
    },
    falsePositives: ['Điểm tham chiếu cùng ngừng']
  },
  'soc.integration_failing': {
    title: { vi: 'Kết nối tích hợp lỗi', en: 'Failing integration' },
    level: 'high',
    sentence: {
      vi: '{name}: chỉ {share} giao dịch thành công về kỹ thuật trong 5 phút ({failed} lỗi trên {total}), từ {since}',
      en: '{name}: only {share} of exchanges worked technically within 5 minutes ({failed} of {total} failed), since {since}'
    },
    falsePositives: ['Thử tải', 'Đang chuyển đổi phiên bản dịch vụ']
  }
} satisfies Record<string, Described>
export type BuiltInId = keyof typeof described

/** What an alert of a built-in rule keeps of it. */
export const summaryOf = (id: BuiltInId): RuleSummary => ({ id, version: VERSION, tags: [], ...described[id] })
const ids = Object.keys(described) as BuiltInId[]

/** The built-in rules as the rules screen lists them; their figures are counted elsewhere. */
export const builtInRules: RuleRow[] = ids.map(summaryOf).map((rule) => ({
  id: rule.id,
  title: rule.title,
  level: rule.level,
  status: 'stable',
  kind: 'built_in',
  logsource: 'soc',
  tags: rule.tags,
  file: '',
  version: rule.version,
  state: 'live',
  error: null,
  matches24h: 0,
  falsePositiveShare: null
}))
