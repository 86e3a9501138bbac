/** Words of the messages around an account, and the names of the accounts that the platform makes itself. */
export const accountNames = { firstAdmin: 'Quản trị viên', breakGlass: 'Tài khoản khẩn cấp' } as const

/** What the message with a link says, by the kind of link. */
export const linkMessages = {
  invite: {
    title: { vi: 'Bạn được mời dùng Vọng Lâu', en: 'You are invited to Vọng Lâu' },
    body: {
      vi: 'Quản trị viên đã tạo tài khoản cho bạn. Mở liên kết để đặt mật khẩu; liên kết dùng một lần, trong 72 giờ.',
      en: 'An administrator made an account for you. Open the link to set your password; it works once, within 72 hours.'
    }
  },
  reset: {
    title: { vi: 'Đặt lại mật khẩu Vọng Lâu', en: 'Set a new password for Vọng Lâu' },
    body: {
      vi: 'Mở liên kết để đặt mật khẩu mới; liên kết dùng một lần, trong 72 giờ. Nếu không phải bạn yêu cầu, hãy báo quản trị viên.',
      en: 'Open the link to set a new password; it works once, within 72 hours. If you did not ask for it, tell your administrator.'
    }
  }
} as const
