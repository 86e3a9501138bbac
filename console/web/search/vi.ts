type P = Record<string, string | number>

/** Words of the search for events and the event panel. */
export const vi = {
  'search.placeholder': 'Tìm sự kiện, IP, đơn vị, mã CB-, VL-, NV-…',
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
  'search.damaged': (days: string) =>
    `Thiếu: kho của ngày nhận ${days} bị hỏng, không đọc được. Kết quả không có sự kiện của ngày đó.`,
  'search.partial': 'Chưa hết: đã quá thời gian cho phép, hãy thu hẹp khoảng thời gian.',
  'search.ceiling': (n: string) => `Chỉ giữ ${n} dòng đầu, hãy thu hẹp truy vấn.`,
  'search.results': 'Kết quả',
  'search.wrong': 'Câu truy vấn chưa đúng',
  'search.empty': 'Không có sự kiện nào khớp',
  'search.empty.how':
    'Thử khoảng thời gian rộng hơn, ít điều kiện hơn, hoặc phạm vi đơn vị khác. Cú pháp: trường:giá trị, AND OR NOT, "cụm từ", dấu *.',
  'search.only': (field: string) => `Chỉ tìm ${field} này`,
  'search.errand.alert': (id: string) => `Mở cảnh báo ${id}`,
  'search.errand.incident': (id: string) => `Mở sự cố ${id}`,
  'search.errand.task': (id: string) => `Mở nhiệm vụ ${id}`,
  'search.errand.address': (ip: string) => `Tìm sự kiện từ hoặc đến ${ip}`,
  'search.errand.events': (words: string) => `Tìm sự kiện: ${words}`,
  'search.errand.unit': (name: string) => `Mở đơn vị ${name}`,
  'search.range.wrong': 'Giờ bắt đầu phải trước giờ kết thúc.',
  'search.at': (n: number) => `Ở ký tự ${n}`,
  'search.ahead': (n: string) => `${n} sự kiện có giờ sau hiện tại`,
  'search.unseen': (field: string) => `Chưa thấy trường ${field} trong khoảng này.`,
  'search.unseenNearest': (field: string, names: string) =>
    `Chưa thấy trường ${field} trong khoảng này; gần nhất: ${names}.`,
  'search.wordsOnly': (word: string) =>
    `Chữ không kèm tên trường chỉ tìm trong lời nhắn; để tìm trong trường: host.name:${word}, trong cả dòng gốc: event.original:*${word}*.`,
  'search.onlyValue': (field: string, value: string) => `Chỉ tìm ${field}: ${value}`,
  'search.without': (field: string) => `Loại ${field} này`,
  'search.withoutValue': (field: string, value: string) => `Loại ${field}: ${value}`,
  'search.masked': 'đang che, không lọc được',
  'histogram.label': (n: string, from: string, to: string) => `${n} sự kiện từ ${from} đến ${to}`,
  'histogram.top': (n: string) => `cột cao nhất ${n}`,

  'event.panel': 'Chi tiết sự kiện',
  'event.fields': 'Các trường',
  'event.fieldsHint': 'bấm + để chỉ tìm giá trị, − để loại',
  'event.copy': 'Sao chép JSON',
  'event.unmask': 'Hiện số che',
  'event.unmaskTitle': 'Việc này được ghi vào nhật ký kiểm tra',
  'event.unmasked': 'đang hiện số thật, đã ghi nhật ký',

  'audit.name.event.number_searched': 'tìm theo chữ số',
  'audit.name.event.unmasked': 'xem số che',

  'error.query': (p: P) => `Câu truy vấn sai${p['position'] === undefined ? '' : ` ở ký tự ${p['position']}`}.`,
  'error.query.bad_field': 'Tên trường không hợp lệ.',
  'error.query.bad_range': 'Khoảng viết dạng [a TO b] hoặc {a TO b}; dùng * cho đầu để trống.',
  'error.query.reversed_range': (p: P) =>
    `Khoảng bị ngược hoặc rỗng: “${p['low'] ?? ''}” phải đứng trước “${p['high'] ?? ''}”.`,
  'error.query.mixed_range': 'Hai đầu của khoảng phải cùng loại: hai số, hai ngày, hai địa chỉ hoặc hai chữ.',
  'error.query.bad_date': (p: P) =>
    `“${p['text'] ?? ''}” không phải ngày giờ hiểu được; hãy viết 30/11/2026, "07:27 30/11/2026", 2026-11-30 hoặc >=now-1h (s, m, h, d, w).`,
  'error.query.bad_address': (p: P) =>
    `“${p['text'] ?? ''}” không phải địa chỉ hay mạng hợp lệ cho “${p['field'] ?? ''}”; hãy viết 10.1.2.3, 10.0.0.0/8, 2001:db8::/32 hoặc 10.1.*.`,
  'error.query.bad_bound': (p: P) =>
    `“${p['field'] ?? ''}” so sánh theo số, “${p['text'] ?? ''}” không phải số; ví dụ ${p['field'] ?? ''}:>=400.`,
  'error.query.write_instead': (p: P) =>
    `“${p['found'] ?? ''}” không có trong cú pháp ở đây; hãy viết ${p['instead'] ?? ''}.`,
  'error.query.bad_cursor': 'Danh sách đã đổi. Tìm lại từ đầu.',
  'error.query.hidden_number': (p: P) =>
    `“${p['text'] ?? ''}” có thể khớp với chữ số đang được che (CCCD, điện thoại, tài khoản) mà tài khoản của bạn không được xem. Hãy tìm theo địa chỉ IP, tên máy, mã sự kiện hoặc chữ; hoặc nhờ người có quyền xem số che.`,
  'error.query.missing_operand':
    'Thiếu điều kiện bên cạnh AND, OR, NOT hoặc trong ngoặc; để tìm chính chữ đó hãy viết "and".',
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
