import type { NotFoundNoun, RefusalCode } from './codes.ts'

type Params = Record<string, string | number>

/** The one error of ours: a dotted code for machines, a sentence for people, the cause as Node keeps it. */
export class SocError extends Error {
  readonly code: RefusalCode
  /** HTTP status when it reaches the API; 500 keeps its message to itself. */
  readonly status: number
  readonly params: Params

  constructor(code: RefusalCode, message: string, options: { cause?: unknown; status?: number; params?: Params } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SocError'
    this.code = code
    this.status = options.status ?? 500
    this.params = options.params ?? {}
  }
}

/** Throws a refusal that the API hands on: the code for the console's words, a sentence for the log. */
export function refuse(status: 400 | 404 | 409 | 422, code: RefusalCode, message: string, params: Params = {}): never {
  throw new SocError(code, message, { status, params })
}

/** The same answer (404) for what does not exist and for what belongs to another unit: existence stays hidden. */
export function notFound(noun: NotFoundNoun, id: string): SocError {
  return new SocError(`${noun}.not_found`, 'there is no such record, or it is not yours', {
    status: 404,
    params: { id: id.slice(0, 100) }
  })
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
