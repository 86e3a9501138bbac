import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { createNotifications } from '#control/notifications/notifications.ts'
import { systemClock } from '#core/clock.ts'
import { readSettings } from '../cli/settings.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'

/*
 * The notifications of the platform alone, as a process that can be killed: announces what the drill asks for, each in the
 * transaction of a change of its own, and sends. Started again it goes on where it was.
 */

const total = Number(process.argv[2])
const config = readSettings(process.env)
const control = openControl(join(config.SOC_DATA, 'control.db'))
const notifications = createNotifications({
  control,
  inventory: loadInventory(config.SOC_CATALOGUE_DATE),
  clock: systemClock,
  config
})
control.transaction(() => {
  for (let n = 0; n < total; n++) {
    const id = `person-${n}`
    control
      .sql(
        `INSERT OR IGNORE INTO users (id, username, name, role, password, created_at) VALUES (?, ?, ?, 'analyst', '-', 0)`
      )
      .run(id, id, `Người nhận ${n}`)
    notifications.people.set(id, {
      addresses: { phone: `09${String(10_000_000 + n)}`, email: `person-${n}@example.test` },
      channels: []
    })
  }
  notifications.policies.set(1, {
    when: 'always',
    steps: [{ afterMin: 0, to: 'all', by: ['sms', 'email'] }],
    repeatEveryMin: 0,
    repeats: 0
  })
})
notifications.start()
setInterval(() => notifications.tick(), 1_000).unref()
for (let n = 0; n < total; n++) {
  const done = control.sql('SELECT 1 FROM meta WHERE key = ?').get(`change-${n}`) !== undefined
  if (done) continue
  control.transaction(() => {
    // The change itself: it and what announces it are there together or not at all.
    control.sql('INSERT INTO meta (key, value) VALUES (?, ?)').run(`change-${n}`, 'made')
    notifications.announce({
      key: `drill:${n}`,
      topic: 'health',
      priority: 1,
      origin: 'real',
      subject: `drill:${n}`,
      unit: '',
      to: [{ kind: 'user', userId: `person-${n}` }],
      title: { vi: `Diễn tập ${n}`, en: `Drill ${n}` },
      body: { vi: 'Diễn tập ngắt điện.', en: 'Power cut drill.' },
      code: `DT-${n}`,
      link: '',
      escalates: false
    })
  })
  if (n % 5 === 0) await breathe()
}
// Sends until it is killed or told to end.
setInterval(() => undefined, 60_000)
