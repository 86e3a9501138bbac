import { createHash, timingSafeEqual } from 'node:crypto'
import { UNASSIGNED } from '#core/frame.ts'
import { networkTable, parseNetwork, plainAddress, type Network } from '#core/network.ts'
import type { Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'
import type { Identity } from './sources/source.ts'

const unassigned: Identity = { sender: UNASSIGNED, unit: UNASSIGNED }

/** Addresses whose sender is remembered; when full it is forgotten whole and filled anew. */
const MAX_ADDRESSES = 4_096

/** Who is who, for one listener's origin. */
export type SenderIndex = {
  /** A sender by its id; `_unassigned` when it is unknown or switched off. */
  byId(id: string): Identity
  /** The sender whose network holds this address most narrowly; `_unassigned` when none does. */
  byAddress(address: string): Identity
  /** Undefined for a token nobody has; `used` hears the hash of one that somebody has. */
  byToken(token: string, used?: (hash: string) => void): Identity | undefined
}

/**
 * Indexes the senders of a snapshot that are switched on and of this origin: a demonstration's token is worth nothing at
 * a real listener, and the other way round. A network that cannot be read is skipped; the console refuses such ones.
 */
export function indexSenders(snapshot: DataPlaneSnapshot, origin: Origin): SenderIndex {
  const senders = snapshot.senders.filter((sender) => sender.enabled && sender.origin === origin)
  const identities = new Map(senders.map(({ id, unit }) => [id, { sender: id, unit }]))
  const find = networkTable(networksOf(senders, identities))
  const tokens = senders.flatMap((sender) =>
    sender.tokenHashes
      .map((hash) => Buffer.from(hash, 'hex'))
      .filter((hash) => hash.length === 32)
      .map((hash) => ({ hash, identity: identities.get(sender.id)! }))
  )
  const remembered = new Map<string, Identity>()
  return {
    byId: (id) => identities.get(id) ?? unassigned,
    byAddress(address) {
      let identity = remembered.get(address)
      if (identity === undefined) {
        if (remembered.size >= MAX_ADDRESSES) remembered.clear()
        identity = find(plainAddress(address)) ?? unassigned
        remembered.set(address, identity)
      }
      return identity
    },
    byToken(token, used) {
      const hash = createHash('sha256').update(token).digest()
      let found: Identity | undefined
      // Every hash is compared, also after a hit: the time tells nothing about which one was near.
      for (const candidate of tokens) if (timingSafeEqual(candidate.hash, hash)) found ??= candidate.identity
      if (found !== undefined) used?.(hash.toString('hex'))
      return found
    }
  }
}

function* networksOf(senders: Sender[], identities: Map<string, Identity>) {
  for (const sender of senders) {
    for (const text of sender.networks) {
      let network: Network
      try {
        network = parseNetwork(text)
      } catch {
        continue
      }
      yield { network, value: identities.get(sender.id)! }
    }
  }
}
