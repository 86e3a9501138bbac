import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, it } from 'vitest'
import { openControl } from '#control/database/control.ts'
import { testNotifications } from '#testing/notifications.ts'

const folder = mkdtempSync(join(tmpdir(), 'vong-lau-migration-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A control database as it was before notifications had their name. */
function oldDatabase(): string {
  const path = join(folder, 'control.db')
  const database = new DatabaseSync(path)
  database.function('audit_hash', { varargs: true }, () => '')
  database.exec('PRAGMA synchronous=OFF; BEGIN')
  const migrations = join(import.meta.dirname, '../database/migrations')
  const old = readdirSync(migrations).filter((name) => name < '0009')
  for (const name of old.sort()) database.exec(readFileSync(join(migrations, name), 'utf8'))
  database.exec(`PRAGMA user_version=${old.length};
    INSERT INTO users (id, username, name, role, password, created_at, email) VALUES
      ('a', 'a', 'Người một', 'analyst', '-', 1, ''), ('b', 'b', 'Người hai', 'admin', '-', 2, 'hai@example.test');
    INSERT INTO user_contacts VALUES ('a', '0912 345 678', 'a@example.test', 'zu', 'zc', '-100', '["sms"]'), ('b', '', '', '', '', '', '[]');
    INSERT INTO announcements (id, key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
      VALUES (1, 'k', 1, 'incident', 1, 'real', 'incident:VL-0001', '', 'VL-0001', '{"vi":"Một","en":"One"}', '{"vi":"","en":""}', '', '[]');
    INSERT INTO deliveries (id, message_id, announcement_id, step, recipient, name, channel, address, composed_as, status,
      due_at, expires_at, queued_at, changed_at) VALUES (7, 'm7', 1, 0, 'user:a', 'Người một', 'sms', '84912345678', 'sms', 'accepted', 1, 2, 1, 1);
    INSERT INTO delivery_history VALUES (7, 1, 1, 'queued', '', ''), (7, 2, 1, 'accepted', '', ''); COMMIT;`)
  database.close()
  return path
}

it('a database from before keeps its messages with their history, and people are reached as they were', async () => {
  const { notifications, control, close } = testNotifications({ control: openControl(oldDatabase()), drivers: [] })
  const { items } = notifications.views.list({ scope: undefined, limit: 10 })
  expect(items).toMatchObject([{ id: 7, status: 'accepted', channel: 'sms', subjectCode: 'VL-0001' }])
  expect(notifications.views.detail(7, undefined)!.history).toHaveLength(2)
  expect(notifications.people.list().people.map(({ contact }) => contact)).toEqual([
    {
      addresses: { phone: '', email: 'hai@example.test', zalo_user: '', zalo_chat: '', telegram_chat: '' },
      channels: []
    },
    {
      addresses: {
        phone: '0912 345 678',
        email: 'a@example.test',
        zalo_user: 'zu',
        zalo_chat: 'zc',
        telegram_chat: '-100'
      },
      channels: ['sms']
    }
  ])
  expect(control.sql('PRAGMA foreign_key_check').all()).toEqual([])
  notifications.forget('real')
  expect(control.sql('SELECT count(*) AS n FROM notification_history').get()).toEqual({ n: 0 })
  await close()
})
