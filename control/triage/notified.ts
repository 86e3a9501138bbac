import type { Outage } from '#core/api/health.ts'
import { channels } from '#control/notifications/channels/index.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { unitText } from '#core/words.ts'

/** A program that has it has told nobody. */
const machines = JSON.stringify(channels.filter(({ machine }) => machine).map(({ name }) => name))

type Notified = NonNullable<Outage['notified']>

/**
 * Who was notified of an incident since a moment (an outage may come to an incident that is older), and when they took it up:
 * the unit that was asked, its first task counts; else the person who has had the first message, who counts as having
 * taken it up only by an answer of a person; else the machine that was sent it. Null when nobody has. Read for each outage of each wall that is shown: indexed statements only.
 */
export function createNotifiedOf(
  control: Control,
  inventory: Inventory
): (incident: string, since?: number) => Notified | null {
  function asked(incident: string, since: number): Notified | null {
    const task = control.get<{ unit: string; at: number; taken: number | null }>(
      `SELECT unit, created_at AS at,
           (SELECT MIN(e.at) FROM task_entries e WHERE e.task_id = t.id AND e.side = 'unit' AND e.kind <> 'question') AS taken
         FROM tasks t WHERE incident_id = ? AND created_at >= ? AND state <> 'withdrawn' ORDER BY seq LIMIT 1`,
      incident,
      since
    )
    if (task === undefined) return null
    return { to: unitText(inventory.label(task.unit)), at: task.at, acknowledgedAt: task.taken }
  }
  function messaged(incident: string, since: number): Notified | null {
    const first = (machine: boolean) =>
      control.get<{ name: string; at: number; taken: number | null }>(
        `SELECT n.name, n.sent_at AS at, a.acknowledged_at AS taken FROM announcements a
           JOIN notifications n ON n.announcement_id = a.id
           WHERE a.subject = ? AND n.sent_at >= ? AND n.status IN ('accepted', 'delivered', 'read', 'answered')
             AND (n.channel IN (SELECT value FROM json_each(?))) = ? ORDER BY n.sent_at, n.id LIMIT 1`,
        `incident:${incident}`,
        since,
        machines,
        machine ? 1 : 0
      )
    const person = first(false)
    if (person !== undefined) return { to: person.name, at: person.at, acknowledgedAt: person.taken }
    const program = first(true)
    if (program === undefined) return null
    return { to: program.name, at: program.at, acknowledgedAt: null, machine: true }
  }
  return (incident, since = 0) => asked(incident, since) ?? messaged(incident, since)
}
