import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { SocError } from '#core/errors.ts'

/** Values for the `?` of a statement, or one object for its `:names`. */
export type SqlParams = SQLInputValue[] | [Record<string, SQLInputValue>]

/**
 * Reads of a database. `Row` is the caller's word for the columns of the statement: statements.test.ts prepares every
 * statement of the product and compares its columns with that type.
 */
export type Reads = {
  /** A prepared statement, for writes and for a statement that runs many times in a row. */
  sql(text: string): StatementSync
  /** Every row. */
  all<Row>(text: string, ...params: SqlParams): Row[]
  /** The first row, if any. */
  get<Row>(text: string, ...params: SqlParams): Row | undefined
  /** The row of a statement that always has one: a count, a sum. Throws `control.no_row` without one. */
  single<Row>(text: string, ...params: SqlParams): Row
  /** Row by row, for tables too long to hold. */
  each<Row>(text: string, ...params: SqlParams): Iterable<Row>
}

/** Typed reads over prepared statements. SQLite knows no types of ours: the casts of the product stand here and nowhere else. */
export function readsOver(sql: Reads['sql']): Reads {
  const get = <Row>(text: string, ...params: SqlParams) =>
    sql(text).get(...(params as SQLInputValue[])) as Row | undefined
  return {
    sql,
    all: <Row>(text: string, ...params: SqlParams) => sql(text).all(...(params as SQLInputValue[])) as Row[],
    get,
    single<Row>(text: string, ...params: SqlParams) {
      const row = get<Row>(text, ...params)
      if (row === undefined) throw new SocError('control.no_row', `no row for ${text}`)
      return row
    },
    each: <Row>(text: string, ...params: SqlParams) =>
      sql(text).iterate(...(params as SQLInputValue[])) as Iterable<Row>
  }
}

/**
 * Typed reads of a database; every statement is prepared once and kept for the next call with the same text.
 * `prepared` sees each before it is used.
 */
export function readsOf(database: DatabaseSync, prepared?: (statement: StatementSync) => void): Reads {
  const statements = new Map<string, StatementSync>()
  return readsOver((text) => {
    let statement = statements.get(text)
    if (statement === undefined) {
      statement = database.prepare(text)
      prepared?.(statement)
      statements.set(text, statement)
    }
    return statement
  })
}
