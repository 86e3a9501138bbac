/** One line of a drill: what was done, what had to be seen, what was seen. */
export type DrillLine = { scenario: string; expected: string; seen: string; passed: boolean }

/** A drill: plays its lines in order and tells each when it is over. */
export type Drill = {
  about: string
  help: string
  run(args: { seed: number; only: string | undefined }, log: (line: DrillLine) => void): Promise<DrillLine[]>
}
