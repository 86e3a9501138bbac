import { DAY_MS } from '#core/time.ts'
import type { ProbeDraft, ProbeResultView } from '#core/api/health.ts'
import type { ProbeField } from '#core/probes/kind.ts'
import { kindNamed, type ProbeKind, type ProbeTarget } from '#core/probes/target.ts'

/** What stands in a form for one field: texts, also for lists; numbers in the unit that people read. */
export type Shown = string | number | boolean
export type ShownFields = Record<string, Shown>

/** A target of this kind as a form shows it: `target`, or what a new probe starts with. */
export function shownFields(kind: ProbeKind, target?: ProbeTarget): ShownFields {
  const values: Record<string, unknown> = target?.kind === kind ? target : startOf(kind)
  return Object.fromEntries(
    Object.entries(kindNamed(kind).fields).map(([name, field]) => [name, shown(field, values[name])])
  )
}

/** The target that the form stands for; what is wrong in it is refused by the server. */
export function targetOf(kind: ProbeKind, fields: ShownFields): ProbeTarget {
  const values = Object.entries(kindNamed(kind).fields).map(([name, field]) => [name, valueOf(field, fields[name]!)])
  return { kind, ...Object.fromEntries(values) } as ProbeTarget
}

/** A target of each kind as a form starts with it: the one that most systems of a province need. */
function startOf(kind: ProbeKind): ProbeTarget {
  const values = Object.entries(kindNamed(kind).fields).map(([name, field]) => [
    name,
    field.is === 'numbers' || field.is === 'lines' ? [] : field.start
  ])
  return { kind, ...Object.fromEntries(values) } as ProbeTarget
}

function shown(field: ProbeField, value: unknown): Shown {
  if (field.is === 'numbers') return (value as number[]).join(', ')
  if (field.is === 'lines') return (value as string[]).join('\n')
  if (field.is === 'number' && field.unit !== undefined) return (value as number) / field.unit
  return value as Shown
}

function valueOf(field: ProbeField, shown: Shown): unknown {
  if (field.is === 'numbers') return numbersOf(String(shown))
  if (field.is === 'lines') return linesOf(String(shown))
  if (field.is === 'number' && field.unit !== undefined) return Math.round(Number(shown) * field.unit)
  return shown
}

/** The least that a number field takes, in its unit, rounded up so that a person may type it. */
export const leastShown = ({ min, unit }: { min: number; unit?: number }) =>
  unit === undefined ? min : Math.ceil((min / unit) * 10) / 10

/** A draft for a new probe of a system. */
export function freshDraft(system: string): ProbeDraft {
  return {
    name: '',
    system,
    target: startOf('http'),
    intervalMs: 30_000,
    timeoutMs: 10_000,
    attempts: 3,
    retryMs: 3_000,
    enabled: true,
    critical: true
  }
}

/** `200, 301` as numbers; what is no number becomes NaN and is refused by the server. */
function numbersOf(text: string): number[] {
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

/** Whole days left of the certificate that was last seen; negative when it has expired, null when none was seen. */
export function certificateDays(last: Pick<ProbeResultView, 'certificateUntil'> | null, now: number): number | null {
  return last === null || last.certificateUntil === null ? null : Math.floor((last.certificateUntil - now) / DAY_MS)
}
