import type { NotificationStatus } from '#core/notification.ts'
import type { Sign } from '../kit/StateSign.svelte'

/** A message's fate by shape: a tick only for what has arrived; "accepted" is still on its way. */
export const notificationSigns: Record<NotificationStatus, Sign> = {
  queued: 'planned',
  sending: 'planned',
  accepted: 'degraded',
  delivered: 'up',
  read: 'up',
  answered: 'up',
  deferred: 'maintenance',
  failed: 'down',
  cancelled: 'undescribed'
}
