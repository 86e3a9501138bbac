import type { Bilingual } from '#core/match.ts'

const kind = (vi: string, en: string): Bilingual => ({ vi, en })
const other = kind('Loại khác', 'Other')
const outage = kind('Hệ thống ngừng hoạt động', 'System outage')

/**
 * Kinds of incident as Vietnamese reports name them, by ATT&CK technique first and tactic second; the first line that a
 * tag of the rule begins with wins. Techniques say more than tactics: a web shell is more than "persistence".
 */
const byTag: readonly [string, Bilingual][] = [
  ['attack.t1486', kind('Mã độc tống tiền, phá hoại dữ liệu', 'Ransomware or destroyed data')],
  ['attack.t1490', kind('Mã độc tống tiền, phá hoại dữ liệu', 'Ransomware or destroyed data')],
  ['attack.t1491', kind('Thay đổi giao diện', 'Defacement')],
  ['attack.t1498', kind('Tấn công từ chối dịch vụ', 'Denial of service')],
  ['attack.t1499', kind('Tấn công từ chối dịch vụ', 'Denial of service')],
  ['attack.t1505.003', kind('Cửa hậu trên máy chủ web', 'Web shell')],
  ['attack.t1566', kind('Lừa đảo qua thư', 'Phishing')],
  ['attack.t1110', kind('Dò mật khẩu', 'Password guessing')],
  ['attack.t1213', kind('Tra cứu, thu thập dữ liệu bất thường', 'Unusual collection of data')],
  ['attack.t1190', kind('Khai thác lỗ hổng', 'Exploited vulnerability')],
  ['attack.t1595', kind('Dò quét', 'Scanning')],
  ['attack.exfiltration', kind('Lộ lọt dữ liệu', 'Leaked data')],
  ['attack.collection', kind('Tra cứu, thu thập dữ liệu bất thường', 'Unusual collection of data')],
  ['attack.command-and-control', kind('Kết nối máy chủ điều khiển', 'Command and control')],
  ['attack.lateral-movement', kind('Di chuyển ngang', 'Lateral movement')],
  ['attack.privilege-escalation', kind('Leo thang đặc quyền', 'Privilege escalation')],
  ['attack.credential-access', kind('Đánh cắp thông tin đăng nhập', 'Credential access')],
  ['attack.execution', kind('Mã độc, chạy mã trái phép', 'Malware or unwanted code')],
  ['attack.persistence', kind('Duy trì truy cập trái phép', 'Unwanted persistence')],
  ['attack.initial-access', kind('Truy cập trái phép', 'Unwanted access')],
  ['attack.impact', kind('Phá hoại hoạt động', 'Impact')]
]

/** What kind of incident a rule's alert makes. */
export function kindOf(ruleId: string, tags: readonly string[]): Bilingual {
  if (ruleId === 'soc.outage') return outage
  // Packs write tactics with underscores or hyphens.
  const plain = tags.map((tag) => tag.toLowerCase().replaceAll('_', '-'))
  return byTag.find(([start]) => plain.some((tag) => tag.startsWith(start)))?.[1] ?? other
}
