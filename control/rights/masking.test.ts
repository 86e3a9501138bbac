import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mask, maskText } from './masking.ts'

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))

describe('citizen numbers', () => {
  it('keep the province and the last two digits', () => {
    expect(maskText('tra cứu CCCD 046201001289 lúc 10:00')).toBe('tra cứu CCCD 046*******89 lúc 10:00')
  })

  it('are found behind escapes and inside JSON, paths and queries', () => {
    for (const text of [
      '/api/tra-cuu?so=%20046201001234&x=1',
      '{"cccd":"046201001234"}',
      '\\u0020046201001234',
      '\\x20046201001234',
      'x046201001234y',
      '[046201001234]'
    ]) {
      expect(maskText(text)).toContain('046*******34')
      expect(maskText(text)).not.toContain('046201001234')
    }
  })

  it('are found in groups of three', () => {
    expect(maskText('046 201 001 234')).toBe('046 *** *** *34')
    expect(maskText('046.201.001.934')).toBe('046.***.***.*34')
  })

  it('are found in the machine-readable line of the card', () => {
    expect(maskText('IDVNM2010012349046201001234<<4')).not.toMatch(/\d{4}/)
  })

  it('never leave the console whole, whatever stands around them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), digits(12), fc.string({ unit: 'binary' }), (before, number, after) => {
        fc.pre(!/\d$/.test(before) && !/^\d/.test(after))
        fc.pre(!/[0-9a-f]{4}-$/i.test(before))
        expect(maskText(before + number + after)).not.toContain(number)
      }),
      { numRuns: 250 }
    )
  })
})

it('phone numbers are masked in their usual spellings', () => {
  for (const [text, masked] of [
    ['gọi 0912345678 ngay', 'gọi 091*****78 ngay'],
    ['+84912345678', '+849******78'],
    ['0912 345 678', '091* *** *78'],
    ['091.234.5678', '091.***.**78'],
    ['+84 912 345 678', '+84 9** *** *78'],
    ['02343823456', '023******56'],
    ['0234 382 3456', '023* *** **56']
  ] as const)
    expect(maskText(text)).toBe(masked)
})

it('numbers announced by a word are masked from six digits on', () => {
  expect(maskText('stk: 0011001234567 VCB')).toBe('stk: 001********67 VCB')
  expect(maskText('"cmnd":"191234567"')).toBe('"cmnd":"191****67"')
  expect(maskText('số tài khoản 123456789012345')).toBe('số tài khoản 123**********45')
})

it('what an analyst needs stays readable', () => {
  for (const text of [
    '203.0.113.195:50022 -> 198.51.100.7:443',
    '2023-11-30T10:15:20.123456789Z',
    '09-12-2023 10:15:20',
    'logid="0317013312" type="utm"',
    'eventtime=1700000000123456789',
    '{A23EAE89-BD56-5903-0000-001000012345}',
    '192.168.001.010',
    'bytes=12345678901 pid=1234567890',
    'SHA256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'nguyen.van.a@example.vn'
  ])
    expect(maskText(text)).toBe(text)
})

it('masking twice changes nothing', () => {
  const noisy = fc
    .array(
      fc.oneof(
        digits(12),
        digits(10),
        digits(3),
        fc.constantFrom(' ', '.', '-', '0', '09', '+84', '%20', 'stk:', '*', 'IDVNM', 'a', '<')
      )
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(noisy, fc.string({ unit: 'binary' })), (text) => {
      const once = maskText(text)
      expect(maskText(once)).toBe(once)
    }),
    { numRuns: 500 }
  )
})

describe('documents', () => {
  it('keep their structure and every value without such a number', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const masked = mask(value)
        expect(mask(masked)).toEqual(masked)
        expect(Array.isArray(masked)).toBe(Array.isArray(value))
        expect(typeof masked === 'object').toBe(typeof value === 'object')
      })
    )
  })

  it('are masked at any depth, in keys too, without altering the original', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 12 }), digits(12), (path, number) => {
        let document: unknown = { value: [`số ${number}`, { [number]: 1 }] }
        for (const key of path) document = { [key]: document, list: [document] }
        const before = JSON.stringify(document)
        expect(JSON.stringify(mask(document))).not.toContain(number)
        expect(JSON.stringify(document)).toBe(before)
      })
    )
  })

  it('share what needed no change', () => {
    const event = { host: { name: 'web-01' }, message: 'GET / 200', list: [1, 2, { a: 'b' }] }
    expect(mask(event)).toBe(event)
    const mixed = { host: event.host, user: { phone: '0912345678' } }
    expect(mask(mixed).host).toBe(event.host)
  })

  it('mask plain numbers only where the field name announces them', () => {
    expect(mask({ cccd: 46201001234, soTaiKhoan: '123456', 'Số điện thoại': 912345678, bytes: 46201001234 })).toEqual({
      cccd: '462******34',
      soTaiKhoan: '123*56',
      'Số điện thoại': '912****78',
      bytes: 46201001234
    })
  })

  it('keep both values when two keys are masked alike', () => {
    expect(mask({ '046201001234': 1, '046999999934': 2 })).toEqual({ '046*******34': 1, '046*******34 (2)': 2 })
  })

  it('deeper than any stored document are withheld, not passed through', () => {
    let document: unknown = '046201001234'
    for (let depth = 0; depth < 5000; depth++) document = [document]
    expect(JSON.stringify(mask(document))).not.toContain('046201001234')
  })

  it('with a field called __proto__ stay plain data', () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true},"a":"046201001234"}') as Record<string, unknown>
    const masked = mask(hostile)
    expect((masked as { admin?: boolean }).admin).toBeUndefined()
    expect(JSON.stringify(masked)).toBe('{"__proto__":{"admin":true},"a":"046*******34"}')
  })
})

it('a megabyte of digits and separators is masked in reasonable work', () => {
  const worst = ['stk: ', '0 ', '0.', '09', '%20', 'IDVNM', '1-', 'cccd'].map((part) => part.repeat(40_000))
  for (const text of worst) expect(maskText(text).length).toBe(text.length)
})

it('a hash keeps its digits, a number beside or inside shorter hexadecimal text does not', () => {
  const hash = 'b9967362665751234567890123456789abcdef0123456789abcdef01234571b5'
  expect(hash).toHaveLength(64)
  expect(maskText(`SHA-256 ${hash}.`)).toBe(`SHA-256 ${hash}.`)
  expect(maskText(JSON.stringify({ md5: 'd41d8cd98f00b204e046201001234427' }))).toContain('046201001234')
  expect(maskText('abc046201001234def')).not.toContain('046201001234')
  expect(maskText(`${hash}0 046201001234`)).not.toContain('046201001234')
  expect(maskText('1'.repeat(20) + '046201001234')).toContain('046201001234')
})
