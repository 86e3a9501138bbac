type P = Record<string, string | number>

/** Words of incidents and their timeline. */
export const vi = {
  'related.title': 'Liên quan',
  'related.window': '± 1 giờ',
  'related.none': 'Không có cảnh báo nào khác cùng đối tượng hay đơn vị.',
  'related.more': (n: number) => `và ${n} cảnh báo nữa`,

  'incidents.title': 'Sự cố',
  'incidents.total': (n: string) => `${n} sự cố`,
  'incidents.empty': 'Không có sự cố nào ở đây',
  'incidents.empty.how':
    'Sự cố tự mở khi có cảnh báo nghiêm trọng hoặc hai luật khớp trên một đối tượng trong một giờ; hoặc mở bằng tay: chọn cảnh báo trong hàng đợi rồi bấm m.',

  'incident.status.open': 'Đang mở',
  'incident.status.new': 'Mới',
  'incident.status.in_progress': 'Đang xử lý',
  'incident.status.waiting': 'Chờ đơn vị',
  'incident.status.review': 'Xem lại',
  'incident.status.closed': 'Đã đóng',
  'incident.status.all': 'Tất cả',
  'incident.reason.critical_alert': 'cảnh báo nghiêm trọng',
  'incident.reason.two_rules_one_entity': 'hai luật trên một đối tượng',
  'incident.reason.root_outage': 'hệ thống gốc ngừng',
  'incident.reason.outage_with_alert': 'ngừng hoạt động cùng lúc có cảnh báo',
  'incident.reason.by_hand': 'mở bằng tay',
  'incident.reason.shared': 'có cảnh báo trong sự cố chung',
  'incident.nobody': 'chưa có người phụ trách',
  'incident.moreUnits': (n: number) => ` và ${n} đơn vị nữa`,
  'incident.alerts': (_n: number, shown: string) => `${shown} cảnh báo`,
  'incident.alertsTitle': 'Cảnh báo trong sự cố',
  'incident.noAlerts': 'Sự cố này không còn cảnh báo nào.',
  'incident.opened': (at: string) => `mở ${at}`,
  'incident.back': '← Sự cố',
  'incident.acts': 'Xử lý sự cố',
  'incident.statusLabel': 'Trạng thái',
  'incident.assigneeLabel': 'Phụ trách',
  'incident.rename': 'Đổi tên',
  'incident.titleLabel': 'Tên sự cố',
  'incident.reopen': 'Mở lại',
  'incident.close': 'Đóng sự cố',
  'incident.close.title': (id: string) => `Đóng ${id}`,
  'incident.close.verdict': 'Kết luận',
  'incident.close.conclusion': 'Sự cố là gì, đã xử lý thế nào',
  'incident.close.hint': 'Câu này ở lại trong diễn biến của sự cố.',
  'incident.close.alerts': (n: number) => `${n} cảnh báo đang mở trong sự cố cũng đóng theo kết luận này.`,
  'incident.close.send': 'Đóng với kết luận này',
  'incident.verdict.true_positive': 'Đúng, có xảy ra',
  'incident.verdict.benign': 'Đúng, vô hại',
  'incident.verdict.false_positive': 'Nhầm',
  'incident.verdict.duplicate': 'Trùng',
  'incident.verdict.test': 'Thử nghiệm',
  'incident.assignee.search': 'Tìm theo tên',
  'incident.assignee.none': 'Không có ai tên như vậy',
  'incident.merge': 'Gộp sự cố khác vào đây',
  'incident.merge.search': 'Tìm theo mã, tên hay đơn vị',
  'incident.merge.none': 'Không có sự cố đang mở nào như vậy',
  'incident.merged.title': 'Đã gộp vào đây',
  'incident.merged.row': (id: string, n: string) => `${id} · ${n} cảnh báo`,
  'incident.unmerge': (id: string) => `Tách ${id} ra`,
  'incident.release': 'Đưa cảnh báo ra',
  'incident.release.which': 'Chọn cảnh báo đưa ra khỏi sự cố này',
  'incident.release.new': 'Thành sự cố mới',
  'incident.release.none': 'Không thuộc sự cố nào',
  'incident.note': 'Viết vào diễn biến',
  'incident.saved': 'Đã lưu',

  'story.title': 'Diễn biến',
  'story.none': 'Chưa có gì xảy ra.',
  'story.system': 'hệ thống',
  'story.note': (p: P) => (p['from'] === undefined ? 'ghi chú' : `ghi chú trong ${p['from']}`),
  'story.note.withdrawn': 'rút lại ghi chú',
  'story.incident.opened': (p: P) => `mở sự cố: ${reasonWords[String(p['reason'])] ?? p['reason']}`,
  'story.incident.assigned': 'đổi người phụ trách',
  'story.incident.status': (p: P) =>
    p['verdict'] === undefined
      ? `chuyển trạng thái: ${statusWords[String(p['to'])] ?? p['to']}`
      : `đóng sự cố, kết luận: ${verdictWords[String(p['verdict'])] ?? p['verdict']}`,
  'story.incident.title': 'đổi tên sự cố',
  'story.incident.merged': (p: P) => `gộp ${p['from']} vào ${p['into']}`,
  'story.incident.heard': (p: P) => `${p['by']} đã nhận, trả lời qua tin nhắn`,
  'story.incident.reopened': 'mở lại sự cố',
  'story.incident.alert_left': (p: P) => `đưa cảnh báo ${p['alert'] ?? ''} ra khỏi sự cố`,
  'story.incident.unmerged': (p: P) => `tách ${p['from']} ra khỏi ${p['into']}`,
  'story.incident.outage_after_alert': (p: P) => `ngừng ${p['minutes']} phút sau cảnh báo ${p['alert']}`,
  'story.incident.alert_after_outage': (p: P) => `cảnh báo ${p['alert']} đến ${p['minutes']} phút sau khi ngừng`,
  'story.incident.alert_joined': (p: P) => `thêm cảnh báo ${p['alert'] ?? ''}`,
  'story.incident.emptied': 'không còn cảnh báo nào',

  'audit.name.incident': 'xử lý sự cố',

  'error.incident.not_merged': 'Sự cố này không gộp ở đây, hoặc đã tách ra rồi.',
  'error.incident.not_found': 'Không có sự cố này, hoặc không thuộc phạm vi của bạn.',
  'error.incident.unknown': 'Không có sự cố này.',
  'error.incident.closed': (p: P) => `${p['id'] ?? 'Sự cố'} đã đóng.`,
  'error.incident.verdict_needed': 'Chọn kết luận rồi mới đóng sự cố.',
  'error.incident.conclusion_needed': 'Viết một câu nói rõ sự cố là gì và đã xử lý thế nào, rồi mới đóng.',
  'error.incident.merged': (p: P) => `${p['id'] ?? 'Sự cố'} đã được gộp vào ${p['into'] ?? 'sự cố khác'}.`,
  'error.incident.itself': 'Không gộp một sự cố vào chính nó.',
  'error.incident.origins': 'Không trộn dữ liệu minh họa với dữ liệu thật trong một sự cố.'
}

const reasonWords: Record<string, string> = {
  critical_alert: 'cảnh báo nghiêm trọng',
  two_rules_one_entity: 'hai luật trên một đối tượng',
  root_outage: 'hệ thống gốc ngừng',
  outage_with_alert: 'ngừng hoạt động cùng lúc có cảnh báo',
  by_hand: 'mở bằng tay'
}

const verdictWords: Record<string, string> = {
  true_positive: 'đúng, có xảy ra',
  benign: 'đúng, vô hại',
  false_positive: 'nhầm',
  duplicate: 'trùng',
  test: 'thử nghiệm'
}

const statusWords: Record<string, string> = {
  new: 'mới',
  in_progress: 'đang xử lý',
  waiting: 'chờ đơn vị',
  review: 'xem lại',
  closed: 'đã đóng'
}
