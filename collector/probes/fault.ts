/**
 * Why there is no answer to judge. `fault` is the other side's; `ours` that we could not ask (no route, no resolver, no
 * sockets); `refused` that we may not ask.
 */
export class ProbeFault extends Error {
  readonly code: string
  readonly detail: string
  readonly whose: 'fault' | 'ours' | 'refused'
  readonly certificateUntil: number | null

  constructor(
    code: string,
    detail: string,
    more: { whose?: 'fault' | 'ours' | 'refused'; certificateUntil?: number | null; cause?: unknown } = {}
  ) {
    super(`${code}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'ProbeFault'
    this.code = code
    this.detail = detail
    this.whose = more.whose ?? 'fault'
    this.certificateUntil = more.certificateUntil ?? null
  }
}
