import type { ListenerOrder } from '#core/data-plane.ts'
import { port, type Setting, type ValuesOf } from '#core/setting.ts'
import { sources } from './index.ts'
import type { Source } from './source.ts'

type Sources = (typeof sources)[number]

/** Names of the protocols that may be listened for. */
export type Protocol = Sources['protocol']

/** The port setting of every protocol. */
export const listenerSettings = Object.fromEntries(
  sources.map(({ setting, about, port: usual }) => [setting, port(about, usual)])
) as { [Name in Sources['setting']]: Setting<number> }

/** Names under which the sample of a rule may say that it was heard. */
export const listenerNames: readonly string[] = sources.flatMap((source: Source) => [
  source.protocol,
  ...(source.alsoHeardAs ?? [])
])

/** The protocol of this name. */
export const sourceOf = (protocol: string): Source | undefined =>
  sources.find((source: Source) => source.protocol === protocol)

/** The listeners for real logs: one a protocol, under its own name, on the address of the intake. */
export function realListeners(
  config: { SOC_INTAKE_HOST: string } & ValuesOf<typeof listenerSettings>
): ListenerOrder[] {
  return sources.map(({ protocol, setting }) => ({
    id: protocol,
    protocol,
    host: config.SOC_INTAKE_HOST,
    port: config[setting],
    origin: 'real'
  }))
}
