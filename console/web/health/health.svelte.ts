import type { Wall } from '#core/api/health.ts'
import { Remote } from '../live/remote.svelte.ts'

/** The wall: what the pages of health, and the rail's figure, are read from. The live feed replaces it whole. */
export class Health {
  readonly remote: Remote<Wall>
  readonly #now: () => number

  constructor(fetch: () => Promise<Wall>, now: () => number) {
    this.#now = now
    this.remote = new Remote(now, async () => this.#newer(await fetch()))
  }

  receive(wall: Wall): void {
    this.remote.set(this.#newer(wall))
  }

  /** An answer that was on its way while a push came must not bring the older wall back. */
  #newer(wall: Wall): Wall {
    const known = this.remote.value
    // A clock that was put back would keep an old wall for ever: what lies in the future is no judge.
    const judge = known !== null && known.at <= this.#now() && known.origin === wall.origin
    return judge && known.at > wall.at ? known : wall
  }
}
