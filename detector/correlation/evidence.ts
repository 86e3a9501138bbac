import type { EcsEvent } from '#core/event.ts'
import { EVIDENCE_PER_FOLD } from '#core/match.ts'

/** An event with its compact JSON, which may not be made yet. */
export type SeenEvent = {
  event: EcsEvent
  json?: string | undefined
  /** For how many events it stands, where another line says so. */
  repeats?: number
}

/** The compact JSON of an event: made once, however many rules and batches show the event. */
export function jsonOf(seen: SeenEvent): string {
  return (seen.json ??= JSON.stringify(seen.event))
}

/** An event kept for a group, with the id of the rule that counted it. */
export type HeldEvidence = { seen: SeenEvent; ruleId: string }

type Place = { held: HeldEvidence; shelf: Shelf }

/** The newest events of one group, newest last; at most {@link EVIDENCE_PER_FOLD}. */
export type Shelf = { places: Place[] }

/**
 * Whole events for the groups that may raise an alert, under one ceiling. A group that is full gives up its own oldest,
 * so a storm in one group takes nothing from the others; at the ceiling the event held longest of all is let go.
 */
export class EvidenceStore {
  readonly #ceiling: number
  /** In the order in which they came. */
  #places = new Set<Place>()
  /** Events let go because of the ceiling. */
  evicted = 0

  constructor(ceiling: number) {
    this.#ceiling = ceiling
  }

  /** Events held now. */
  get size(): number {
    return this.#places.size
  }

  hold(shelf: Shelf, held: HeldEvidence): void {
    if (shelf.places.length >= EVIDENCE_PER_FOLD) this.#places.delete(shelf.places.shift()!)
    else if (this.#places.size >= this.#ceiling) this.#letGo()
    const place = { held, shelf }
    shelf.places.push(place)
    this.#places.add(place)
  }

  /** Lets go of everything a group held. */
  release(shelf: Shelf): void {
    for (const place of shelf.places) this.#places.delete(place)
    shelf.places = []
  }

  /** Every event held with its group's shelf, longest held first: putting them back in this order restores the store. */
  places(): Iterable<Readonly<Place>> {
    return this.#places
  }

  #letGo(): void {
    for (const oldest of this.#places) {
      this.#places.delete(oldest)
      oldest.shelf.places.splice(oldest.shelf.places.indexOf(oldest), 1)
      this.evicted++
      return
    }
  }
}
