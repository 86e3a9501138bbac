import type { ChannelName } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'
import { reachesEverybody, waysOf } from './channel-lists.ts'
import type { Way } from './channels/channel.ts'
import type { Driver } from './driver.ts'
import type { Hop } from './outbox.ts'
import type { Recipient } from './recipients.ts'

/** Which channels reach a person. */
export class Reach {
  readonly #control: Control
  readonly #drivers: ReadonlyMap<ChannelName, Driver>

  constructor(control: Control, drivers: ReadonlyMap<ChannelName, Driver>) {
    this.#control = control
    this.#drivers = drivers
  }

  /** Whether a channel has its settings. */
  isConfigured(channel: ChannelName): boolean {
    return this.#drivers.get(channel)?.configured ?? false
  }

  /** The channels of one way of telling that reach a person, the preferred ones first. */
  hops(person: Recipient, way: Way, origin: Origin): Hop[] {
    const channels = waysOf(way)
    const wanted = channels.map(({ name }) => name)
    const order = [...person.preferred.filter((channel) => wanted.includes(channel)), ...wanted]
    const reached = [...new Set(order)].flatMap((channel) => {
      const address = person.addresses[channel]
      if (address === undefined) return []
      // What stays on the machine is shown as it would be with every channel set up.
      if (origin === 'real' && (!this.isConfigured(channel) || this.#isUnreachable(channel, address))) return []
      return [{ channel, address }]
    })
    if (reached.length > 0 || origin === 'real') return reached
    return [{ channel: channels.find(reachesEverybody)!.name, address: '' }]
  }

  /** A provider said for good that this address cannot be reached. */
  #isUnreachable(channel: ChannelName, address: string): boolean {
    return (
      this.#control
        .sql('SELECT 1 FROM unreachable_addresses WHERE channel = ? AND address = ?')
        .get(channel, address) !== undefined
    )
  }
}
