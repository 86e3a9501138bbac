import type { HopSli, Sli } from '#core/api/health.ts'
import { DAY_MS } from '#core/time.ts'
import { windowStart } from './days.ts'
import { addExchanges, noExchanges, sliOf, type Exchanges, type Hop } from './exchanges.ts'
import type { Graph } from './graph.ts'

/** Share of the wall is made anew at most so often: it moves slowly and reads many rows. */
const WALL_KEPT_MS = 30_000
/** Ways that one page lists; the busiest stay. */
const MAX_LISTED = 300

/** Integration figures of models and systems. */
export function createSli(exchanges: Exchanges, graph: () => Graph) {
  let wall: { at: number; models: Map<number, Sli> } | undefined

  /** A model's systems and what it directly stands on. */
  function systemsOf(id: number): Set<string> {
    const stands = graph().standsOf(`M${id}`)
    return new Set([
      ...(graph().inventory.model(id)?.systems ?? []),
      ...stands.edges.map(({ to }) => to),
      ...stands.groups.flatMap(({ members }) => members)
    ])
  }

  const waysOf = (systems: ReadonlySet<string>) =>
    exchanges.hops().filter((hop) => systems.has(hop.consumer) || systems.has(hop.provider))

  function over(ways: readonly Hop[], from: number, to: number, now: number): Sli {
    const total = noExchanges()
    if (ways.length > 0) for (const sums of exchanges.sums(ways, from, to, now).values()) addExchanges(total, sums)
    return sliOf(total)
  }

  function hopsOf(systems: ReadonlySet<string>, now: number): HopSli[] {
    const ways = waysOf(systems)
    if (ways.length === 0) return []
    const sums = exchanges.sums(ways, now - DAY_MS, now, now)
    return ways
      .map(({ id, consumer, provider, service, hop }) => ({
        consumer,
        consumerName: graph().name(consumer),
        provider,
        providerName: graph().name(provider),
        service,
        hop,
        sli: sliOf(sums.get(id) ?? noExchanges())
      }))
      .sort((a, b) => b.sli.total - a.sli.total)
      .slice(0, MAX_LISTED)
  }

  return {
    ofModel: (id: number, from: number, to: number, now: number) => over(waysOf(systemsOf(id)), from, to, now),
    windowsOfModel(id: number, now: number) {
      const ways = waysOf(systemsOf(id))
      return {
        h24: over(ways, now - DAY_MS, now, now),
        d30: over(ways, windowStart(now, 30), now, now),
        d90: over(ways, windowStart(now, 90), now, now)
      }
    },
    /** Technical success of a model's last 24 hours, as the wall shows it. */
    ofWall(id: number, now: number): number | null {
      if (wall === undefined || now - wall.at >= WALL_KEPT_MS || now < wall.at) {
        const sums = exchanges.sums(exchanges.hops(), now - DAY_MS, now, now)
        const models = new Map<number, Sli>()
        for (const model of graph().inventory.models) {
          const total = noExchanges()
          for (const way of sums.size === 0 ? [] : waysOf(systemsOf(model.id))) {
            addExchanges(total, sums.get(way.id) ?? noExchanges())
          }
          models.set(model.id, sliOf(total))
        }
        wall = { at: now, models }
      }
      return wall.models.get(id)?.success ?? null
    },
    hopsOfModel: (id: number, now: number) => hopsOf(systemsOf(id), now),
    hopsOfSystem: (id: string, now: number) => hopsOf(new Set([id]), now),
    forget() {
      wall = undefined
    }
  }
}
export type SliFigures = ReturnType<typeof createSli>
