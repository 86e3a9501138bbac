import fc from 'fast-check'
import type { EcsEvent, Json, JsonObject } from '#core/event.ts'
import type { Origin } from '#core/origin.ts'
import type { EncodedEvent, EventColumns, StoreEntry } from '#core/store-entry.ts'

/** What a test says of an event; the rest is filled in. */
export type Sketch = {
  id: string
  time: number
  message?: string
  unit?: string
  senderUnit?: string
  /** Merged into the document, by dotted name. */
  fields?: Record<string, Json>
}

const columnNames = [
  'host.name',
  'user.name',
  'source.ip',
  'destination.ip',
  'event.code',
  'event.action',
  'event.outcome',
  'event.dataset',
  'process.name',
  'url.path',
  'rule.name'
] as const satisfies (keyof EventColumns)[]

/** A stored event made from a sketch: document, columns and search text agree as the encoder makes them. */
export function eventOf(sketch: Sketch): EncodedEvent {
  const unit = sketch.unit ?? 'H57.01'
  const senderUnit = sketch.senderUnit ?? unit
  const document: EcsEvent = {
    '@timestamp': new Date(sketch.time).toISOString(),
    event: { id: sketch.id, created: new Date(sketch.time).toISOString(), kind: 'event' },
    organization: { id: unit, name: `Đơn vị ${unit}` },
    soc: { origin: 'real', sender: 's1', sender_unit: senderUnit, listener: 'http', peer: '192.0.2.1:1', parser: 'ecs' }
  }
  if (sketch.message !== undefined) document['message'] = sketch.message
  for (const [name, value] of Object.entries(sketch.fields ?? {})) place(document, name.split('.'), value)
  const columns = Object.fromEntries(columnNames.map((name) => [name, columnOf(document, name)])) as EventColumns
  const text = [sketch.message, columns['host.name'], columns['user.name'], columns['url.path']]
  return {
    id: sketch.id,
    time: sketch.time,
    json: JSON.stringify(document),
    unit,
    senderUnit,
    columns,
    text: text.filter((part) => part !== undefined && part !== '').join(' ')
  }
}

function place(document: JsonObject, path: string[], value: Json) {
  let node = document
  for (const step of path.slice(0, -1)) {
    const next = node[step]
    node = (typeof next === 'object' && next !== null ? next : (node[step] = {})) as JsonObject
  }
  node[path.at(-1)!] = value
}

function columnOf(document: JsonObject, name: string): string {
  let node: Json | undefined = document
  for (const step of name.split('.')) node = (node as JsonObject | undefined)?.[step]
  const values = Array.isArray(node) ? node : [node]
  return values
    .filter((value) => value !== undefined && value !== null)
    .map((value) => String(value).replaceAll('\n', ' '))
    .join('\n')
}

export const storedEntry = (
  offset: number,
  receivedAt: number,
  event: EncodedEvent,
  more: { sender?: string; origin?: Origin } = {}
): StoreEntry => ({ offset, sender: 's1', origin: 'real', receivedAt, fate: 'stored', event, ...more })

export const letterEntry = (offset: number, receivedAt: number, id: string, sender = 's1'): StoreEntry => ({
  offset,
  sender,
  origin: 'real',
  receivedAt,
  fate: 'dead_lettered',
  letter: {
    id,
    code: 'parse.no_parser',
    detail: 'không có bộ phân tích nào nhận',
    listener: 'syslog-tcp',
    peer: '192.0.2.7:40000',
    unit: 'H57.01',
    hint: '',
    flags: 2,
    clientKey: '',
    raw: Buffer.from([0, 255, 10, 65, offset & 255]).toString('base64')
  }
})

const names = [
  'web01',
  'web02',
  'db-01',
  'Máy chủ Huế',
  'HOST.Ä',
  'a"b',
  "o'x",
  'x AND y',
  '10%_*',
  'đăng nhập',
  '🙂 vui'
]
const words = [
  'failed',
  'password',
  'mật',
  'khẩu',
  'đăng',
  'nhập',
  'root',
  'OR',
  'NOT',
  'C:\\Temp\\a_b.exe',
  '10.1.2.3',
  '"',
  '🙂'
]
const addresses = ['192.0.2.1', '192.0.2.77', '198.51.100.9', '203.0.113.255', '2001:db8::1', '2001:db8::ff:2']
const statuses = [200, 201, 301, 404, 500, 503]

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 })

/** Random events around `at`, with values that hostile or careless senders write, ids by index. */
export function randomEvents(at: number, count: number): fc.Arbitrary<EncodedEvent[]> {
  const one = fc.record({
    delay: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 50 }) },
      fc.integer({ min: -3_600_000, max: 3_600_000 })
    ),
    message: maybe(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }).map((some) => some.join(' '))),
    unit: fc.constantFrom('H57.01', 'H57.02', 'H57.03'),
    senderUnit: fc.constantFrom('H57.01', 'H57.09'),
    'host.name': maybe(fc.constantFrom(...names)),
    'user.name': maybe(fc.oneof(fc.constantFrom('root', 'Nguyễn', 'bob'), fc.constant<Json>(['root', 'bob']))),
    'source.ip': maybe(fc.constantFrom(...addresses)),
    'event.code': maybe(fc.constantFrom('4624', '4625', '1', '10')),
    'url.path': maybe(
      fc.constantFrom('/index.php', '/a/../b', '/tìm-kiếm?q=1', `/${'x'.repeat(300)}`, `/${'x'.repeat(301)}`)
    ),
    'http.response.status_code': maybe(fc.constantFrom<Json>(...statuses)),
    'vendor.note': maybe(fc.constantFrom<Json>('Có lỗi', 'ok', true, null, '', 7, ['a', 'b c']))
  })
  return fc.array(one, { minLength: count, maxLength: count }).map((sketches) =>
    sketches.map(({ delay, message, unit, senderUnit, ...fields }, index) =>
      eventOf({
        id: `event-${String(index).padStart(5, '0')}`,
        time: at + delay,
        ...(message === undefined ? {} : { message }),
        unit,
        senderUnit,
        fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<
          string,
          Json
        >
      })
    )
  )
}

const quote = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** Random queries over what {@link randomEvents} writes, as people would type them. */
export function randomQueries(at: number): fc.Arbitrary<string> {
  const iso = (delay: number) => new Date(at + delay).toISOString()
  const leaf = fc.oneof(
    fc.constantFrom(
      'failed',
      'mat',
      'MẬT',
      '"mat khau"',
      '"failed password"',
      'fail*',
      'temp',
      'a_b.exe',
      '10.1.2.3',
      '10.1.2',
      'dang*',
      'p*d',
      'exe'
    ),
    fc.constantFrom(...names).map((name) => `host.name:${quote(name)}`),
    fc.constantFrom(
      'host.name:web*',
      'host.name:*0?',
      'host.name:*',
      'host.name:may*hue',
      'host.name:m?y*',
      'host.name:🙂*'
    ),
    fc.constantFrom('user.name:root', 'user.name:NGUYEN', 'user.name:(bob OR nguyễn)', 'user.name:b*'),
    fc.constantFrom(
      'source.ip:192.0.2.0/24',
      'source.ip:2001:db8::/32',
      'source.ip:192.0.2.1',
      'source.ip:2001:0DB8:0::1',
      '-source.ip:"2001:db8::1"',
      'source.ip:::ffff:192.0.2.1',
      'source.ip:[192.0.2.50 TO 203.0.113.1]'
    ),
    fc.constantFrom(
      'event.code:4625',
      'event.code:>=10',
      'event.code:>1610521604143693811',
      'event.code:[1 TO 4624}',
      'organization.id:H57.01',
      'soc.sender_unit:h57.09'
    ),
    fc.constantFrom(
      'http.response.status_code:[400 TO 599]',
      'http.response.status_code:>300',
      'http.response.status_code:404',
      'http.response.status_code:*'
    ),
    fc.constantFrom(
      'vendor.note:*',
      'vendor.note:"co loi"',
      'vendor.note:true',
      'vendor.note:7',
      'vendor.note:b*',
      'vendor.absent:1'
    ),
    fc.constantFrom(
      'message:failed',
      'message:"failed password"',
      'message:pass*',
      'message:*',
      `url.path:/${'x'.repeat(300)}`,
      'url.path:/x*',
      'url.path:*php'
    ),
    fc.integer({ min: -3_600_000, max: 3_600_000 }).map((delay) => `@timestamp:>="${iso(delay)}"`)
  )
  const { query } = fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc
        .tuple(tie('query'), fc.constantFrom(' AND ', ' OR ', ' '), tie('query'))
        .map(([a, by, b]) => `(${a}${by}${b})`),
      tie('query').map((part) => `NOT ${part}`)
    )
  }))
  return query
}
