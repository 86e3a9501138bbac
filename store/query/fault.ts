import type { QueryError, QueryErrorCode } from './ast.ts'

/** Thrown inside the parser only; `parseQuery` makes a value of it. */
export class QueryFault extends Error {
  readonly fault: QueryError
  constructor(code: QueryErrorCode, position: number, params: Record<string, string | number> = {}) {
    super(code)
    this.fault = { code, position, params }
  }
}
