import { SocError } from '#core/errors.ts'

/** A refusal that the API hands on: code for the console's catalogue, sentence for people. */
export function refuse(
  status: 400 | 404 | 409,
  code: string,
  message: string,
  params: Record<string, string | number> = {}
): never {
  throw new SocError(code, message, { status, params })
}
