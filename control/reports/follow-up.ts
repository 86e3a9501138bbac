import type { UnitRef } from '#core/api/common.ts'
import type { PeriodFigures } from '#core/api/posture.ts'
import { levelWords, unitText } from '#core/words.ts'
import { duration } from '#control/figures/phrases.ts'
import type { Block, Run } from './document.ts'
import { moment, percent, shown } from './numbers.ts'
import { paragraph, type Numbered } from './numbering.ts'
import { MAX_NAMED, othersThan, wasHeard, type ReportSource } from './source.ts'
import { NOT_CONCLUDED, statusWords } from './words.ts'

/** Units named for one incident. */
const MAX_UNITS_NAMED = 5
/** Incidents told one by one. */
const MAX_NOTABLE = 20

export function notable(figures: PeriodFigures, numbered: Numbered): Block[] {
  const graver = figures.incidents.list
    .filter((incident) => incident.level === 'critical' || incident.level === 'high')
    .slice(0, MAX_NOTABLE)
  return [
    numbered('SỰ CỐ NỔI BẬT'),
    graver.length === 0
      ? paragraph(wasHeard(figures) ? 'Trong kỳ không có sự cố mức cao hoặc nghiêm trọng.' : NOT_CONCLUDED)
      : {
          kind: 'list',
          items: graver.map((incident) => [
            { text: incident.id, bold: true },
            ` (${levelWords[incident.level].vi}): ${incident.title.vi}; ${namedUnits(incident.units)}; `,
            `mở lúc ${moment(incident.openedAt)}; `,
            incident.closedAt === null
              ? `cuối kỳ: ${statusWords.get(incident.status) ?? incident.status}`
              : `đã đóng lúc ${moment(incident.closedAt)}`
          ])
        }
  ]
}

/** The first few; more are counted. */
function namedUnits(units: readonly UnitRef[]): string {
  if (units.length === 0) return 'chưa rõ đơn vị'
  const others = units.length - MAX_UNITS_NAMED
  const named = units.slice(0, MAX_UNITS_NAMED).map(unitText).join(', ')
  return others > 0 ? `${named} và ${shown(others)} đơn vị khác` : named
}

/** What the platform does not measure is said, with room for those who know: a report silent about it would read as "none". */
export function weaknesses(numbered: Numbered): Block[] {
  return [
    numbered('LỖ HỔNG BẢO MẬT VÀ TÌNH HÌNH CẬP NHẬT BẢN VÁ'),
    paragraph(
      'Hệ thống giám sát chưa thu thập số liệu về lỗ hổng bảo mật và bản vá; đơn vị soạn thảo bổ sung theo kết quả rà quét của kỳ.'
    )
  ]
}

export function answers({ figures, kind }: ReportSource, numbered: Numbered): Block[] {
  const { sent, answered, answeredInTime, overdueAtEnd, longestOverdueMs } = figures.tasks
  if ((sent.value ?? 0) === 0 && (overdueAtEnd.value ?? 0) === 0) {
    return [numbered('CẢNH BÁO ĐÃ GỬI ĐƠN VỊ VÀ PHẢN HỒI'), paragraph('Trong kỳ không giao việc cho đơn vị nào.')]
  }
  const rate = sent.value === null || sent.value === 0 || answered.value === null ? null : answered.value / sent.value
  const late = figures.units.filter((unit) => unit.overdueTasks > 0)
  return [
    numbered('CẢNH BÁO ĐÃ GỬI ĐƠN VỊ VÀ PHẢN HỒI'),
    paragraph(
      (sent.value ?? 0) === 0
        ? 'Trong kỳ không giao việc mới cho đơn vị nào.'
        : `Đã giao ${shown(sent.value ?? 0)} việc cho đơn vị; ${shown(answered.value ?? 0)} việc được trả lời` +
            (rate === null ? '' : ` (${percent(rate)})`) +
            `, trong đó ${shown(answeredInTime.value ?? 0)} việc đúng hạn.`,
      ` Cuối kỳ còn ${shown(overdueAtEnd.value ?? 0)} việc quá hạn`,
      longestOverdueMs === null ? '.' : `, lâu nhất ${duration(longestOverdueMs).vi}.`
    ),
    ...(late.length === 0
      ? []
      : [
          paragraph(
            'Đơn vị còn việc quá hạn: ',
            `${late
              .slice(0, MAX_NAMED)
              .map((unit) => `${unitText(unit.unit)} (${shown(unit.overdueTasks)})`)
              .join('; ')}${othersThan(kind, late.length)}`
          )
        ])
  ]
}

/** What the figures themselves show to be wanting; causes that only people know are for them to write. */
export function shortcomings({ figures, kind }: ReportSource, numbered: Numbered): Block[] {
  const items: Run[][] = []
  const { unheard, units, sent } = figures.coverage
  if (sent !== null && unheard.length > 0)
    items.push([`${shown(unheard.length)}/${shown(units)} đơn vị không gửi nhật ký trong kỳ`])
  const untaken = figures.alerts.untaken.value ?? 0
  if (untaken > 0) items.push([`${shown(untaken)} cảnh báo mức cao trở lên chưa có người nhận`])
  if ((figures.tasks.overdueAtEnd.value ?? 0) > 0) {
    items.push([`${shown(figures.tasks.overdueAtEnd.value ?? 0)} việc giao đơn vị quá hạn chưa xong`])
  }
  const { closed, inTime, openLate } = figures.handling
  if (closed > inTime) items.push([`${shown(closed - inTime)}/${shown(closed)} sự cố đã đóng vượt thời hạn mục tiêu`])
  if (openLate > 0) items.push([`${shown(openLate)} sự cố còn mở đã quá thời hạn mục tiêu`])
  const unmeasured = figures.health.models.filter((model) => model.uptime === null).length
  if (unmeasured > 0 && kind !== 'unit_weekly')
    items.push([`${shown(unmeasured)} mô hình chưa có đủ số liệu đo để nêu tỷ lệ hoạt động`])
  return [
    numbered('TỒN TẠI'),
    items.length === 0
      ? paragraph(wasHeard(figures) ? 'Số liệu trong kỳ không cho thấy tồn tại cần nêu.' : NOT_CONCLUDED)
      : { kind: 'list', items }
  ]
}

export function proposals({ figures, kind }: ReportSource, numbered: Numbered): Block[] {
  const { decisions } = figures
  const heading = numbered('NHIỆM VỤ KỲ TỚI, KIẾN NGHỊ')
  if (decisions.length === 0) {
    return [
      heading,
      paragraph(
        wasHeard(figures)
          ? 'Không có việc nào chờ chỉ đạo. Tiếp tục giám sát thường xuyên trong kỳ tới.'
          : 'Chưa có số liệu nên chưa kết luận được có việc cần chỉ đạo hay không; kiến nghị khôi phục việc gửi nhật ký để giám sát trong kỳ tới.'
      )
    ]
  }
  const caption = numbered.table('Việc cần chỉ đạo')
  const place = caption.slice(0, caption.indexOf('.'))
  const rest = decisions.length - MAX_NOTABLE
  return [
    heading,
    {
      kind: 'table',
      caption,
      columns: [
        { title: 'Đơn vị', share: 30 },
        { title: 'Nội dung', share: 50 },
        { title: 'Quá hạn', share: 20, align: 'right' }
      ],
      rows: decisions
        .slice(0, MAX_NOTABLE)
        .map((decision) => [
          unitText(decision.unit),
          decision.why.vi,
          decision.overdueMs === null ? 'chưa quá hạn' : duration(decision.overdueMs).vi
        ])
    },
    ...(rest > 0 ? [{ kind: 'note' as const, text: `Còn ${shown(rest)} việc khác trên trang tổng quan của kỳ.` }] : []),
    paragraph(
      kind === 'unit_weekly'
        ? `Đề nghị đơn vị hoàn thành những việc nêu ở ${place} trong kỳ tới.`
        : `Kiến nghị chỉ đạo các đơn vị nêu ở ${place} hoàn thành trong kỳ tới.`
    )
  ]
}
