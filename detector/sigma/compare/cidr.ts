import { holdsAddress, parseAddress, readNetwork, type Network } from '#core/network.ts'

export type { Network } from '#core/network.ts'

/** Longer texts are no address; most values of an event are never looked at further. */
const MAX_CHARACTERS = 80

/** Reads `10.0.0.0/8`, `fe80::/10` or a single address of a rule; undefined when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [host = '', ...prefix] = text.trim().split('/')
  return readNetwork([bare(host), ...prefix].join('/'))
}

/** True when the text, written as logs write addresses, is one inside the network; anything else is outside. */
export function inNetwork(network: Network, text: string): boolean {
  if (text.length < 2 || text.length > MAX_CHARACTERS) return false
  const address = parseAddress(bare(text))
  return address !== undefined && holdsAddress(network, address)
}

/** Without blanks around and without the brackets of a URL. */
function bare(text: string): string {
  const host = text.trim()
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
