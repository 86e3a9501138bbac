import type { ProbeDraft } from '#core/api/health.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { ERROR_WORDS } from './page.ts'
import type { StandIn } from './stand-ins.ts'

/** How often and how patiently the stand-ins are asked. Milliseconds. */
export type ProbeTiming = {
  intervalMs: number
  timeoutMs: number
  attempts: number
  retryMs: number
  slowMs: number
  /** How often a device reports, and how long after that it is missed. */
  heartbeatMs: number
  graceMs: number
}
const usual: ProbeTiming = {
  intervalMs: 60_000,
  timeoutMs: 10_000,
  attempts: 3,
  retryMs: 2_000,
  slowMs: 3_000,
  heartbeatMs: 300_000,
  graceMs: 120_000
}

/** Days left below which a certificate is worth a word. */
const CERTIFICATE_DAYS = 30

function targetOf(standIn: StandIn, timing: ProbeTiming): ProbeTarget {
  const { host, face, name } = standIn
  if (face === 'heartbeat' || standIn.port === null)
    return { kind: 'heartbeat', everyMs: timing.heartbeatMs, graceMs: timing.graceMs, officeHours: false }
  if (face === 'tcp') return { kind: 'tcp', host, port: standIn.port, slowMs: timing.slowMs }
  const page = face !== 'api'
  return {
    kind: 'http',
    url: `${face === 'secure' ? 'https' : 'http'}://${host}:${standIn.port}/${page ? '' : 'health'}`,
    method: 'GET',
    statuses: [],
    keyword: page ? name : '',
    notKeyword: page ? ERROR_WORDS : '',
    jsonPath: page ? '' : '$.status',
    jsonValue: page ? '' : 'UP',
    slowMs: timing.slowMs,
    certificateDays: face === 'secure' ? CERTIFICATE_DAYS : 0,
    redirects: 0
  }
}

/** One probe for every stand-in, those of our own line included: what an engineer would set up first. */
export function probesFor(standIns: readonly StandIn[], timing: Partial<ProbeTiming> = {}): ProbeDraft[] {
  const chosen = { ...usual, ...timing }
  return standIns.map((standIn) => ({
    name: standIn.name,
    system: standIn.system,
    target: targetOf(standIn, chosen),
    intervalMs: chosen.intervalMs,
    timeoutMs: chosen.timeoutMs,
    attempts: chosen.attempts,
    retryMs: chosen.retryMs,
    enabled: true,
    critical: true
  }))
}
