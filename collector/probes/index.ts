import type { ProbeKind } from '#core/health.ts'
import { dns } from './dns.ts'
import { http } from './http.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'
import type { ProbeRun } from './probe.ts'

/** Every kind of probe that asks; a heartbeat is not asked for, it comes. */
export const probeRuns: { [K in Exclude<ProbeKind, 'heartbeat'>]: ProbeRun<K> } = { http, tcp, tls, dns }
