import type { Static, TSchema } from 'typebox'
import type { Access } from '../permissions.ts'

/** Method and path, as in `GET /api/alerts/:id`: the name of a route everywhere. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/**
 * One route as data. Server, gate, browser, OpenAPI and docs/api.md all read it here.
 */
export type RouteSpec = {
  /** Whom it lets in. */
  who: Access
  /** One line for OpenAPI and docs/api.md. */
  about: string
  /** What docs/api.md says besides: limits, side effects, whose rows are shown. */
  note?: string
  params?: TSchema
  query?: TSchema
  headers?: TSchema
  body?: TSchema
  /** The answer of status 200, or `Nothing` for 204. Absent where the answer is no JSON of ours. */
  answer?: TSchema
  /** Answers of other statuses. */
  answers?: Readonly<Record<number, TSchema>>
  /** Left out of OpenAPI. */
  hidden?: true
}

/** The table of an area. */
export type Routes = Readonly<Record<RouteName, RouteSpec>>

type Part<R, K extends string> = R extends Readonly<Record<K, infer S extends TSchema>> ? Static<S> : unknown

export type ParamsOf<R> = Part<R, 'params'>
export type QueryOf<R> = Part<R, 'query'>
export type HeadersOf<R> = Part<R, 'headers'>
export type BodyOf<R> = Part<R, 'body'>
/** What a route may answer, whatever the status. */
export type AnswerOf<R> =
  Part<R, 'answer'> | (R extends { answers: Readonly<Record<number, infer S extends TSchema>> } ? Static<S> : never)
