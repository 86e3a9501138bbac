/** Words of the own account and its second factor. */
export const vi = {
  'account.title': 'Tài khoản của tôi',
  'account.open': 'Tài khoản của tôi',
  'account.password': 'Mật khẩu',
  'account.passwordSet': (at: string) => `Đặt lúc ${at}`,
  'account.passwordAge': (days: number) => `Phải đổi sau ${days} ngày`,
  'account.looks': 'Ngôn ngữ và giao diện',
  'account.theme': 'Giao diện',
  'account.language': 'Ngôn ngữ',

  'totp.title': 'Xác thực hai bước',
  'totp.off': 'Chưa bật. Khi bật, mỗi lần đăng nhập cần thêm mã 6 số từ điện thoại.',
  'totp.on': (at: string) => `Đã bật từ ${at}`,
  'totp.left': (n: number) => `Còn ${n} mã dự phòng`,
  'totp.requiredNote': 'Quy định của hệ thống yêu cầu vai trò của bạn dùng xác thực hai bước.',
  'totp.begin': 'Bật xác thực hai bước',
  'totp.password': 'Mật khẩu của bạn',
  'totp.scan':
    'Quét mã này bằng ứng dụng xác thực (Google Authenticator, Microsoft Authenticator, FreeOTP …), rồi nhập mã 6 số mà ứng dụng hiện.',
  'totp.picture': 'Mã QR để quét bằng ứng dụng xác thực',
  'totp.byHand': 'Không quét được? Nhập khóa này vào ứng dụng:',
  'totp.code': 'Mã 6 số',
  'totp.confirm': 'Xác nhận',
  'totp.codesTitle': 'Mã dự phòng',
  'totp.codesText':
    'Mỗi mã mở tài khoản một lần khi không có điện thoại. Chỉ hiện lần này: in ra hoặc cất vào nơi an toàn.',
  'totp.codesKept': 'Tôi đã cất mã dự phòng',
  'totp.copyCodes': 'Chép mã dự phòng',
  'totp.renew': 'Tạo mã dự phòng mới',
  'totp.disable': 'Tắt xác thực hai bước',
  'totp.disabled': 'Đã tắt xác thực hai bước',
  'totp.forcedTitle': 'Cần xác thực hai bước',

  'error.totp.wrong': 'Mã sai, hoặc đã dùng rồi. Chờ mã kế tiếp rồi nhập lại.',
  'error.totp.exists': 'Xác thực hai bước đã bật.',
  'error.totp.none': 'Chưa có xác thực hai bước.',
  'error.totp.required': 'Quy định yêu cầu vai trò của bạn dùng xác thực hai bước, nên không tắt được.',
  'error.totp.must_set_up': 'Phải bật xác thực hai bước trước.'
}
