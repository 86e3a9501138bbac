import type { Clock } from '#core/clock.ts'
import type { StoryTurn } from './story.ts'

/** What a turn is done with. */
export type Hands = {
  break(system: string, kind: NonNullable<StoryTurn['fault']>): Promise<void>
  mend(system: string): Promise<void>
}

/**
 * The timed part of the story: `step` does what is due since `startedAt` and was not done yet, in order. After a restart what
 * is already over is not played again: of the turns before, only the last of each system counts.
 */
export function createTurns(turns: readonly StoryTurn[], startedAt: number, clock: Clock, hands: Hands) {
  const ordered = [...turns].sort((a, b) => a.after - b.after)
  let done = 0
  let first = true

  async function act(turn: StoryTurn) {
    if (turn.fault === undefined) await hands.mend(turn.system)
    else await hands.break(turn.system, turn.fault)
  }

  return {
    /** Titles of the turns that were done now. */
    async step(): Promise<string[]> {
      const elapsed = (clock.now() - startedAt) / 1_000
      const due: StoryTurn[] = []
      while (done < ordered.length && ordered[done]!.after <= elapsed) due.push(ordered[done++]!)
      const standing = first ? due.filter((turn) => due.findLast(({ system }) => system === turn.system) === turn) : due
      // Nothing is broken yet when the first step comes: what was repaired meanwhile needs no hand.
      const acts = first ? standing.filter((turn) => turn.fault !== undefined) : standing
      first = false
      for (const turn of acts) await act(turn)
      return acts.map((turn) => turn.title)
    }
  }
}
