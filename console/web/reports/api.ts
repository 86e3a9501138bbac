import type { NewReport, NewSubscriber, ReportSettings, reportsApi } from '#core/api/reports.ts'
import type { Call, Query } from '../api/call.ts'

/** Reports, what is printed on them, and who gets them. */
export const reportCalls = (call: Call<typeof reportsApi>) => ({
  reports: (query: Query) => call('GET /api/reports', { query }),
  report: (id: string) => call('GET /api/reports/:id', { params: { id } }),
  makeReport: (report: NewReport) => call('POST /api/reports', { body: report }),
  reportJob: (id: string) => call('GET /api/reports/jobs/:id', { params: { id } }),
  reportSettings: () => call('GET /api/reports/settings'),
  setReportSettings: (settings: ReportSettings) => call('PUT /api/reports/settings', { body: settings }),
  reportSubscribers: () => call('GET /api/reports/subscribers'),
  subscribeReport: (draft: NewSubscriber) => call('POST /api/reports/subscribers', { body: draft }),
  unsubscribeReport: (id: string) => call('DELETE /api/reports/subscribers/:id', { params: { id } })
})
