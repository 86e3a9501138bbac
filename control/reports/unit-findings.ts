import type { PeriodFigures } from '#core/api/posture.ts'
import { levels, type Level, type RuleSummary } from '#core/match.ts'
import type { Control } from '#control/database/control.ts'

/** Lines of each list; the rest is counted. */
const MAX_LINES = 20

/**
 * What a weekly report to the owner of systems names besides figures (Thông tư 31/2017/TT-BTTTT, Điều 5): what was attacked, by what
 * technique, from where. Only of the owner's own units, as the owner sees it in the console.
 */
export type UnitFindings = {
  techniques: { title: string; tags: string[]; level: Level; alerts: number; first: number; last: number }[]
  objects: { name: string; alerts: number }[]
  attackers: { name: string; alerts: number }[]
  sources: { name: string; heard: boolean }[]
}

const attackedFields = ['host.name', 'url.domain', 'destination.ip', 'service.name', 'user.name']
const attackerFields = ['source.ip', 'source.address']

export function unitFindings(control: Control, units: ReadonlySet<string>, figures: PeriodFigures): UnitFindings {
  const codes = JSON.stringify([...units])
  const until = figures.running ? figures.asOf : figures.toMs
  const rows = control.all<{
    rule: string
    level: Level
    entity: string
    raised_at: number
    last_seen: number
  }>(
    `SELECT rule, level, entity, raised_at, last_seen FROM alerts WHERE unit IN (SELECT value FROM json_each(?))
       AND origin = ? AND raised_at >= ? AND raised_at < ? AND rule_id NOT LIKE 'soc.%' ORDER BY raised_at LIMIT 5000`,
    codes,
    figures.origin,
    figures.fromMs,
    until
  )
  const techniques = new Map<string, UnitFindings['techniques'][number]>()
  const objects = new Map<string, number>()
  const attackers = new Map<string, number>()
  for (const row of rows) {
    const rule = JSON.parse(row.rule) as RuleSummary
    const known = techniques.get(rule.id)
    const last = Math.min(row.last_seen, until)
    if (known === undefined) {
      techniques.set(rule.id, {
        title: rule.title.vi,
        tags: rule.tags.filter((tag) => /^attack\.t\d/.test(tag)).map((tag) => tag.slice(7).toUpperCase()),
        level: row.level,
        alerts: 1,
        first: row.raised_at,
        last
      })
    } else {
      known.alerts += 1
      known.last = Math.max(known.last, last)
    }
    for (const [field, value] of Object.entries(JSON.parse(row.entity) as Record<string, string>)) {
      if (attackedFields.includes(field)) objects.set(value, (objects.get(value) ?? 0) + 1)
      if (attackerFields.includes(field)) attackers.set(value, (attackers.get(value) ?? 0) + 1)
    }
  }
  const sources = control.all<{ name: string; heard: number }>(
    `SELECT s.name, EXISTS (SELECT 1 FROM unit_days d WHERE d.unit = s.unit AND d.origin = s.origin AND d.day BETWEEN ? AND ?) AS heard
       FROM senders s WHERE s.unit IN (SELECT value FROM json_each(?)) AND s.origin = ? AND s.created_at < ? ORDER BY s.name`,
    figures.period.from,
    figures.period.to,
    codes,
    figures.origin,
    until
  )
  return {
    techniques: [...techniques.values()]
      .sort((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || b.alerts - a.alerts)
      .slice(0, MAX_LINES),
    objects: most(objects),
    attackers: most(attackers),
    sources: sources.map(({ name, heard }) => ({ name, heard: heard === 1 }))
  }
}

const most = (counts: Map<string, number>) =>
  [...counts]
    .map(([name, alerts]) => ({ name, alerts }))
    .sort((a, b) => b.alerts - a.alerts || a.name.localeCompare(b.name, 'vi'))
    .slice(0, MAX_LINES)
