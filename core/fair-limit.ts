/** How much may run and wait, in all and of one caller. */
export type FairLimitOptions = {
  running: number
  runningPerCaller: number
  waiting: number
  waitingPerCaller: number
  /** What whoever is refused gets; `own` when it is the caller's own share that is full. */
  busy(own: boolean): Error
}

/** Runs work of callers by turns, one of each after the other; those with `first` before all others. */
export type FairLimit = <T>(caller: string, work: () => Promise<T>, first?: boolean) => Promise<T>

type Waiting = { start(): void; refuse(error: Error): void }
type Line = { caller: string; first: boolean; waiting: Waiting[] }

/** A ceiling on work under way in which one caller's heap does not stand before another's first question. */
export function fairLimit(options: FairLimitOptions): FairLimit {
  let running = 0
  let waiting = 0
  const runningOf = new Map<string, number>()
  /** Callers that wait, in the order of their turns. */
  const lines = new Map<string, Line>()

  const mayRun = (caller: string) =>
    running < options.running && (runningOf.get(caller) ?? 0) < options.runningPerCaller

  function begin(caller: string) {
    running++
    runningOf.set(caller, (runningOf.get(caller) ?? 0) + 1)
  }
  function end(caller: string) {
    running--
    const left = (runningOf.get(caller) ?? 1) - 1
    if (left > 0) runningOf.set(caller, left)
    else runningOf.delete(caller)
    while (startNext());
  }
  function startNext(): boolean {
    const able = [...lines.values()].filter(({ caller }) => mayRun(caller))
    const line = able.find(({ first }) => first) ?? able[0]
    if (line === undefined) return false
    lines.delete(line.caller)
    const next = line.waiting.shift()!
    waiting--
    // Behind the others: its next piece of work waits until each of them had one.
    if (line.waiting.length > 0) lines.set(line.caller, line)
    begin(line.caller)
    next.start()
    return true
  }
  /** A full room loses the newest of whoever waits with most, when that is more than the newcomer has. */
  function makeRoom(own: number, first: boolean): boolean {
    let longest: Line | undefined
    for (const line of lines.values())
      if ((first || !line.first) && line.waiting.length > (longest?.waiting.length ?? 0)) longest = line
    if (longest === undefined || (longest.waiting.length <= own + 1 && !(first && !longest.first))) return false
    longest.waiting.pop()!.refuse(options.busy(true))
    waiting--
    if (longest.waiting.length === 0) lines.delete(longest.caller)
    return true
  }

  return async (caller, work, first = false) => {
    if (mayRun(caller)) begin(caller)
    else {
      const own = lines.get(caller)?.waiting.length ?? 0
      if (own >= options.waitingPerCaller) throw options.busy(true)
      if (waiting >= options.waiting && !makeRoom(own, first)) throw options.busy(false)
      await new Promise<void>((start, refuse) => {
        const line = lines.get(caller) ?? { caller, first, waiting: [] }
        line.waiting.push({ start, refuse })
        lines.set(caller, line)
        waiting++
      })
    }
    try {
      return await work()
    } finally {
      end(caller)
    }
  }
}
