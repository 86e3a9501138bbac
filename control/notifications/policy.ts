import type { Static } from 'typebox'
import type { EscalationPolicy } from '#core/api/notifications.ts'
import type { Announcement, Priority } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'

export type Policy = Static<typeof EscalationPolicy>

/**
 * What happens when nothing is set: P1 wakes people by chat and SMS at once, the next one after 10 minutes, the head after
 * 30, and comes back at most five times; P2 tries chat, the others after 10
 * minutes, then SMS after 15; P3 waits for working hours; P4 is a digest.
 */
const builtIn: Record<Priority, Omit<Policy, 'priority' | 'changed'>> = {
  1: {
    when: 'always',
    steps: [
      { afterMin: 0, to: 'first', by: ['chat', 'sms'] },
      { afterMin: 10, to: 'next', by: ['chat', 'sms'] },
      { afterMin: 30, to: 'head', by: ['chat', 'sms'] }
    ],
    repeatEveryMin: 30,
    repeats: 5
  },
  2: {
    when: 'always',
    steps: [
      { afterMin: 0, to: 'first', by: ['chat'] },
      { afterMin: 10, to: 'next', by: ['chat'] },
      { afterMin: 15, to: 'first', by: ['sms'] }
    ],
    repeatEveryMin: 0,
    repeats: 0
  },
  3: { when: 'working_hours', steps: [{ afterMin: 0, to: 'first', by: ['chat'] }], repeatEveryMin: 0, repeats: 0 },
  4: { when: 'digest', steps: [{ afterMin: 0, to: 'first', by: ['email'] }], repeatEveryMin: 0, repeats: 0 }
}

type PolicyRow = { policy: string }

/** The steps of each priority, as an administrator set them or built in. */
export function createPolicies(control: Control) {
  function get(priority: Priority): Policy {
    const row = control.get<PolicyRow>('SELECT policy FROM escalation_policy WHERE priority = ?', priority)
    if (row === undefined) return { priority, changed: false, ...structuredClone(builtIn[priority]) }
    return { ...(JSON.parse(row.policy) as Omit<Policy, 'priority' | 'changed'>), priority, changed: true }
  }
  return {
    get,
    list: (): Policy[] => ([1, 2, 3, 4] as const).map(get),
    /** Steps come in order of time and the first at once; the caller's schema has checked the bounds. */
    set(priority: Priority, policy: Omit<Policy, 'priority' | 'changed'>): Policy {
      const steps = [...policy.steps].sort((a, b) => a.afterMin - b.afterMin)
      control
        .sql('INSERT OR REPLACE INTO escalation_policy (priority, policy) VALUES (?, ?)')
        .run(priority, JSON.stringify({ ...policy, steps }))
      return get(priority)
    },
    reset(priority: Priority): Policy {
      control.sql('DELETE FROM escalation_policy WHERE priority = ?').run(priority)
      return get(priority)
    }
  }
}

export type Policies = ReturnType<typeof createPolicies>

/** What must not wait for working hours or go into a digest: somebody waits for exactly this message. */
export const isPersonal = (announcement: Pick<Announcement, 'topic' | 'attachments'>) =>
  announcement.topic === 'account' ||
  announcement.topic === 'report' ||
  announcement.topic === 'task' ||
  (announcement.attachments ?? []).length > 0
