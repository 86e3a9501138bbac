import type { Announcement } from '#core/notification.ts'
import type { TaskDetail } from '#core/api/tasks.ts'
import type { Actor } from '#control/rights/actor.ts'
import { OWN, testConsole, type Person, type TestConsole } from './console.ts'

/** A console with contacts at the own unit, an analyst, and a hand on what is announced. For tests of tasks. */
export type TaskTest = TestConsole & {
  analyst: Person
  /** The same analyst as who acts. */
  asking: Actor
  /** Messages to units and the SOC, oldest first. */
  announced: Announcement[]
  /** Who acknowledged what. */
  acknowledged: string[]
  ask(more?: Record<string, unknown>): Promise<TaskDetail>
  /** The token of the newest link that was sent. */
  token(): string
}

export const CONTACTS = [
  { id: 'c1', role: 'Cán bộ công nghệ thông tin', name: 'Đầu mối một' },
  { id: 'c2', role: 'Công chức văn phòng', name: 'Đầu mối hai' },
  { id: 'c3', role: 'Chủ tịch UBND', name: 'Đầu mối ba' }
] as const

export function taskTest(environment: Record<string, string> = {}, webRoot?: string): TaskTest {
  let asked = 0
  const announced: Announcement[] = []
  const acknowledged: string[] = []
  const keys = new Set<string>()
  const test = testConsole({
    environment,
    ...(webRoot === undefined ? {} : { webRoot })
  })
  const { notifications } = test.parts
  const { announce, acknowledge } = notifications
  notifications.announce = (announcement) => {
    if (!keys.has(announcement.key)) announced.push(announcement)
    keys.add(announcement.key)
    announce(announcement)
  }
  notifications.acknowledge = (subject, by) => {
    acknowledged.push(subject)
    return acknowledge(subject, by)
  }
  for (const { id, role, name } of CONTACTS)
    test.parts.control.sql('INSERT INTO contacts (id, unit, role, name) VALUES (?, ?, ?, ?)').run(id, OWN, role, name)
  const analyst = test.person('analyst')
  return {
    ...test,
    analyst,
    asking: { id: analyst.id, name: 'Trực ban' },
    announced,
    acknowledged,
    async ask(more = {}) {
      const answer = await test.app.inject({
        method: 'POST',
        url: '/api/tasks',
        headers: analyst.headers,
        payload: {
          unit: OWN,
          alerts: [test.world.ids.own],
          incident: null,
          title: { vi: 'Cổng thông tin xã có dấu hiệu bị chiếm quyền', en: '' },
          // Another request each time: the same words twice within a minute are one task.
          what: { vi: `Có người dò được mật khẩu, lần ${++asked}.`, en: '' },
          steps: [{ vi: 'Đổi mật khẩu.', en: 'Change the password.' }],
          deadline: test.parts.clock.now() + 3_600_000,
          contact: 'c1',
          ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'told'))
        }
      })
      if (answer.statusCode !== 200) throw new Error(answer.body)
      const detail = answer.json<TaskDetail>()
      // The contacts of the test have no addresses; by default their message has reached them.
      if (more['told'] !== false)
        test.parts.control
          .sql('UPDATE tasks SET told_at = coalesce(told_at, created_at) WHERE id = ?')
          .run(detail.task.id)
      return detail
    },
    token: () => announced.findLast(({ link }) => link.startsWith('/t/'))?.link.slice(3) ?? ''
  }
}

/** A phone: keeps the cookies it was given and answers as the page does. */
export function phone(test: TaskTest) {
  const cookies = new Map<string, string>()
  type Answer = Awaited<ReturnType<TestConsole['app']['inject']>>
  const headers = () => ({
    origin: 'http://soc.example',
    host: 'soc.example',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  })
  function keep(answer: Answer) {
    for (const { name, value } of answer.cookies) cookies.set(name, value)
    return answer
  }
  return {
    cookies,
    headers,
    open: async (token = test.token()) =>
      keep(await test.app.inject({ url: `/api/task-links/${token}`, headers: headers() })),
    say: async (nonce: string, kind: string, text?: string, token = test.token()) =>
      keep(
        await test.app.inject({
          method: 'POST',
          url: `/api/task-links/${token}/answers`,
          headers: headers(),
          payload: { nonce, kind, ...(text === undefined ? {} : { text }) }
        })
      ),
    send: async (nonce: string, name: string, body: Buffer, token = test.token()) =>
      keep(
        await test.app.inject({
          method: 'POST',
          url: `/api/task-links/${token}/files`,
          headers: {
            ...headers(),
            'content-type': 'application/octet-stream',
            'x-task-nonce': nonce,
            'x-file-name': encodeURIComponent(name)
          },
          payload: body
        })
      )
  }
}
