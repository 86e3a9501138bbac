import { Type } from 'typebox'
import { Origin, oneOf } from '#core/api/common.ts'
import {
  Period,
  Posture,
  UnitPostureDetail,
  UnitPostureList,
  unitShows,
  type PeriodFigures
} from '#core/api/posture.ts'
import { SocError } from '#core/errors.ts'
import { ictDay } from '#core/time.ts'
import { auditAct, notFound, type App, type Context } from '../context.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { spansOf } from '#control/figures/period.ts'
import { firstKnown } from '#control/figures/unit-days.ts'
import { unitCsv, unitDetail, unitShown } from '#control/figures/unit-table.ts'
import type { Scope } from '#control/rights/scope.ts'

const period = { ...Period.properties, origin: Type.Optional(Origin) }
const PeriodQuery = Type.Object(period)
const UnitsQuery = Type.Object({ ...period, show: Type.Optional(oneOf(unitShows)) })
const CsvQuery = Type.Object({
  ...period,
  show: Type.Optional(oneOf(unitShows)),
  language: Type.Optional(Type.Enum(['vi', 'en']))
})
const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 50 }) })

/** Posture of a period: figures, paragraph, and the way down to units. Numbers only; within the viewer's units. */
export function postureRoutes(app: App, context: Context): void {
  const { figures: read } = context

  async function figuresOf(query: { from: string; to: string; origin?: string }, scope: Scope): Promise<PeriodFigures> {
    const origin = query.origin ?? context.shownOrigin()
    // Says first what is wrong with the period itself.
    spansOf(query, context.clock.now())
    const first = firstKnown(context.control, origin)
    if (first !== undefined && query.to < ictDay(first))
      throw new SocError('posture.before_data', 'the period ends before the first data', {
        status: 400,
        params: { first: ictDay(first) }
      })
    return read({ from: query.from, to: query.to }, { origin, scope })
  }

  app.get(
    '/api/posture',
    { schema: { summary: 'Figures of a period', querystring: PeriodQuery, response: { 200: Posture } } },
    async (request) => {
      const figures = await figuresOf(request.query, request.scope)
      return { figures, paragraph: paragraphOf(figures) }
    }
  )

  app.get(
    '/api/posture/units',
    { schema: { summary: 'Units over a period', querystring: UnitsQuery, response: { 200: UnitPostureList } } },
    async (request) => {
      const figures = await figuresOf(request.query, request.scope)
      const { period: days, origin, running, asOf } = figures
      const units = figures.units.filter(unitShown[request.query.show ?? 'all'])
      return { period: days, origin, running, asOf, units }
    }
  )

  app.get(
    '/api/posture/units.csv',
    { schema: { summary: 'Units over a period as CSV', querystring: CsvQuery, response: { 200: Type.String() } } },
    async (request, reply) => {
      const figures = await figuresOf(request.query, request.scope)
      const { show = 'all', language = 'vi' } = request.query
      const { from, to } = figures.period
      auditAct(context, request, 'posture.exported', `${from}/${to}`, { origin: figures.origin, show })
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="don-vi-${from}-${to}.csv"`)
        .send(unitCsv(figures.units.filter(unitShown[show]), language))
    }
  )

  app.get(
    '/api/posture/units/:code',
    {
      schema: {
        summary: 'One unit over a period',
        params: Code,
        querystring: PeriodQuery,
        response: { 200: UnitPostureDetail }
      }
    },
    async (request) => {
      const { code } = request.params
      const figures = await figuresOf(request.query, request.scope)
      const detail = unitDetail(context.control, figures, code)
      // Figures of a scope hold its units only: another's code finds nothing.
      if (detail === undefined) throw notFound('unit', code)
      return detail
    }
  )
}
