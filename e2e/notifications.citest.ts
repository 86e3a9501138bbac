import { expect, it } from 'vitest'
import { notifications } from '../bench/notifications.ts'

it('kill -9 during notifications loses none, doubles none at webhook and SMS, and mails only what was in flight', async () => {
  const figures = await notifications.run(['--messages', '300', '--kills', '3'], () => undefined)
  const byName = Object.fromEntries(figures.map((figure) => [figure.name, figure.value]))
  expect(byName['messages']).toBe(300)
  expect(figures.filter((figure) => figure.reached === false)).toEqual([])
})
