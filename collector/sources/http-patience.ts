import type { Frame } from '#core/frame.ts'
import type { ListenerContext, Hold, Patience } from './source.ts'

/**
 * What each sender survives, as tried with the real programs: rsyslog (no User-Agent) keeps its batch only when the
 * connection breaks or the answer is late; syslog-ng gives up after 10 s and tries again; Beats wait 90 s, Vector 60 s.
 */
export const defaultPatience: Patience = {
  events: { holdMs: 10_000, then: 429 },
  bulk: { holdMs: 25_000, then: 429 },
  syslogNg: { holdMs: 8_000, then: 503 },
  rsyslog: { holdMs: 25_000, then: 'reset' }
}

export function patienceOf(kind: 'events' | 'bulk', userAgent: string | undefined, patience: Patience): Hold {
  if (userAgent === undefined || userAgent === '' || /^(lib)?rsyslog/i.test(userAgent)) return patience.rsyslog
  if (/^syslog-ng/i.test(userAgent)) return patience.syslogNg
  return patience[kind]
}

const ASK_EVERY_MS = 50

/** Waits until frames are welcome; false when the deadline (performance.now) passes or nobody waits any more. */
export async function waitForIntake(context: ListenerContext, deadline: number, gone: () => boolean): Promise<boolean> {
  while (context.refusal() !== undefined) {
    if (gone() || performance.now() >= deadline) return false
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
  return true
}

/** Offers frames until they are taken; false when the deadline passes. Other errors than `spool.full` are thrown. */
export async function takePatiently(
  context: ListenerContext,
  frames: Frame[],
  batch: string | undefined,
  deadline: number,
  gone: () => boolean
): Promise<boolean> {
  for (;;) {
    try {
      await context.take(frames, batch)
      return true
    } catch (error) {
      if ((error as { code?: string }).code !== 'spool.full') throw error
    }
    if (gone() || performance.now() >= deadline) return false
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
    if (!(await waitForIntake(context, deadline, gone))) return false
  }
}
