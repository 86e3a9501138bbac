import { Type } from 'typebox'
import type { Routes } from './routes.ts'

const Channel = Type.Object({ channel: Type.String({ minLength: 1, maxLength: 30 }) })
const Taken = Type.Object({ ok: Type.Boolean() })
const note = '403 without the provider’s signature or key (docs/notifications.md).'

/** Where providers tell what became of a message: the call's own signature or key is the right. */
export const notificationHooksApi = {
  'POST /hooks/notifications/:channel': {
    who: 'public',
    about: 'A provider’s receipt',
    note,
    params: Channel,
    answer: Taken
  },
  'GET /hooks/notifications/:channel': {
    who: 'public',
    about: 'A provider’s receipt, from gateways that call with GET',
    note,
    params: Channel,
    answer: Taken
  }
} satisfies Routes
