import { levels, type Bilingual, type Level } from '#core/match.ts'

const text = (vi: string, en: string): Bilingual => ({ vi, en })

const keepFiles = text(
  'Không xóa tệp, không cài lại máy; SOC sẽ lấy bằng chứng.',
  'Delete nothing and reinstall nothing; the SOC will collect the evidence.'
)
const callSoc = text(
  'Gọi trực ban SOC nếu không làm được hoặc thấy thêm điều lạ.',
  'Call the SOC desk if this cannot be done, or if anything else looks wrong.'
)
const unplug = text(
  'Rút dây mạng của máy, vẫn để máy chạy.',
  'Unplug the machine from the network and leave it running.'
)
const changePassword = text(
  'Đổi mật khẩu tài khoản được nêu, từ một máy khác.',
  'Change the password of the account named above, from another machine.'
)
const whoDidIt = text(
  'Hỏi người phụ trách: việc này có phải do đơn vị làm không?',
  'Ask the person in charge: was this done by the unit?'
)

/** What to do first, one to five steps a clerk can follow, by the beginning of a rule's id or by an ATT&CK tag. An alert's first hit wins. */
const table: readonly { key: string; steps: readonly Bilingual[] }[] = [
  {
    key: 'soc.silent_source',
    steps: [
      text(
        'Kiểm tra máy hoặc thiết bị gửi nhật ký còn bật và có mạng.',
        'Check that the machine or device that sends logs is on and has a network.'
      ),
      text('Khởi động lại dịch vụ gửi nhật ký.', 'Restart the service that sends logs.'),
      callSoc
    ]
  },
  {
    key: 'soc.unknown_sender',
    steps: [
      text(
        'Cho SOC biết máy ở địa chỉ này là máy nào của đơn vị.',
        'Tell the SOC which machine of the unit has this address.'
      ),
      text('Nếu không phải máy của đơn vị, chọn “Không phải của chúng tôi”.', 'If it is not yours, choose “Not ours”.')
    ]
  },
  {
    key: 'soc.wrong_token',
    steps: [
      text(
        'Kiểm tra cấu hình gửi nhật ký của máy này: mã truy cập có thể đã cũ.',
        'Check how this machine sends logs: its token may be out of date.'
      ),
      text('Xin SOC mã mới nếu cần.', 'Ask the SOC for a new token if needed.')
    ]
  },
  {
    key: 'soc.',
    steps: [
      text(
        'Kiểm tra hệ thống còn chạy: máy chủ, đường truyền, dịch vụ.',
        'Check that the system runs: server, line, service.'
      ),
      text('Báo đơn vị cung cấp nếu hệ thống do họ vận hành.', 'Tell the supplier if they operate the system.'),
      text(
        'Cho SOC biết nguyên nhân và giờ dự kiến hoạt động lại.',
        'Tell the SOC the cause and when it should be back.'
      )
    ]
  },
  {
    key: 'attack.t1505.003',
    steps: [
      text(
        'Đổi mật khẩu quản trị trang, từ một máy khác.',
        'Change the site’s administrator passwords, from another machine.'
      ),
      text('Tạm khóa chức năng tải tệp lên của trang.', 'Switch off the site’s file upload for now.'),
      keepFiles,
      callSoc
    ]
  },
  {
    key: 'attack.t1491',
    steps: [
      text(
        'Đổi mật khẩu quản trị trang, từ một máy khác.',
        'Change the site’s administrator passwords, from another machine.'
      ),
      text(
        'Chụp màn hình trang có nội dung lạ rồi gửi kèm ở đây.',
        'Take a picture of the strange page and attach it here.'
      ),
      keepFiles,
      text(
        'Báo đơn vị thiết kế trang để gỡ nội dung sau khi SOC đã lấy bằng chứng.',
        'Have the site’s supplier remove it once the SOC has the evidence.'
      )
    ]
  },
  {
    key: 'attack.t1490',
    steps: [
      unplug,
      text('Ngắt các ổ sao lưu đang nối với máy.', 'Disconnect backup drives from the machine.'),
      keepFiles,
      text('Gọi trực ban SOC ngay.', 'Call the SOC desk at once.')
    ]
  },
  {
    key: 'attack.t1190',
    steps: [
      text(
        'Cho SOC biết hệ thống này do ai vận hành, phiên bản nào.',
        'Tell the SOC who runs this system and which version it is.'
      ),
      text('Yêu cầu đơn vị cung cấp cập nhật bản vá.', 'Have the supplier apply the updates.'),
      keepFiles
    ]
  },
  {
    key: 'attack.t1213',
    steps: [
      text(
        'Hỏi cán bộ được nêu: tra cứu này phục vụ hồ sơ nào?',
        'Ask the officer named above which case the look-ups were for.'
      ),
      text(
        'Nếu không rõ lý do: tạm khóa tài khoản và đổi mật khẩu.',
        'If there is no good reason, lock the account and change its password.'
      ),
      text(
        'Không gửi số của công dân ở đây; SOC sẽ gọi lại.',
        'Do not send citizens’ numbers here; the SOC will call back.'
      )
    ]
  },
  {
    key: 'attack.credential-access',
    steps: [
      changePassword,
      text('Kiểm tra tài khoản này có đăng nhập lạ không.', 'Look for log-ins of this account that are not yours.'),
      text('Bật xác thực hai lớp nếu có.', 'Turn on two-step sign-in if there is one.'),
      callSoc
    ]
  },
  { key: 'attack.t1078', steps: [whoDidIt, changePassword, callSoc] },
  {
    key: 'attack.persistence',
    steps: [
      whoDidIt,
      text(
        'Nếu không phải: khóa tài khoản hoặc tác vụ vừa được thêm.',
        'If not: disable the account or job that was added.'
      ),
      keepFiles,
      callSoc
    ]
  },
  {
    key: 'attack.command-and-control',
    steps: [
      unplug,
      text('Cho SOC biết máy này của ai, dùng vào việc gì.', 'Tell the SOC whose machine it is and what it is for.'),
      keepFiles
    ]
  },
  { key: 'attack.lateral-movement', steps: [unplug, whoDidIt, keepFiles, callSoc] },
  { key: 'attack.execution', steps: [unplug, whoDidIt, keepFiles, callSoc] },
  {
    key: 'attack.defense-impairment',
    steps: [
      whoDidIt,
      text(
        'Nếu không phải: rút dây mạng của máy, vẫn để máy chạy.',
        'If not: unplug the machine from the network and leave it running.'
      ),
      keepFiles
    ]
  },
  { key: 'attack.impact', steps: [unplug, keepFiles, callSoc] }
]

const fallback: readonly Bilingual[] = [whoDidIt, keepFiles, callSoc]

/** What advice looks at of an alert. */
export type Advised = { ruleId: string; level: Level; tags: readonly string[] }

/** What a form holds, and what somebody reads on a phone before the first act. */
const MAX_STEPS = 5
/** Built-in rules speak of systems and senders, all others of an intruder. */
export const isIntrusion = (ruleId: string): boolean => !ruleId.startsWith('soc.')

/** The place in the table of what fits an alert; `table.length` when nothing does. */
function placeOf({ ruleId, tags }: Advised): number {
  // Older rule packs write tactics with an underscore.
  const known = tags.map((tag) => tag.toLowerCase().replaceAll('_', '-'))
  const hit = table.findIndex(({ key }) =>
    key.startsWith('soc.') ? ruleId.startsWith(key) : known.some((tag) => tag.startsWith(key))
  )
  return hit === -1 ? table.length : hit
}

/**
 * Steps suggested for these alerts together, at most five, none of them twice: those of the gravest intrusion first, then
 * those of the others, the call to the desk last. What an outage asks for is said only where nothing speaks of an intruder.
 */
export function adviceFor(alerts: readonly Advised[]): Bilingual[] {
  const intrusions = alerts.filter(({ ruleId }) => isIntrusion(ruleId))
  const places = (intrusions.length > 0 ? intrusions : alerts)
    .map((alert) => ({ place: placeOf(alert), rank: levels.indexOf(alert.level) }))
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
  const steps = new Set(places.flatMap(({ place }) => table[place]?.steps ?? []))
  if (steps.size === 0) return [...fallback]
  if (!steps.delete(callSoc)) return [...steps].slice(0, MAX_STEPS)
  return [...[...steps].slice(0, MAX_STEPS - 1), callSoc]
}
