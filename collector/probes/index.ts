import type { AskedKind } from '#core/probes/target.ts'
import { dns } from './dns.ts'
import { http } from './http.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'
import type { ProbeRun } from './probe.ts'

/** How each kind of probe is asked; its fields, checks and words are in core/probes/ under the same name. */
export const probeRuns: { [Kind in AskedKind]: ProbeRun<Kind> } = { http, tcp, tls, dns }
