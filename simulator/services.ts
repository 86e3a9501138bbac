import type { BusinessAnswer } from '#core/exchange.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Rhythm } from './rhythm.ts'

/** One part of the way: its name in the record, and the system that must answer on it. */
export type Leg = { hop: string; answeredBy: string }

/** One service that one system asks of another, again and again. */
export type ServiceFlow = {
  key: string
  service: string
  operation: string
  consumer: string
  provider: string
  legs: Leg[]
  /** Exchanges an hour when it is busiest, in a whole province. */
  perHour: number
  rhythm: Rhythm
  /** Shares of the answers, adding up to 1. */
  answers: Partial<Record<BusinessAnswer, number>>
  /** Answer given while the provider rejects everything for business reasons. */
  rejection: BusinessAnswer
  /** Milliseconds that half of the exchanges stay below, whole way. */
  medianMs: number
  /** It is about one person: the record carries a hash of whom. */
  aboutPerson: boolean
  /** Asked on behalf of communes; otherwise of the consumer's owner. */
  byCommunes: boolean
}

type Given = Pick<ServiceFlow, 'service' | 'consumer' | 'provider' | 'perHour' | 'rhythm'> &
  Partial<Omit<ServiceFlow, 'legs'>> & { via?: string[] }

const lookup = {
  operation: 'lookup',
  aboutPerson: true,
  rejection: 'not_found',
  answers: { found: 0.96, not_found: 0.04 }
} as const
const submit = { operation: 'submit', answers: { accepted: 0.97, rejected: 0.03 } } as const
const login = { operation: 'login', answers: { accepted: 0.985, rejected: 0.015 } } as const

/**
 * Who asks whom. The pairs follow the dependencies of the inventory; rates are ours, but for the card look-up, whose
 * share of found cards is the report's (195.250/232.097 = 84,12 %). No service speaks through a system it does not name.
 */
const given: Given[] = [
  {
    ...lookup,
    service: 'tra-cuu-the-bhyt',
    consumer: 'his',
    provider: 'tra-cuu-bhyt',
    perHour: 420,
    rhythm: 'office',
    answers: { found: 0.8412, not_found: 0.1588 },
    medianMs: 240,
    byCommunes: true
  },
  {
    service: 'dong-bo-the-bhyt',
    operation: 'sync',
    consumer: 'tra-cuu-bhyt',
    provider: 'csdl-bao-hiem',
    perHour: 60,
    rhythm: 'machines',
    answers: { accepted: 1 }
  },
  {
    ...lookup,
    service: 'doi-soat-cccd',
    consumer: 'csdl-bao-hiem',
    provider: 'csdlqg-dc',
    perHour: 90,
    rhythm: 'machines',
    via: ['ndxp']
  },
  {
    ...lookup,
    service: 'tra-cuu-cu-tru',
    consumer: 'httt-tthc',
    provider: 'csdlqg-dc',
    perHour: 300,
    rhythm: 'office',
    via: ['lgsp', 'ndxp'],
    byCommunes: true
  },
  {
    ...lookup,
    service: 'xac-minh-lao-dong',
    consumer: 'phieu-lao-dong',
    provider: 'csdlqg-dc',
    perHour: 60,
    rhythm: 'office',
    byCommunes: true
  },
  {
    ...submit,
    service: 'lien-thong-khai-sinh',
    consumer: 'httt-tthc',
    provider: 'ho-tich',
    perHour: 40,
    rhythm: 'office',
    via: ['lgsp'],
    byCommunes: true
  },
  {
    ...submit,
    service: 'lien-thong-khai-tu',
    consumer: 'httt-tthc',
    provider: 'tro-cap',
    perHour: 12,
    rhythm: 'office',
    via: ['lgsp'],
    byCommunes: true
  },
  {
    ...submit,
    service: 'dong-bo-ho-so',
    consumer: 'httt-tthc',
    provider: 'cong-dvcqg',
    perHour: 160,
    rhythm: 'office',
    via: ['lgsp', 'ndxp'],
    byCommunes: true
  },
  {
    ...submit,
    service: 'cap-dien-220-380',
    consumer: 'httt-tthc',
    provider: 'cap-dien',
    perHour: 10,
    rhythm: 'office'
  },
  { ...submit, service: 'thong-bao-luu-tru', consumer: 'asm', provider: 'cu-tru', perHour: 120, rhythm: 'citizens' },
  { ...submit, service: 'thong-bao-luu-tru', consumer: 'vneid', provider: 'cu-tru', perHour: 50, rhythm: 'citizens' },
  { ...login, service: 'dang-nhap-sso', consumer: 'httt-tthc', provider: 'sso', perHour: 240, rhythm: 'office' },
  { ...login, service: 'dang-nhap-sso', consumer: 'qlvb', provider: 'sso', perHour: 260, rhythm: 'office' },
  {
    ...login,
    service: 'xac-thuc-dinh-danh',
    consumer: 'sso',
    provider: 'dinh-danh-bca',
    perHour: 400,
    rhythm: 'office',
    via: ['vdxp']
  },
  {
    ...login,
    service: 'dang-nhap-vneid',
    consumer: 'hue-s',
    provider: 'dinh-danh-bca',
    perHour: 80,
    rhythm: 'citizens',
    via: ['ndxp']
  },
  { ...login, service: 'dang-nhap-qr', consumer: 'kiosk-hcc', provider: 'hue-s', perHour: 30, rhythm: 'office' },
  {
    ...lookup,
    service: 'doc-chip-cccd',
    consumer: 'thiet-bi-doc-chip-vpcc',
    provider: 'dinh-danh-bca',
    perHour: 15,
    rhythm: 'office'
  },
  {
    ...lookup,
    service: 'xac-minh-cccd',
    consumer: 'thiet-bi-xac-minh',
    provider: 'dinh-danh-bca',
    perHour: 10,
    rhythm: 'office'
  },
  {
    ...lookup,
    service: 'tra-cuu-tien-dien',
    consumer: 'hue-s',
    provider: 'tien-dien',
    perHour: 180,
    rhythm: 'citizens',
    aboutPerson: false,
    medianMs: 320
  },
  {
    ...lookup,
    service: 'tra-cuu-tien-nuoc',
    consumer: 'hue-s',
    provider: 'tien-nuoc',
    perHour: 140,
    rhythm: 'citizens',
    aboutPerson: false,
    medianMs: 410
  },
  {
    ...lookup,
    service: 'tra-cuu-phi-moi-truong',
    consumer: 'hue-s',
    provider: 'phi-moi-truong',
    perHour: 60,
    rhythm: 'citizens',
    aboutPerson: false,
    medianMs: 380
  },
  {
    ...submit,
    service: 'thanh-toan',
    operation: 'pay',
    consumer: 'hue-s',
    provider: 'vi-hue-s',
    perHour: 90,
    rhythm: 'citizens'
  },
  {
    ...submit,
    service: 'thanh-toan',
    operation: 'pay',
    consumer: 'vi-hue-s',
    provider: 'cong-thanh-toan',
    perHour: 90,
    rhythm: 'citizens',
    medianMs: 600
  },
  {
    ...submit,
    service: 'thu-hoc-phi',
    operation: 'pay',
    consumer: 'csdl-giao-duc',
    provider: 'cong-thanh-toan',
    perHour: 40,
    rhythm: 'citizens'
  },
  {
    service: 'dong-bo-diem-danh',
    operation: 'sync',
    consumer: 'csdl-giao-duc',
    provider: 'hue-s',
    perHour: 60,
    rhythm: 'office',
    answers: { accepted: 1 }
  },
  {
    service: 'tin-truyen-thong',
    operation: 'send',
    consumer: 'web-ioc',
    provider: 'hue-s',
    perHour: 20,
    rhythm: 'office',
    answers: { accepted: 1 }
  },
  {
    service: 'tin-zalo',
    operation: 'send',
    consumer: 'web-ioc',
    provider: 'zalo-oa',
    perHour: 120,
    rhythm: 'citizens',
    answers: { accepted: 0.99, rejected: 0.01 }
  },
  {
    ...lookup,
    service: 'dat-xe-ban-do',
    consumer: 'hue-s',
    provider: 'doi-tac-du-lich',
    perHour: 45,
    rhythm: 'citizens',
    aboutPerson: false
  },
  {
    service: 'hinh-anh-giao-lo',
    operation: 'stream',
    consumer: 'hue-s-camera',
    provider: 'hue-s',
    perHour: 60,
    rhythm: 'machines',
    answers: { accepted: 1 }
  },
  {
    service: 'anh-vi-pham',
    operation: 'submit',
    consumer: 'camera-csgt',
    provider: 'dang-ky-phuong-tien',
    perHour: 90,
    rhythm: 'citizens',
    answers: { accepted: 0.9, rejected: 0.1 }
  },
  {
    ...lookup,
    service: 'ho-so-kham-chua-benh',
    consumer: 'hssk',
    provider: 'kcb-bhyt',
    perHour: 220,
    rhythm: 'office'
  },
  { ...lookup, service: 'lich-su-tiem-chung', consumer: 'hssk', provider: 'tiem-chung', perHour: 80, rhythm: 'office' },
  {
    ...lookup,
    service: 'tra-cuu-thua-dat',
    consumer: 'vbdlis',
    provider: 'csdl-dat-dai',
    perHour: 150,
    rhythm: 'office',
    aboutPerson: false
  },
  {
    service: 'so-lieu-dan-cu',
    operation: 'read',
    consumer: 'bao-cao-dan-cu',
    provider: 'api-thong-ke-c06',
    perHour: 24,
    rhythm: 'machines',
    answers: { found: 1 },
    rejection: 'not_found'
  },
  {
    ...submit,
    service: 'chi-tra-an-sinh',
    operation: 'pay',
    consumer: 'chi-tra-asxh',
    provider: 'don-vi-chi-tra',
    perHour: 70,
    rhythm: 'office'
  },
  { ...submit, service: 'luu-giay-to', consumer: 'kho-ho-so', provider: 'cong-dvcqg', perHour: 50, rhythm: 'citizens' },
  { ...lookup, service: 'khop-khach-hang', consumer: 'nhcsxh', provider: 'csdlqg-dc', perHour: 20, rhythm: 'office' },
  ...Array.from({ length: 13 }, (_, index): Given => {
    const number = String(index + 1).padStart(2, '0')
    return {
      ...lookup,
      service: `dich-vu-bo-nganh-${number}`,
      consumer: 'lgsp',
      provider: `bo-nganh-${number}`,
      perHour: 24,
      rhythm: 'office',
      via: ['ndxp'],
      aboutPerson: false
    }
  })
]

/** The way through the systems in between: `consumer-lgsp`, `lgsp-ndxp`, `ndxp-provider`; `direct` when there are none. */
function legsOf(consumer: string, provider: string, via: readonly string[]): Leg[] {
  if (via.length === 0) return [{ hop: 'direct', answeredBy: provider }]
  const stops = [...via, provider]
  return stops.map((answeredBy, index) => {
    const before = index === 0 ? (consumer === 'lgsp' ? 'lgsp' : 'consumer') : stops[index - 1]!
    return { hop: `${before}-${index === stops.length - 1 ? 'provider' : answeredBy}`, answeredBy }
  })
}

/** Every flow whose two ends and systems in between are in the inventory. */
export function flowsOf(inventory: Inventory): ServiceFlow[] {
  return given
    .filter((flow) =>
      [flow.consumer, flow.provider, ...(flow.via ?? [])].every((id) => inventory.system(id) !== undefined)
    )
    .map(({ via, ...flow }) => ({
      operation: 'call',
      answers: { none: 1 },
      rejection: 'rejected',
      medianMs: 120,
      aboutPerson: false,
      byCommunes: false,
      ...flow,
      key: `${flow.consumer}>${flow.provider}>${flow.service}`,
      legs: legsOf(flow.consumer, flow.provider, via ?? [])
    }))
}
