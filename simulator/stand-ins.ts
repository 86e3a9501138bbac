import type { Inventory, System } from '#province/inventory.ts'

/**
 * What a system shows to the outside: `page` a web page, `secure` the same over TLS, `api` a health document, `tcp` an
 * open port, `heartbeat` nothing: it reports by itself.
 */
export type FaceKind = 'page' | 'secure' | 'api' | 'tcp' | 'heartbeat'

/** One system that is stood in for; `port` is null when it reports by itself. */
export type StandIn = { system: string; name: string; face: FaceKind; host: string; port: number | null }

const pages = [
  'hue-s',
  'httt-tthc',
  'kho-ho-so',
  'qlvb',
  'asm',
  'web-ioc',
  'daotao-ai',
  'vbdlis',
  'hssk',
  'csdl-giao-duc',
  'zalo-oa',
  'fanpage'
]
const secure = ['vneid', 'cong-dvcqg', 'sso', 'ca-cong-cong']
const ports = ['tslcd', 'ioc-video', 'hue-s-camera', 'his', 'his-bvtwh', 'tong-dai-phap-ly']
const reporting = [
  'camera-ngo-mon',
  'kiosk-hcc',
  'kiosk-kham-benh',
  'doc-chip-cccd',
  'thiet-bi-doc-chip-vpcc',
  'thiet-bi-xac-minh',
  'led'
]

/**
 * Systems without a stand-in: our own platform is asked itself, its sources are measured by the ledger, and thirteen
 * cameras are the sum of their members.
 */
const none = ['soc', 'cam-bien']

/** How a system of the catalogue is stood in for; undefined when it is not. Systems that an admin added are web pages. */
export function faceOf(system: System, inventory: Inventory): FaceKind | undefined {
  const { id } = system
  if (none.includes(id)) return undefined
  if (inventory.dependencies.some((edge) => edge.from === id && edge.kind === 'kOfN')) return undefined
  if (pages.includes(id)) return 'page'
  if (secure.includes(id)) return 'secure'
  if (ports.includes(id)) return 'tcp'
  if (reporting.includes(id) || /^camera-csgt-\d+$/.test(id)) return 'heartbeat'
  return known.has(id) || /^bo-nganh-\d+$/.test(id) ? 'api' : 'page'
}

const known = new Set([
  'lgsp',
  'ndxp',
  'vdxp',
  'dinh-danh-bca',
  'csdlqg-dc',
  'cu-tru',
  'nghiep-vu-cong-an',
  'thu-nhan-cccd',
  'api-thong-ke-c06',
  'bao-cao-dan-cu',
  'camera-ai-c06',
  'dang-ky-phuong-tien',
  'ho-tich',
  'tro-cap',
  'cap-dien',
  'csdl-bao-hiem',
  'tra-cuu-bhyt',
  'kcb-bhyt',
  'tiem-chung',
  'so-lao-dong',
  'nhcsxh',
  'tien-dien',
  'tien-nuoc',
  'phi-moi-truong',
  'cong-thanh-toan',
  'vi-hue-s',
  'doi-tac-du-lich',
  'lltp',
  'dia-chi-so',
  'ban-do',
  'csdl-dat-dai',
  'phieu-lao-dong',
  'chi-tra-asxh',
  'don-vi-chi-tra'
])

/**
 * Systems that run inside another, so that breaking that one stops them too: the wallet and the camera pictures are
 * parts of the Hue-S platform. Everything else only feels an outage through its own calls.
 */
export const partsOf: Record<string, readonly string[]> = { 'hue-s': ['vi-hue-s', 'hue-s-camera'] }

/** More lines of a system's health document: what only this system would say of itself. `fault` asks whether one is broken. */
export function ownWords(id: string, broken: (system: string) => boolean): Record<string, unknown> {
  const say = (system: string) => (broken(system) ? 'DOWN' : 'UP')
  switch (id) {
    case 'lgsp':
      return { gateway: 'UP', token: 'UP', adapters: { ndxp: say('ndxp') }, services: 13 }
    case 'ndxp':
      return { adapters: Object.fromEntries(ministries.map((ministry) => [ministry, say(ministry)])) }
    case 'vdxp':
      return { adapters: { 'dinh-danh-bca': say('dinh-danh-bca') } }
    case 'tra-cuu-bhyt':
      return { lookup: { card: 'TEST-0001', answer: 'found' } }
    case 'tien-dien':
    case 'tien-nuoc':
    case 'phi-moi-truong':
      return { bill: { customer: 'TEST-0001', state: 'paid' } }
    case 'api-thong-ke-c06':
      return { schema: 'thong-ke/1', fresh: true }
    default:
      return {}
  }
}
const ministries = Array.from({ length: 13 }, (_, index) => `bo-nganh-${String(index + 1).padStart(2, '0')}`)
