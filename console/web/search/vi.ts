type P = Record<string, string | number>

/** Words of the search for events and the event panel. */
export const vi = {
  'search.placeholder': 'Tìm sự kiện, máy, IP, đơn vị…',
  'search.query': 'Câu truy vấn',
  'search.example': 'source.ip:203.0.113.24 AND event.outcome:failure',
  'search.range': 'Khoảng thời gian',
  'search.range.15m': '15 phút qua',
  'search.range.1h': '1 giờ qua',
  'search.range.24h': '24 giờ qua',
  'search.range.7d': '7 ngày qua',
  'search.range.30d': '30 ngày qua',
  'search.range.custom': 'Từ … đến …',
  'search.from': 'Từ',
  'search.to': 'Đến',
  'search.origin': 'Nguồn gốc',
  'search.origin.any': 'Thật và minh họa',
  'search.go': 'Tìm',
  'search.running': 'Đang tìm…',
  'search.hits': (n: string, ms: string) => `${n} sự kiện · ${ms} ms`,
  'search.total': (n: string, ms: string) => `${n} sự kiện · ${ms} ms`,
  'search.partial': 'Chưa hết: đã quá thời gian cho phép, hãy thu hẹp khoảng thời gian.',
  'search.ceiling': (n: string) => `Chỉ giữ ${n} dòng đầu, hãy thu hẹp truy vấn.`,
  'search.results': 'Kết quả',
  'search.wrong': 'Câu truy vấn chưa đúng',
  'search.empty': 'Không có sự kiện nào khớp',
  'search.empty.how':
    'Thử khoảng thời gian rộng hơn, ít điều kiện hơn, hoặc phạm vi đơn vị khác. Cú pháp: trường:giá trị, AND OR NOT, "cụm từ", dấu *.',
  'search.only': (field: string) => `Chỉ tìm ${field} này`,
  'histogram.label': (n: string, from: string, to: string) => `${n} sự kiện từ ${from} đến ${to}`,
  'histogram.top': (n: string) => `cột cao nhất ${n}`,

  'event.panel': 'Chi tiết sự kiện',
  'event.fields': 'Các trường',
  'event.fieldsHint': 'bấm + để lọc theo giá trị',
  'event.copy': 'Sao chép JSON',
  'event.unmask': 'Hiện số che',
  'event.unmaskTitle': 'Việc này được ghi vào nhật ký kiểm tra',
  'event.unmasked': 'đang hiện số thật, đã ghi nhật ký',

  'audit.name.event.number_searched': 'tìm theo chữ số',
  'audit.name.event.unmasked': 'xem số che',

  'error.query': (p: P) => `Câu truy vấn sai${p['position'] === undefined ? '' : ` ở ký tự ${p['position']}`}.`,
  'error.query.bad_field': 'Tên trường không hợp lệ.',
  'error.query.bad_range': 'Khoảng viết dạng [a TO b] hoặc {a TO b}; dùng * cho đầu để trống.',
  'error.query.bad_cursor': 'Danh sách đã đổi. Tìm lại từ đầu.',
  'error.query.hidden_number': (p: P) =>
    `“${p['text'] ?? ''}” có thể khớp với chữ số đang được che (CCCD, điện thoại, tài khoản) mà tài khoản của bạn không được xem. Hãy tìm theo địa chỉ IP, tên máy, mã sự kiện hoặc chữ; hoặc nhờ người có quyền xem số che.`,
  'error.query.missing_operand': 'Thiếu điều kiện bên cạnh AND, OR, NOT hoặc trong ngoặc.',
  'error.query.missing_value': (p: P) =>
    p['field'] === undefined ? 'Thiếu giá trị.' : `Thiếu giá trị ngay sau “${p['field']}:”.`,
  'error.query.no_words': (p: P) =>
    `“${p['text'] ?? ''}” không có chữ hay số nào để tìm; hãy tìm trong một trường, ví dụ url.path:"…".`,
  'error.query.term_too_long': (p: P) => `Một giá trị dài quá ${p['limit'] ?? ''} ký tự.`,
  'error.query.too_deep': (p: P) => `Quá nhiều ngoặc hoặc NOT lồng nhau: tối đa ${p['limit'] ?? ''} tầng.`,
  'error.query.too_long': (p: P) => `Câu tìm quá dài: tối đa ${p['limit'] ?? ''} byte.`,
  'error.query.too_many_terms': (p: P) => `Quá nhiều điều kiện: tối đa ${p['limit'] ?? ''}.`,
  'error.query.too_many_wildcards': (p: P) => `Một giá trị có quá ${p['limit'] ?? ''} ký tự đại diện * và ?.`,
  'error.query.unclosed_parenthesis': 'Thiếu dấu đóng ngoặc.',
  'error.query.unexpected': (p: P) => `Không hiểu “${p['found'] ?? ''}” ở chỗ này.`,
  'error.query.unclosed_quote': 'Thiếu dấu ngoặc kép đóng.',
  'error.query.time_range': 'Khoảng thời gian kết thúc trước khi bắt đầu.',
  'error.event.not_found': 'Sự kiện không còn, hoặc không thuộc phạm vi của bạn.'
}
