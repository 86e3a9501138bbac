import { http } from './http.ts'
import { syslogTcp } from './syslog-tcp.ts'
import { syslogUdp } from './syslog-udp.ts'

/** Every protocol, in the order in which its listener for real logs is opened. */
export const sources = [syslogUdp, syslogTcp, http] as const
