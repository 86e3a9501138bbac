import { Resolver } from 'node:dns/promises'
import type { AnyRecord, MxRecord } from 'node:dns'
import { checkResolver, plainHost } from '#core/destination.ts'
import { addressBytes } from '#core/network.ts'
import { guarded } from './destination.ts'
import { dnsFault } from './names.ts'
import { ProbeFault } from './fault.ts'
import { type Attempt, type ProbeRun } from './probe.ts'

type DnsTarget = Parameters<ProbeRun<'dns'>>[0]

/** Answers that are compared and shown; a resolver may send more. */
const ANSWERS_MAX = 100
const SHOWN = 3
const SHOWN_CHARS = 60
/** One question, and how often it is asked within the probe's timeout. */
const QUERY_MS = 2_000
const TRIES = 3

/** Asks a resolver of its own making, so that nothing is answered from memory, and compares the answers. */
export const dns: ProbeRun<'dns'> = async (target, context) => {
  const name = guarded(() => plainHost(target.name), false)
  const resolver = new Resolver({ timeout: QUERY_MS, tries: TRIES })
  if (target.server !== '') {
    const { address, port } = guarded(() => checkResolver(target.server, context.rule), false)
    resolver.setServers([address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`])
  }
  const cancel = () => resolver.cancel()
  context.signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await resolver.resolve(name, target.type).catch((error: unknown) => {
      throw dnsFault(error, name, target.server === '')
    })
    return { ...judgeAnswers(target, textsOf(target.type, answers)), latencyMs: context.elapsed() }
  } finally {
    context.signal.removeEventListener('abort', cancel)
    resolver.cancel()
  }
}

/** Records as texts: addresses, names, `10 mail.example`, a TXT record's parts joined. */
export function textsOf(type: DnsTarget['type'], answers: unknown): string[] {
  if (!Array.isArray(answers)) return []
  return (answers as (string | string[] | MxRecord | AnyRecord)[]).slice(0, ANSWERS_MAX).map((answer) => {
    if (typeof answer === 'string') return answer
    if (Array.isArray(answer)) return answer.join('')
    return type === 'MX' && 'exchange' in answer ? `${answer.priority} ${answer.exchange}` : ''
  })
}

/** UP when any of the expected answers is there; none expected: any answer will do. */
export function judgeAnswers(target: Pick<DnsTarget, 'type' | 'expected'>, answers: string[]): Attempt {
  if (answers.length === 0) throw new ProbeFault('dns.no_answer', '')
  const got = new Set(answers.flatMap((answer) => formsOf(target.type, answer)))
  const right =
    target.expected.length === 0 ||
    target.expected.some((expected) => got.has(formsOf(target.type, expected.trim())[0]!))
  const shown = answers.slice(0, SHOWN).map((answer) => answer.slice(0, SHOWN_CHARS))
  return {
    outcome: right ? 'up' : 'down',
    code: right ? '' : 'dns.unexpected',
    detail: `${shown.join(', ')}${answers.length > SHOWN ? ` +${answers.length - SHOWN}` : ''}`,
    latencyMs: null,
    certificateUntil: null
  }
}

/** Spellings under which equal records are equal. An MX record may be expected with or without its preference. */
function formsOf(type: DnsTarget['type'], text: string): string[] {
  if (type === 'TXT') return [text]
  const bytes = type === 'A' || type === 'AAAA' ? addressBytes(text) : undefined
  if (bytes !== undefined) return [Buffer.from(bytes).toString('hex')]
  const name = text.toLowerCase().replace(/\.$/, '')
  const exchange = type === 'MX' ? /^\d{1,5}\s+(\S+)$/.exec(name)?.[1] : undefined
  return exchange === undefined ? [name] : [name, exchange]
}
