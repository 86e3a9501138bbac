import { openHttp } from './http.ts'
import type { ListenerOrder } from '#core/data-plane.ts'
import type { Source } from './source.ts'
import { openSyslogTcp } from './syslog-tcp.ts'
import { openSyslogUdp } from './syslog-udp.ts'

/** Every protocol, by its name in a {@link ListenerOrder}. */
export const sources = {
  'syslog-udp': openSyslogUdp,
  'syslog-tcp': openSyslogTcp,
  http: openHttp
} satisfies Record<ListenerOrder['protocol'], Source>
