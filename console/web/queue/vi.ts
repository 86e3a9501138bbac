import type { Level } from '#core/match.ts'
import { levelWords } from '#core/words.ts'

type P = Record<string, string | number>

/** Words of the queue, the alert panel and the acts on alerts. */
export const vi = {
  'queue.title': 'Hàng đợi',
  'queue.tabs': 'Nhóm cảnh báo',
  'queue.tab.new': 'Mới',
  'queue.tab.mine': 'Của tôi',
  'queue.tab.waiting': 'Chờ đơn vị',
  'queue.tab.escalated': 'Leo thang lại',
  'queue.tab.archived': 'Ẩn đến khi tăng',
  'queue.tab.closed': 'Đã đóng',
  'queue.tab.all': 'Tất cả',
  'queue.filter': 'Lọc theo chữ',
  'queue.level': 'Mức độ',
  'queue.level.any': 'Mọi mức độ',
  'queue.rule': (name: string) => `Luật: ${name} ×`,
  'queue.rule.clear': 'Bỏ lọc luật',
  'queue.select': (sentence: string) => `Chọn: ${sentence}`,
  'queue.held': (n: number) => `${n} mới ↑`,
  'queue.heldMany': (n: number) => `hơn ${n} mới ↑`,
  'queue.count.title': (n: string) => `${n} lần`,
  'queue.lastSeen': (at: string) => `Lần cuối ${at}`,
  'queue.deadline': (at: string) => `Hạn xử lý ${at}`,
  'queue.from': (at: string) => `từ ${at}`,
  'queue.empty.new': 'Không có cảnh báo mới',
  'queue.empty.mine': 'Bạn chưa nhận cảnh báo nào',
  'queue.empty.waiting': 'Không cảnh báo nào chờ đơn vị',
  'queue.empty.escalated': 'Không cảnh báo nào leo thang lại',
  'queue.empty.archived': 'Không cảnh báo nào đang ẩn',
  'queue.empty.closed': 'Chưa đóng cảnh báo nào',
  'queue.empty.all': 'Chưa có cảnh báo nào',
  'queue.sure': (verdict: string, key: string) =>
    `Có cảnh báo nghiêm trọng: nhấn ${key} lần nữa để kết luận “${verdict}”, Esc để thôi.`,
  'queue.how':
    'Cảnh báo hiện ở đây ngay khi một luật khớp với sự kiện. Nếu chưa có nguồn nào gửi, thêm nguồn ở trang Nguồn.',
  'queue.how.mine': 'Nhấn a trên một cảnh báo để nhận; cảnh báo được giao cho bạn cũng hiện ở đây.',
  'queue.how.waiting': 'Cảnh báo đã gửi yêu cầu cho đơn vị chờ ở đây đến khi đơn vị trả lời.',
  'queue.how.escalated': 'Cảnh báo đang ẩn quay lại đây khi tăng nhiều hoặc gặp ở đơn vị khác.',
  'queue.how.archived': 'Cảnh báo được ẩn đến khi tăng nằm ở đây.',
  'queue.how.closed': 'Cảnh báo có kết luận được chuyển về đây, và có thể mở lại.',
  'queue.empty.narrowed': 'Danh sách đang được lọc theo đơn vị, mức độ, luật hay chữ: thử bỏ lọc.',
  'queue.tabs.total': 'Nhóm cảnh báo: số là tổng, không theo mức độ, luật và chữ đang lọc',
  'queue.tab.total': (n: string) => `tổng ${n}`,
  'bulk.of': (n: string, all: string) => `Đã chọn ${n} của ${all}`,
  'bulk.most': (n: string, all: string) => `Chọn ${n} của ${all} (một lần nhiều nhất ${n})`,
  'act.more': 'Thêm việc…',
  'alert.panel': 'Chi tiết cảnh báo',
  'alert.times': (n: string, from: string, to: string) => `Số lần: ${n} · từ ${from} đến ${to}`,
  'alert.assignee': (name: string) => `Người nhận: ${name}`,
  'alert.escalated': 'leo thang lại',
  'alert.reopened': (n: number) => `mở lại ${n} lần`,
  'alert.openIncident': (id: string) => `Mở sự cố ${id}`,
  'alert.returns': (n: string) => `ẩn; quay lại khi có ${n} lần một giờ hoặc gặp ở đơn vị khác`,
  'alert.status.new': 'mới',
  'alert.status.acknowledged': 'đã tiếp nhận',
  'alert.status.waiting': 'chờ đơn vị',
  'alert.status.archived': 'ẩn đến khi tăng',
  'alert.status.closed': 'đã đóng',

  'verdict.true_positive': 'Đúng là tấn công',
  'verdict.benign': 'Đúng, vô hại',
  'verdict.false_positive': 'Nhầm',
  'verdict.duplicate': 'Trùng',
  'verdict.test': 'Thử nghiệm',
  'verdict.happened': 'Đúng, có xảy ra',
  'verdict.short.true_positive': 'đúng là tấn công',
  'verdict.short.benign': 'vô hại',
  'verdict.short.false_positive': 'nhầm',
  'verdict.short.duplicate': 'trùng',
  'verdict.short.test': 'thử nghiệm',

  'act.bar': 'Xử lý cảnh báo',
  'act.onTicked': (n: string) => `Các nút dưới đây áp dụng cho ${n} dòng đã chọn`,
  'act.acknowledge': 'Tiếp nhận',
  'act.merge': 'Gộp vào sự cố',
  'act.note': 'Ghi chú',
  'act.assign': 'Giao',
  'act.wait': 'Chờ đơn vị',
  'act.archive': 'Ẩn đến khi tăng',
  'act.archiveUntil': (n: string) => `Ẩn đến khi có ${n} lần một giờ`,
  'act.reopen': 'Mở lại',
  'act.undo': (seconds: number) => `Hoàn tác · ${seconds} s`,
  'act.undone': (what: string) => `Đã hoàn tác: ${what}`,
  'act.undone.except': (what: string, left: string, n: number) =>
    `Đã hoàn tác: ${what}. Để nguyên ${left}${n > 5 ? ` và ${n - 5} cảnh báo nữa` : ''}: đã có người xử lý tiếp hoặc sự cố đã đóng.`,
  'act.said.acknowledge': (n: number) => `Đã tiếp nhận ${n} cảnh báo`,
  'act.said.assign': (n: number) => `Đã giao ${n} cảnh báo`,
  'act.said.note': (n: number) => `Đã ghi chú vào ${n} cảnh báo`,
  'act.said.reopen': (n: number) => `Đã mở lại ${n} cảnh báo`,
  'act.said.undo': (n: number) => `Đã hoàn tác ${n} cảnh báo`,
  'act.said.wait': (n: number) => `${n} cảnh báo chờ đơn vị trả lời`,
  'act.said.archive': (n: number) => `Đã ẩn ${n} cảnh báo đến khi tăng`,
  'act.said.verdict': (n: number, verdict: string) => `Đã đóng ${n} cảnh báo: ${verdict}`,
  'act.said.merge': (n: number, incident: string) => `Đã gộp ${n} cảnh báo vào ${incident}`,

  'bulk.bar': 'Xử lý các dòng đã chọn',
  'bulk.selected': (n: string) => `Đã chọn ${n}`,
  'bulk.all': (n: string) => `Chọn cả ${n}`,
  'bulk.fetched': (n: string) => `Chọn ${n} đã tải`,
  'bulk.clear': 'Bỏ chọn',
  'note.label': 'Ghi chú (ai mở cảnh báo này đều đọc được)',
  'note.save': 'Lưu ghi chú',

  'merge.new': 'Sự cố mới',
  'merge.title': 'Tên sự cố (để trống sẽ lấy theo cảnh báo)',
  'merge.create': 'Tạo sự cố',
  'merge.into': 'hoặc gộp vào sự cố đang mở',
  'merge.none': 'Không có sự cố nào đang mở.',
  'assign.label': 'Giao cho',
  'assign.none': 'Không có ai để giao.',

  'why.title': 'Vì sao cảnh báo',
  'why.counted': 'Tính theo số lượng, không theo một trường riêng.',
  'why.events': (n: number) => `${n} sự kiện làm chứng như nhau`,
  'why.system': 'Hệ thống:',
  'why.noProbes': 'Hệ thống này không có phép đo nào bạn được xem.',
  'why.moreProbes': (n: number) => `và ${n} phép đo khác`,
  'why.ifFalse':
    'Nếu là nhầm: đóng cảnh báo với kết luận “Nhầm”, hoặc ẩn đến khi tăng. Chưa có cách khai báo ngoại lệ.',
  'why.noEvidence': 'Luật này không kèm sự kiện làm chứng.',
  'why.falsePositives': 'Có thể nhầm khi',

  'rarity.title': 'Hiếm gặp?',
  'rarity.entity': 'Đối tượng này',
  'rarity.first': 'lần đầu thấy trong tỉnh',
  'rarity.seen': (at: string) => `thấy lần đầu ${at}`,
  'rarity.units': (units: number, alerts: string) => `${alerts} cảnh báo ở ${units} đơn vị`,
  'rarity.history': (n: number) => (n === 0 ? 'Lần trước' : `${n} lần trước`),
  'rarity.noHistory': 'chưa từng có cảnh báo giống thế này',
  'rarity.noVerdict': 'chưa lần nào có kết luận',
  'rarity.previous': 'xem lần trước',
  'way.title': 'Đường đi của cảnh báo',
  'way.machine': (took: string) => `thu thập → màn hình: ${took}`,
  'hops.notYet': 'chưa',
  'hops.slow': 'chậm',

  'hop.event': 'sự kiện',
  'hop.received': 'thu thập',
  'hop.matched': 'luật khớp',
  'hop.raised': 'màn hình',
  'hop.acknowledged': 'tiếp nhận',

  'original.title': 'Bản gốc',
  'original.event': 'Sự kiện đã đọc',
  'original.open': 'Mở trong tìm kiếm',

  'story.alert.opened': 'mở cảnh báo',
  'story.alert.acknowledged': 'tiếp nhận',
  'story.alert.assigned': 'giao việc',
  'story.alert.verdict': (p: P) => `kết luận: ${verdictWords[String(p['verdict'])] ?? p['verdict']}`,
  'story.alert.reopened': 'mở lại',
  'story.alert.escalated': (p: P) =>
    p['why'] === 'new_unit'
      ? 'quay lại hàng đợi: gặp ở đơn vị khác'
      : p['count'] === undefined
        ? 'leo thang lại'
        : `quay lại hàng đợi: ${p['count']} lần trong một giờ, khi ẩn là ${p['peak']}`,
  'story.alert.archived': (p: P) =>
    p['hourly'] === undefined ? 'ẩn đến khi tăng' : `ẩn đến khi có ${p['hourly']} lần một giờ hoặc gặp ở đơn vị khác`,
  'story.alert.waiting': 'chờ đơn vị trả lời',
  'story.alert.level': (p: P) => `mức độ theo luật: ${levelIn(p['to'])}`,
  'story.alert.undone': 'hoàn tác việc vừa làm',
  'story.alert.recovered': 'hết sự cố gốc: hệ thống hoạt động lại',

  'audit.name.alert': 'xử lý cảnh báo',

  'error.alert.unknown': 'Không có cảnh báo này, hoặc không thuộc phạm vi của bạn.',
  'error.alert.not_found': 'Không có cảnh báo này, hoặc không thuộc phạm vi của bạn.',
  'error.alert.newer_open': (p: P) => `Không mở lại được: ${p['open'] ?? 'một cảnh báo mới hơn'} cùng loại đang mở.`,
  'error.undo': 'Không hoàn tác được nữa: đã quá 30 phút, hoặc sau đó có người khác đã xử lý.'
}

const verdictWords: Record<string, string> = {
  true_positive: 'đúng là tấn công',
  benign: 'đúng, vô hại',
  false_positive: 'nhầm',
  duplicate: 'trùng',
  test: 'thử nghiệm'
}

/** A level inside a sentence; a word that is no level stays as it is. */
const levelIn = (level: string | number | undefined) => levelWords[level as Level]?.vi ?? level
