import { SocError } from '#core/errors.ts'
import { faultKinds, type FaultKind } from './faults.ts'
import type { Simulator } from './simulator.ts'

/** What a person can tell the simulator, as one line. */
export const COMMANDS = `break SYSTEM ${faultKinds.join('|')}
mend [SYSTEM]
list
broken`

const isFault = (word: string | undefined): word is FaultKind => faultKinds.some((kind) => kind === word)

/** Does what a line says and answers in lines. Throws `simulator.command` for what is no command, `simulator.fault` for what cannot be. */
export async function obey(simulator: Simulator, line: string): Promise<string> {
  const [verb, system, kind, ...rest] = line.trim().split(/\s+/)
  if (rest.length > 0) throw new SocError('simulator.command', `too many words; one of:\n${COMMANDS}`)
  if (verb === 'break' && system !== undefined && isFault(kind)) {
    await simulator.break(system, kind)
    return `${system}: ${kind}`
  }
  if (verb === 'mend' && kind === undefined) {
    await simulator.mend(system)
    return `${system ?? 'all'}: mended`
  }
  if (verb === 'list' && system === undefined) {
    return simulator.standIns
      .map(({ system: id, name, face, host, port }) => {
        const where = port === null ? 'heartbeat' : `${face} ${host}:${port}`
        return `${id.padEnd(24)} ${where.padEnd(24)} ${simulator.fault(id) ?? 'up'}  ${name}`
      })
      .join('\n')
  }
  if (verb === 'broken' && system === undefined) {
    const broken = simulator.broken()
    return broken.length === 0
      ? 'nothing is broken'
      : broken.map((fault) => `${fault.system}: ${fault.kind}`).join('\n')
  }
  throw new SocError('simulator.command', `not understood; one of:\n${COMMANDS}`)
}
