import type { ReportRow, ReportSubscriber } from '#core/api/reports.ts'
import type { Audience, Notifier } from '#core/notification.ts'

/** Sends one report to one subscriber: a message with the PDF where the channel carries files, else with the link alone. */
export function announceReport(
  notifier: Notifier,
  report: ReportRow,
  title: readonly string[],
  subscriber: ReportSubscriber,
  pdf: Uint8Array
): void {
  const to: Audience =
    subscriber.userId === null
      ? { kind: 'address', channel: 'email', address: subscriber.address, name: subscriber.name }
      : { kind: 'user', userId: subscriber.userId }
  const name = title.join(' ')
  notifier.announce({
    // With its moment: after a demonstration was removed the numbers begin anew.
    key: `report:${report.id}:${report.madeAt}:${subscriber.id}`,
    topic: 'report',
    priority: 3,
    origin: report.origin,
    subject: `report:${report.id}`,
    unit: report.unit?.code ?? '',
    to: [to],
    title: { vi: `Báo cáo ${report.id}: ${name}`, en: `Report ${report.id}: ${name}` },
    body: {
      vi: `${name}. Bản PDF kèm theo thư này; bản Word và các báo cáo trước ở trang Báo cáo. Mã băm SHA-256: ${report.pdf.hash}.`,
      en: `${name}. The PDF is attached; the Word file and earlier reports are on the Reports page. SHA-256: ${report.pdf.hash}.`
    },
    code: report.id,
    link: `/reports/${report.id}`,
    escalates: false,
    attachments: [{ name: `${report.id}.pdf`, type: 'application/pdf', bytes: pdf }]
  })
}
