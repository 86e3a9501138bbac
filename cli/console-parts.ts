import type { Logger } from 'pino'
import type { ConsoleParts } from '#console/server/context.ts'
import type { ControlPlane } from '#control/control-plane.ts'
import { sourcesStatus } from '#control/senders/sources-status.ts'
import type { Config } from '#core/config.ts'
import type { DataPlane } from '#core/data-plane.ts'
import type { StoreReader } from '#core/event-search.ts'
import { version } from '#core/version.ts'
import type { Demonstration } from '#demonstration/open.ts'
import { reachedAt } from './reached-at.ts'
import { createReplay } from '#threads/replay.ts'

/** What the console needs of the data plane and of how this process is run. */
export function consoleParts(
  parts: {
    config: Config
    control: ControlPlane
    dataPlane: DataPlane
    reader: StoreReader
    demonstration: Demonstration
    log: Logger
  },
  webRoot: string | undefined
): ConsoleParts {
  const { config, control, dataPlane, reader, demonstration } = parts
  const { state } = dataPlane
  const portOf = (protocol: string) =>
    state.listeners.find((listener) => listener.protocol === protocol && listener.origin === 'real')?.port ?? 0
  return {
    search: reader,
    sources: () => sourcesStatus(state, config),
    replay: createReplay({ reader, dataPlane, snapshot: control.snapshot }),
    demonstration: { status: () => control.demonstration.status(), end: () => demonstration.end() },
    readiness: () => [
      { name: 'rules', ready: state.rulesLoadedAt > 0, reason: 'rules are still loading' },
      { name: 'store', ready: state.store.away === null, reason: state.store.away?.reason ?? '' },
      { name: 'spool', ready: state.spool.refusal === null, reason: state.spool.refusal ?? '' }
    ],
    intake: () => ({
      host: reachedAt(config.SOC_INTAKE_HOST, config.SOC_PUBLIC_URL),
      httpPort: portOf('http'),
      syslogPort: portOf('syslog-tcp'),
      tls: config.SOC_TLS_CERT !== ''
    }),
    version,
    ...(webRoot === undefined ? {} : { webRoot }),
    requestLog: parts.log
  }
}
