import { SocError } from '#core/errors.ts'

/** A refusal that the API hands on: a code for the console's catalogue, a sentence for people. */
export function refuse(
  status: 404 | 409 | 422,
  code: string,
  message: string,
  params: Record<string, string | number> = {}
): never {
  throw new SocError(code, message, { status, params })
}
