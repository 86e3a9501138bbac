import { dns } from './dns.ts'
import { heartbeat } from './heartbeat.ts'
import { http } from './http.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'

/** Every kind of probe, in the order in which a form offers them. */
export const probeKinds = { http, tcp, tls, dns, heartbeat }
