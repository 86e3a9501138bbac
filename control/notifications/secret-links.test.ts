import { expect, it } from 'vitest'
import { announcement, testNotifications } from '#testing/notifications.ts'

it.each([
  ['/t/abcdefghijklmnop', true],
  ['/welcome/abcdefghijklmnop', true],
  ['/incidents/VL-0001', false]
])('a copy of the database opens nothing: %s', (link, isSecret) => {
  const t = testNotifications()
  t.notifications.announce(announcement({ link }))
  const row = t.control.single<{ link: string }>('SELECT link FROM announcements')
  expect(row.link.includes(link)).toBe(!isSecret)
  t.control.close()
})
