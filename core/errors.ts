/** The one error of ours: a dotted code for machines, a sentence for people, the cause as Node keeps it. */
export class SocError extends Error {
  readonly code: string
  /** HTTP status when it reaches the API; 500 keeps its message to itself. */
  readonly status: number
  readonly params: Record<string, string | number>

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; status?: number; params?: Record<string, string | number> } = {}
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SocError'
    this.code = code
    this.status = options.status ?? 500
    this.params = options.params ?? {}
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
