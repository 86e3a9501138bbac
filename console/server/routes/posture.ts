import type { PeriodFigures, postureApi } from '#core/api/posture.ts'
import { SocError } from '#core/errors.ts'
import { ictDay } from '#core/time.ts'
import { auditAct, notFound, type Context } from '../context.ts'
import { catalogueOf } from '#control/figures/catalogue.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { spansOf } from '#control/figures/period.ts'
import { firstKnown } from '#control/figures/unit-days.ts'
import { unitShown } from '#core/posture.ts'
import { unitCsv, unitDetail } from '#control/figures/unit-table.ts'
import type { Scope } from '#control/rights/scope.ts'
import type { Handlers } from './serve.ts'

/** Posture of a period: figures, paragraph, and the way down to units. Numbers only; within the viewer's units. */
export function postureHandlers(context: Context): Handlers<typeof postureApi> {
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

  return {
    'GET /api/posture': async (request) => {
      const figures = await figuresOf(request.query, request.scope)
      return { figures, paragraph: paragraphOf(figures) }
    },
    'GET /api/posture/units': async (request) => {
      const figures = await figuresOf(request.query, request.scope)
      const { period: days, origin, running, asOf } = figures
      const units = figures.units.filter(unitShown[request.query.show ?? 'all'])
      return { period: days, origin, running, asOf, units }
    },
    'GET /api/posture/units.csv': async (request, reply) => {
      const figures = await figuresOf(request.query, request.scope)
      const { show = 'all', language = 'vi' } = request.query
      const { from, to } = figures.period
      auditAct(context, request, 'posture.exported', `${from}/${to}`, { origin: figures.origin, show })
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="don-vi-${from}-${to}.csv"`)
        .send(unitCsv(figures.units.filter(unitShown[show]), language))
    },
    'GET /api/posture/units/:code': async (request) => {
      const { code } = request.params
      const figures = await figuresOf(request.query, request.scope)
      const { became } = catalogueOf(context.inventory)
      const members = [code, ...Object.keys(became).filter((ended) => became[ended] === code)]
      const detail = unitDetail(context.control, figures, code, members)
      // Figures of a scope hold its units only: another's code finds nothing.
      if (detail === undefined) throw notFound('unit', code)
      return detail
    }
  }
}
