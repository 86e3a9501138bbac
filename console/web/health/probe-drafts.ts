import { DAY_MS, MINUTE_MS } from '#core/time.ts'
import type { ProbeDraft, ProbeResultView } from '#core/api/health.ts'
import { probeKinds, type ProbeKind } from '#core/health.ts'

export { probeKinds }
export type { ProbeKind }
type Target = ProbeDraft['target']

/** A target of each kind as a form starts with it: what most systems of a province need. */
export function freshTarget(kind: ProbeKind): Target {
  switch (kind) {
    case 'http':
      return {
        kind,
        url: 'https://',
        method: 'GET',
        statuses: [],
        keyword: '',
        notKeyword: '',
        jsonPath: '',
        jsonValue: '',
        slowMs: 3_000,
        certificateDays: 14,
        redirects: 2
      }
    case 'tcp':
      return { kind, host: '', port: 443, slowMs: 0 }
    case 'tls':
      return { kind, host: '', port: 443, serverName: '', certificateDays: 14 }
    case 'dns':
      return { kind, name: '', type: 'A', expected: [], server: '' }
    case 'heartbeat':
      return { kind, everyMs: 5 * MINUTE_MS, graceMs: 2 * MINUTE_MS, officeHours: false }
  }
}

/** A draft for a new probe of a system. */
export function freshDraft(system: string): ProbeDraft {
  return {
    name: '',
    system,
    target: freshTarget('http'),
    intervalMs: 30_000,
    timeoutMs: 10_000,
    attempts: 3,
    retryMs: 3_000,
    enabled: true,
    critical: true
  }
}

/** `200, 301` as numbers; what is no number becomes NaN and is refused by the server. */
export function statusesOf(text: string): number[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(Number)
}

/** Lines that say something. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Where a probe points, in one line: for lists and titles. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case 'http':
      return target.url
    case 'tcp':
    case 'tls':
      return `${target.host}:${target.port}`
    case 'dns':
      return `${target.type} ${target.name}`
    case 'heartbeat':
      return ''
  }
}

/** Whole days left of the certificate that was last seen; negative when it has expired, null when none was seen. */
export function certificateDays(last: Pick<ProbeResultView, 'certificateUntil'> | null, now: number): number | null {
  return last === null || last.certificateUntil === null ? null : Math.floor((last.certificateUntil - now) / DAY_MS)
}
