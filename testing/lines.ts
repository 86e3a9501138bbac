import { seeded } from '#simulator/random.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const users = ['trien-khai', 'vanthu', 'motcua', 'ketoan', 'sao-luu', 'quantri']
const pages = [
  '/',
  '/thu-tuc',
  '/tin-tuc/2026/11',
  '/van-ban?trang=3',
  '/hoi-dap',
  '/anh/banner.jpg',
  '/api/ho-so/tra-cuu?ma='
]
const programs = [
  [
    'C:\\Windows\\System32\\svchost.exe',
    'svchost.exe -k netsvcs -p -s Schedule',
    'C:\\Windows\\System32\\services.exe'
  ],
  [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    '"chrome.exe" --type=renderer --lang=vi',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
  ],
  ['C:\\Windows\\System32\\taskhostw.exe', 'taskhostw.exe KEYROAMING', 'C:\\Windows\\System32\\svchost.exe'],
  [
    'C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE',
    '"EXCEL.EXE" "D:\\BaoCao\\bao-cao-thang.xlsx"',
    'C:\\Windows\\explorer.exe'
  ],
  ['C:\\Windows\\System32\\conhost.exe', 'conhost.exe 0xffffffff -ForceV1', 'C:\\Windows\\System32\\cmd.exe']
] as const

/** Syslog lines as units send them: 30 % sshd, 30 % nginx, 20 % FortiGate, 20 % Sysmon as JSON. Each carries its number once. */
export function lineGenerator(seed: number): (number: number, nowMs: number) => string {
  const random = seeded(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  let stampAt = -1
  let stamp = { syslog: '', nginx: '', iso: '', day: '', time: '', seconds: 0 }
  function times(nowMs: number) {
    const second = Math.floor(nowMs / 1_000)
    if (second === stampAt) return stamp
    stampAt = second
    const local = new Date(second * 1_000 + 7 * 3_600_000)
    const day = local.toISOString().slice(0, 10)
    const time = local.toISOString().slice(11, 19)
    const month = months[local.getUTCMonth()]!
    stamp = {
      syslog: `${month} ${String(local.getUTCDate()).padStart(2, ' ')} ${time}`,
      nginx: `${day.slice(8)}/${month}/${day.slice(0, 4)}:${time} +0700`,
      iso: new Date(second * 1_000).toISOString().replace('T', ' ').slice(0, 23),
      day,
      time,
      seconds: second
    }
    return stamp
  }
  return (number, nowMs) => {
    const at = times(nowMs)
    const kind = random()
    const host = `may-${Math.floor(random() * 400)}`
    const address = `192.0.2.${1 + Math.floor(random() * 250)}`
    if (kind < 0.3) {
      const port = 1024 + Math.floor(random() * 60_000)
      return random() < 0.9
        ? `<86>${at.syslog} ${host} sshd[${number}]: Accepted publickey for ${pick(users)} from ${address} port ${port} ssh2: ED25519 SHA256:n${number}`
        : `<38>${at.syslog} ${host} sshd[${number}]: Failed password for ${pick(users)} from ${address} port ${port} ssh2`
    }
    if (kind < 0.6) {
      return `<190>${at.syslog} ${host} nginx: ${address} - - [${at.nginx}] "GET ${pick(pages)} HTTP/1.1" ${random() < 0.95 ? 200 : 404} ${number} "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"`
    }
    if (kind < 0.8) {
      return `<189>date=${at.day} time=${at.time} devname="${host}" devid="FGT60FEXAMPLE02" eventtime=${at.seconds}000000000 tz="+0700" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=${address} srcport=${1024 + (number % 60_000)} srcintf="lan" dstip=198.51.100.${1 + (number % 250)} dstport=443 dstintf="wan1" proto=6 service="HTTPS" action="accept" policyid=1 sessionid=${number} sentbyte=2100 rcvdbyte=9120 duration=12`
    }
    const [image, command, parent] = pick(programs)
    const sysmon = {
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Microsoft-Windows-Sysmon',
      EventID: 1,
      EventRecordID: number,
      Computer: host,
      UtcTime: at.iso,
      ProcessId: number % 65_536,
      Image: image,
      CommandLine: command,
      CurrentDirectory: 'C:\\Windows\\system32\\',
      User: 'UBND\\motcua',
      IntegrityLevel: 'Medium',
      Hashes: `MD5=${number.toString(16).padStart(32, '0')}`,
      OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
      ParentImage: parent,
      ParentCommandLine: parent
    }
    return `<134>${at.syslog} ${host} sysmon: ${JSON.stringify(sysmon)}`
  }
}
