import fc from 'fast-check'
import { expect, it } from 'vitest'
import { composeText, redact, smsText, SMS_MAX, titleLine, type Message } from './compose.ts'

const message = (vi: string, more: Partial<Message> = {}): Message => ({
  topic: 'incident',
  priority: 1,
  code: 'VL-0231',
  title: { vi, en: 'NDXP is down' },
  body: { vi: 'Trục NDXP ngừng từ 14:05, ảnh hưởng 9 mô hình.', en: 'NDXP has been down since 14:05.' },
  link: '',
  sms: '',
  call: '',
  at: Date.UTC(2026, 10, 23, 7, 5),
  ...more
})

it('an SMS is one unaccented line with priority, sentence and code', () => {
  expect(smsText(message('Trục NDXP ngừng đột ngột 14:05. Ảnh hưởng 9 mô hình'), '')).toBe(
    '[SOC Hue] P1 Truc NDXP ngung dot ngot 14:05. Anh huong 9 mo hinh Ma VL-0231'
  )
})

it('whatever the title is, an SMS fits one part of the basic alphabet and keeps its code', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.boolean(), (title, linked) => {
      const text = smsText(message(title), linked ? 'https://soc.example/t/0123456789abcdef' : '')
      expect(text.length).toBeLessThanOrEqual(SMS_MAX)
      expect(text).toMatch(/^[\x20-\x7a]*$/)
      expect(text).toContain('Ma VL-0231')
      if (linked) expect(text).toContain('https://soc.example/t/0123456789abcdef')
    })
  )
})

it('a link too long for one part is left out, never cut', () => {
  expect(smsText(message('Việc mới'), `https://soc.example/t/${'x'.repeat(120)}`)).not.toContain('https')
})

it('no address, number of a citizen or weakness leaves in any channel', () => {
  const secrets = [
    '192.0.2.17',
    '198.51.100.4:8443',
    '2001:db8::17',
    '046201001289',
    '0912345678',
    'canbo@example.test',
    'CVE-2021-44228',
    'https://portal.example.test/x?id=1'
  ]
  for (const secret of secrets) {
    const text = message(`Dò mật khẩu từ ${secret} vào cổng`, {
      body: { vi: `Nguồn ${secret}.`, en: `From ${secret}.` }
    })
    for (const channel of ['sms', 'email', 'zalo_bot', 'telegram'] as const) {
      const whole = `${titleLine(text)}\n${composeText(channel, text, '')}`
      expect(whole, channel).not.toContain(secret)
      expect(whole, channel).not.toMatch(/046|0912|2001:|\b192\./)
    }
  }
})

it('times, counts and codes of ours stay readable', () => {
  expect(redact('Ngừng 14:05 ngày 23/11/2026, 1.234.567 sự kiện, mã VL-0231, 84,12 %')).toBe(
    'Ngừng 14:05 ngày 23/11/2026, 1.234.567 sự kiện, mã VL-0231, 84,12 %'
  )
})

it('redacting twice changes nothing, and a line break cannot be smuggled into a title', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(redact(redact(text))).toBe(redact(text))
      expect(titleLine(message(text))).not.toMatch(/[\r\n]/)
    })
  )
})

it('a chat message that is too long keeps its link whole', () => {
  const link = 'https://soc.example/t/abc'
  const text = composeText('zalo_bot', message('Việc', { body: { vi: 'x'.repeat(5_000), en: '' } }), link)
  expect(text.length).toBeLessThanOrEqual(1_800)
  expect(text.endsWith(link)).toBe(true)
})
