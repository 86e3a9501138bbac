import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unitMessage, type Occasion } from '#control/tasks/message.ts'
import { unitTitles } from '#control/tasks/words.ts'
import { local } from './channels/local.ts'
import { smsText, SMS_MAX } from './compose.ts'
import { announcement, fakeDriver, START, testNotifications } from '#testing/notifications.ts'

const LINK = `/t/${'Ab_-'.repeat(10)}xyz`
const about = (name: string) => ({
  id: 'NV-0007',
  level: 'high' as const,
  deadline: START + 4 * HOUR_MS,
  unit: { code: '19750', name, district: '' }
})
const occasions = Object.keys(unitTitles) as Occasion[]

function toUnit(environment: Record<string, string>) {
  const [email, sms] = [fakeDriver('email'), fakeDriver('sms')]
  const world = testNotifications({ drivers: [email, sms, local()], environment })
  world.control
    .sql(
      `INSERT INTO contacts (id, unit, role, name, phone, email) VALUES ('c', '19750', 'CNTT', 'Đầu mối', '0905111222', 'x@example.test')`
    )
    .run()
  const send = (origin: 'real' | 'demonstration' = 'real') =>
    world.notifications.announce(
      announcement({
        ...unitMessage('sent', about('Xã Phong Thu')),
        ...{ origin, topic: 'task', priority: 2, escalates: false, link: LINK, code: 'NV-0007' },
        to: [{ kind: 'unit', unit: '19750' }]
      })
    )
  return { ...world, email, sms, send }
}

it('an official reads whose it is, until when, whom to call and the whole address, in one SMS', async () => {
  const { control, sms, send, pass, close } = toUnit({ SOC_PUBLIC_URL: 'https://soc.tinh.example' })
  control.sql("UPDATE contacts SET email = ''").run()
  send()
  await pass(MINUTE_MS)
  expect(sms.sent.map(({ text }) => text)).toEqual([
    `[SOC Hue] NV-0007 can xu ly, tra loi truoc 14:05 23/11: Xa Phong Thu Goi 0234 3000 000 https://soc.tinh.example${LINK}`
  ])
  await close()
})

it('whatever unit and address, every SMS fits one part of the basic alphabet and keeps number, code and deadline', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
      fc.constantFrom(...occasions),
      fc.integer({ min: 0, max: 90 }),
      (name, occasion, long) => {
        const link = `https://${'a'.repeat(long)}.example/~x${LINK}`
        const { title, body, sms } = unitMessage(occasion, about(name))
        const text = smsText(
          {
            ...{ topic: 'task', priority: 2, code: 'NV-0007', title, body, sms, at: 0, link: '' },
            call: '0234 3000 000'
          },
          link
        )
        expect(text.length + (text.match(/[\^{}\\[\]~|]/g) ?? []).length).toBeLessThanOrEqual(SMS_MAX)
        expect(text).toMatch(/^[\x20-\x7e]*$/)
        expect(text).toContain('NV-0007')
        expect(text).toContain('Goi 0234 3000 000')
        if (occasion !== 'withdrawn' && occasion !== 'answer') expect(text).toContain('14:05')
        if (text.includes('https')) expect(text.endsWith(link)).toBe(true)
      }
    )
  )
})

it.each([
  [{ SOC_HOTLINE: '' }, 'setting.hotline', ['SOC_HOTLINE']],
  [{ SOC_PUBLIC_URL: '' }, 'setting.public_url', ['SOC_PUBLIC_URL']],
  [{ SOC_HOTLINE: ' ', SOC_PUBLIC_URL: '' }, 'setting.both', ['SOC_HOTLINE', 'SOC_PUBLIC_URL']]
])('without %j a message to a unit is not sent, and what is missing is said', async (environment, code, missing) => {
  const { sms, email, send, pass, fates, notifications, close, control } = toUnit(environment)
  send()
  await pass(10 * MINUTE_MS)
  expect([sms.sent, email.sent]).toEqual([[], []])
  expect(fates()).toEqual([expect.stringMatching(new RegExp(` deferred ${code}$`))])
  expect(notifications.channelHealth(false).missing).toEqual(missing)
  expect(notifications.unsentForSettings()).toBe(1)
  // The first start with both sends it.
  const again = testNotifications({ drivers: [sms, email, local()], control })
  again.clock.advance(11 * MINUTE_MS)
  again.notifications.recover()
  await again.notifications.drain()
  expect(sms.sent.length + email.sent.length).toBe(1)
  await close()
})

it('people on duty are told whatever is missing', async () => {
  const { sms, person, notifications, close } = toUnit({ SOC_HOTLINE: '', SOC_PUBLIC_URL: '' })
  person('analyst', { phone: '0912345678' })
  notifications.announce(announcement())
  await notifications.drain()
  expect(sms.sent).toHaveLength(1)
  await close()
})

it('the demonstration shows a number and an address that say they are examples', async () => {
  const { send, pass, notifications, close } = toUnit({ SOC_HOTLINE: '', SOC_PUBLIC_URL: '' })
  send('demonstration')
  await pass(MINUTE_MS)
  const { items } = notifications.views.outbox({ scope: undefined, limit: 10 })
  expect(items).toHaveLength(1)
  expect(items[0]!.text).toMatch(/so vi du|số ví dụ/)
  expect(items[0]!.text).toContain(`https://vi-du.example${LINK}`)
  await close()
})
