/** Words of rules. */
export const vi = {
'rules.title': 'Luật',
'rules.remark': (n: string, broken: number, at: string) => `${n} luật · ${broken} hỏng · nạp lúc ${at}`,
'rules.filter': 'Lọc theo tên, thẻ, tệp',
'rules.empty': 'Không có luật nào khớp',
'rules.empty.how': 'Luật là tệp YAML theo chuẩn Sigma trong thư mục rules; tệp mới được nạp ngay khi lưu.',

'rule.panel': 'Chi tiết luật',
'rule.state.all': 'Tất cả',
'rule.state.live': 'Đang chạy',
'rule.state.off': 'Tắt',
'rule.state.broken': 'Hỏng',
'rule.kind.detection': 'phát hiện',
'rule.kind.correlation': 'tương quan',
'rule.kind.built_in': 'có sẵn',
'rule.line': (kind: string, file: string) => (file === '' ? kind : `${kind} · ${file}`),
'rule.alerts': 'Cảnh báo của luật này',
'rule.figures': 'Hiện trạng',
'rule.noVerdicts': 'chưa có kết luận nào',
'rule.status': 'Độ chín',
'rule.version': 'Phiên bản',
'rule.file': 'Tệp',
'rule.id': 'Mã luật',
'rule.text': 'Nội dung',

'error.rule.not_found': 'Không có luật này.',
}
