import type { IncidentRow } from '#core/api/alerts.ts'
import type { TurnKind } from './record/touched.ts'

type Status = IncidentRow['status']

/** What a way of an incident is told as, or why nobody is told; docs/notifications.md prints the same. */
export type Telling = { turn: TurnKind } | { silent: string }

const working: Telling = { silent: 'whoever works on it moved it' }
const taken: Telling = { turn: 'taken' }
const closed: Telling = { turn: 'closed' }
const reopened: Telling = { turn: 'reopened' }

/** Every change of status, whoever makes it, and what follows; the platform's own ways are below. */
export const transitions: Record<Status, Partial<Record<Status, Telling>>> = {
  new: { in_progress: taken, waiting: taken, review: taken, closed },
  in_progress: { new: working, waiting: working, review: working, closed },
  waiting: { new: working, in_progress: working, review: working, closed },
  review: { new: working, in_progress: working, waiting: working, closed },
  closed: { new: reopened, in_progress: reopened, waiting: reopened, review: reopened }
}

/** What happens to an incident beside a change of its status by a person. */
export const happenings = {
  opens: { turn: 'opened' },
  'becomes graver': { turn: 'raised' },
  'is assigned for the first time': { turn: 'taken' },
  'what it is about is over': { turn: 'recovered' },
  'one of several things it is about is over': { silent: 'the others are still open, and it is still told' },
  'comes back while it waits for review': { turn: 'again' },
  'comes back while somebody works on it': { silent: 'it never rested: its escalation still runs, or somebody has it' },
  'comes back within an hour of its closing': { turn: 'reopened' },
  'is merged into another': { turn: 'merged' },
  'is taken out of another again': { turn: 'unmerged' },
  'is taken out of another again, and had been closed before': { silent: 'it is as over as it was' },
  'loses its last alert': { turn: 'closed' }
} as const satisfies Record<string, Telling>

/** Whom each turn is told to. */
export const tellings: Record<TurnKind, string> = {
  opened: 'duty, escalates (P1, P2)',
  raised: 'duty, escalates (P1, P2), once for each level',
  reopened: 'duty, escalates (P1, P2)',
  again: 'duty, escalates anew (P1, P2)',
  unmerged: 'duty; escalates (P1, P2) when nobody has taken it up',
  recovered: 'whoever was told of it; what is on its way stops as `recovered`',
  merged: 'whoever was told of it; they hear from then on of the other; what is on its way stops as `merged`',
  closed: 'whoever was told of it, and duty in working hours; what is on its way stops as `over`',
  taken: 'nobody: what is on its way stops as `acknowledged`'
}

/** The table of docs/notifications.md. */
export function transitionTable(): string[] {
  const said = (telling: Telling) => ('turn' in telling ? `**${telling.turn}**` : `none: ${telling.silent}`)
  const moves = Object.entries(transitions).flatMap(([from, ways]) =>
    Object.entries(ways).map(([to, telling]) => `| ${from} → ${to} | ${said(telling)} |`)
  )
  const others = Object.entries(happenings).map(([name, telling]) => `| ${name} | ${said(telling)} |`)
  return [...moves, ...others, ...Object.entries(tellings).map(([turn, whom]) => `| **${turn}** | ${whom} |`)]
}
