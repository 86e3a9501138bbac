import { fates } from '#core/ledger.ts'
import { origins } from '#core/origin.ts'
import type { Context } from '../context.ts'

type Sample = { labels?: Record<string, string>; value: number }

const escape = (text: string) => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: Sample[]): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`)
    return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`
  })
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n')
}

/**
 * Prometheus text format 0.0.4. Sums per origin, not per sender: the number of series must not grow with what connects,
 * and the ledger screen has the senders.
 */
export function metricsText(context: Context): string {
  const { ledger, listeners, spool, store } = context.sources()
  const rows = ledger?.rows ?? []
  const sum = (origin: string, key: 'received' | (typeof fates)[number]) =>
    rows.filter((row) => row.origin === origin).reduce((total, row) => total + row[key], 0)
  const summary = context.alerts.summary(undefined, '')
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  return `${[
    metric(
      'soc_frames_received_total',
      'counter',
      'Frames received, by origin.',
      origins.map((origin) => ({ labels: { origin }, value: sum(origin, 'received') }))
    ),
    metric(
      'soc_frames',
      'gauge',
      'Frames by origin and fate; the fates of an origin add up to what it received.',
      origins.flatMap((origin) => fates.map((fate) => ({ labels: { origin, fate }, value: sum(origin, fate) })))
    ),
    metric('soc_ledger_balanced', 'gauge', '1 when every frame has exactly one fate.', [
      { value: ledger?.balanced === false ? 0 : 1 }
    ]),
    metric(
      'soc_listener_frames_total',
      'counter',
      'Frames heard by each listener since start.',
      listeners.map(({ id, protocol, frames }) => ({ labels: { listener: id, protocol }, value: frames }))
    ),
    metric(
      'soc_listener_refused_total',
      'counter',
      'What each listener refused since start, by reason.',
      listeners.flatMap(({ id, refused }) =>
        Object.entries(refused).map(([reason, value]) => ({ labels: { listener: id, reason }, value }))
      )
    ),
    metric('soc_spool_bytes', 'gauge', 'Size of the spool.', [{ value: spool.bytes }]),
    metric('soc_spool_lag_frames', 'gauge', 'Records a consumer has still to read.', [
      { labels: { consumer: 'detector' }, value: spool.lagDetector },
      { labels: { consumer: 'store' }, value: spool.lagStore }
    ]),
    metric('soc_spool_refusing', 'gauge', '1 while the spool takes nothing.', [
      { value: spool.refusal === null ? 0 : 1 }
    ]),
    metric('soc_store_away', 'gauge', '1 while the event store cannot be written.', [{ value: store.away ? 1 : 0 }]),
    metric('soc_alerts_new', 'gauge', 'Alerts nobody has taken yet.', [{ value: summary.newAlerts }]),
    metric('soc_incidents_open', 'gauge', 'Incidents that are not closed.', [{ value: summary.openIncidents }]),
    metric('soc_rules_broken', 'gauge', 'Rules that cannot run.', [
      { value: context.rules.list({ offset: 0, limit: 0 }).broken }
    ]),
    metric('soc_live_connections', 'gauge', 'Browsers on the live feed.', [{ value: context.live.connections() }]),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory of the process.', [{ value: memory.rss }]),
    metric('process_cpu_seconds_total', 'counter', 'User and system time of the process.', [
      { value: (cpu.user + cpu.system) / 1e6 }
    ]),
    metric('process_start_time_seconds', 'gauge', 'Start of the process, seconds since the epoch.', [
      { value: Math.round(performance.timeOrigin) / 1000 }
    ])
  ].join('\n')}\n`
}
