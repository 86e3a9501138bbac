import { SocError } from '#core/errors.ts'

/** How a stand-in can be broken. */
export const faultKinds = ['down', 'slow', 'errors', 'wrong_certificate', 'business_rejections', 'silence'] as const
export type FaultKind = (typeof faultKinds)[number]

/** One time of trouble of one system: from when, until when (null while it lasts). Milliseconds. */
export type Fault = { system: string; kind: FaultKind; from: number; to: number | null }

/** Mended faults that are remembered, newest kept: records of a time before the oldest are made as if all was well. */
const MAX_MENDED = 2_000

/**
 * What is and was broken, and when: records of the past are made from it, so that the same seed and the same faults
 * give the same records however often and in whatever pieces they are asked for.
 */
export type FaultLog = {
  /** A system has one fault at a time: the newer one replaces the older. */
  begin(system: string, kind: FaultKind, at: number): void
  end(system: string, at: number): void
  /** The fault of a system at a moment. */
  at(system: string, moment: number): FaultKind | undefined
  open(): Fault[]
}

/** An empty log. Throws `simulator.fault` for a moment before the last change of the same system. */
export function createFaultLog(): FaultLog {
  const bySystem = new Map<string, Fault[]>()
  let mended = 0

  const last = (system: string) => bySystem.get(system)?.at(-1)
  function end(system: string, at: number) {
    const fault = last(system)
    if (fault === undefined || fault.to !== null) return
    if (at < fault.from) throw new SocError('simulator.fault', `${system} cannot be mended before it broke`)
    fault.to = at
    mended++
    if (mended > MAX_MENDED) forgetOldest()
  }
  function forgetOldest() {
    let oldest: Fault[] | undefined
    for (const faults of bySystem.values()) {
      const first = faults[0]
      if (first === undefined || first.to === null) continue
      if (oldest === undefined || first.to < (oldest[0]?.to ?? Infinity)) oldest = faults
    }
    oldest?.shift()
    mended--
  }

  return {
    begin(system, kind, at) {
      const before = last(system)
      if (before !== undefined && at < (before.to ?? before.from)) {
        throw new SocError('simulator.fault', `${system} cannot break before its last change`)
      }
      end(system, at)
      bySystem.set(system, [...(bySystem.get(system) ?? []), { system, kind, from: at, to: null }])
    },
    end,
    at(system, moment) {
      const faults = bySystem.get(system)
      if (faults === undefined) return undefined
      return faults.find((fault) => fault.from <= moment && (fault.to === null || moment < fault.to))?.kind
    },
    open: () => [...bySystem.values()].flatMap((faults) => faults.filter((fault) => fault.to === null))
  }
}
