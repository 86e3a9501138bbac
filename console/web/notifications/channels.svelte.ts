import type { ChannelList } from '#core/api/notifications.ts'
import { createContext } from 'svelte'
import { codeText, pick } from '../i18n/text.svelte.ts'
import { Remote } from '../live/remote.svelte.ts'

/** The channels there are, as the server names them; a channel or code it does not name is shown as its code. */
export class Channels {
  readonly remote: Remote<ChannelList>

  constructor(now: () => number, ask: () => Promise<ChannelList>) {
    this.remote = new Remote(now, ask)
  }

  get all() {
    return this.remote.value?.channels ?? []
  }

  name(channel: string): string {
    const known = this.all.find((candidate) => candidate.channel === channel)
    return known === undefined ? channel : pick(known.label)
  }

  /** Words for why a notification stands where it stands: ours, else those of the channel whose provider said it. */
  code(code: string): string {
    const words = Object.assign({}, ...this.all.map(({ codes }) => codes)) as ChannelList['channels'][number]['codes']
    for (let key = code; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
      const text = words[key]
      if (text !== undefined) return pick(text)
    }
    return codeText('notification.code', code)
  }
}

/** The channels of the page of notifications, for its parts. */
export const [useChannels, provideChannels] = createContext<Channels>()
