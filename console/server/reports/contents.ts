import { levels, type Level } from '#core/match.ts'
import type { PeriodFigures, PostureSentence, ReportForm, ReportKind, Trended } from '#core/api.ts'
import { duration, unitName } from '../figures/words.ts'
import { unitAnnex } from './annex.ts'
import type { Block, ReportDocument, Run } from './document.ts'
import type { UnitFindings } from './unit-findings.ts'
import { findings } from './findings.ts'
import { change, day, moment, percent, shown } from './numbers.ts'

/** Everything a report is made from: the figures and the sentences told from them, nothing else. */
export type ReportSource = {
  kind: ReportKind
  figures: PeriodFigures
  paragraph: PostureSentence[]
  /** The same days a year earlier; null where the platform has none: the report says so. */
  lastYear: PeriodFigures | null
  form: ReportForm
  /** Unit a weekly report is for; '' for the province. */
  unitName: string
  /** What a report to an owner names besides; null for the province. */
  findings: UnitFindings | null
}

const levelWords: Record<Level, string> = {
  critical: 'Nghiêm trọng',
  high: 'Cao',
  medium: 'Trung bình',
  low: 'Thấp',
  informational: 'Thông tin'
}
const NOT_KNOWN = 'chưa có số liệu'

/**
 * The report of a period: one page of summary first, then the points of a monthly report to the steering committee and of the
 * weekly report to an owner (Thông tư 31/2017/TT-BTTTT, Điều 5), then every unit. A daily report keeps the summary, the
 * figures and what needs a decision.
 */
export function reportDocument(source: ReportSource): ReportDocument {
  const { figures, form, kind } = source
  const numbered = numbering()
  const sections = [
    ...overview(source, numbered),
    ...scope(figures, numbered),
    ...alertFigures(source, numbered),
    ...(source.findings === null ? [] : findings(source.findings, numbered)),
    ...(kind === 'daily' ? [] : kindsOfIncident(figures, numbered)),
    // Models belong to the province; an owner reads of its own systems on its page.
    ...(kind === 'unit_weekly' ? [] : health(figures, numbered)),
    ...(kind === 'daily' ? [] : notable(figures, numbered)),
    ...answers(figures, numbered),
    ...shortcomings(figures, numbered),
    ...proposals(figures, numbered)
  ]
  return {
    form,
    title: titleOf(source),
    blocks: sections,
    annexes: kind === 'daily' || kind === 'unit_weekly' ? [] : [unitAnnex(figures)],
    // The day after the period: the report is of it, not of the minute in which somebody asked for it.
    dated: figures.running ? null : figures.toMs,
    madeAt: figures.running ? figures.asOf : figures.toMs
  }
}

function titleOf({ kind, figures, unitName }: ReportSource): string[] {
  const { from, to } = figures.period
  const range = from === to ? `(ngày ${day(from)})` : `(từ ngày ${day(from)} đến ngày ${day(to)})`
  const what = {
    daily: 'Kết quả giám sát an ninh mạng trong ngày',
    weekly: 'Kết quả giám sát an ninh mạng trong tuần',
    monthly: 'Kết quả giám sát an ninh mạng trong kỳ',
    unit_weekly: `Kết quả giám sát an ninh mạng trong tuần của ${unitName}`
  }[kind]
  return [what, range]
}

/** I., II., III. … in the order in which sections are written. */
function numbering(): (text: string) => Block {
  const numerals = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']
  let next = 0
  return (text) => ({ kind: 'heading', level: 1, text: `${numerals[next++] ?? next}. ${text}` })
}
type Numbered = ReturnType<typeof numbering>

const paragraph = (...runs: Run[]): Block => ({ kind: 'paragraph', runs })

function emphasised({ text, strong }: PostureSentence): Run[] {
  const runs: Run[] = []
  let rest = text.vi
  for (const part of strong) {
    const at = rest.indexOf(part)
    if (part === '' || at === -1) continue
    if (at > 0) runs.push(rest.slice(0, at))
    runs.push({ text: part, bold: true })
    rest = rest.slice(at + part.length)
  }
  if (rest !== '') runs.push(rest)
  return runs
}

function overview({ figures, paragraph: sentences, lastYear }: ReportSource, numbered: Numbered): Block[] {
  const told = sentences.flatMap((sentence, index) => [...(index === 0 ? [] : [' ']), ...emphasised(sentence)])
  const row = (name: string, now: Trended, show: (value: number) => string, year: number | null | undefined) => [
    name,
    now.value === null ? NOT_KNOWN : show(now.value),
    now.before === null ? NOT_KNOWN : show(now.before),
    year === null || year === undefined ? NOT_KNOWN : show(year),
    change(now)
  ]
  const coverage = { value: figures.coverage.share, before: figures.coverage.before, query: 'coverage' }
  const blocks: Block[] = [
    numbered('TÌNH HÌNH CHUNG'),
    paragraph(...(told.length === 0 ? ['Trong kỳ không có số liệu giám sát.'] : told)),
    {
      kind: 'table',
      caption: 'Bảng 1. Số liệu chính',
      columns: [
        { title: 'Chỉ tiêu', share: 34 },
        { title: 'Kỳ này', share: 18, align: 'right' },
        { title: 'Kỳ trước', share: 18, align: 'right' },
        { title: 'Cùng kỳ năm trước', share: 18, align: 'right' },
        { title: 'So với kỳ trước', share: 16, align: 'right' }
      ],
      rows: [
        row('Sự cố cần chỉ đạo', figures.incidents.needDecision, shown, lastYear?.incidents.needDecision.value),
        row('Đơn vị có rủi ro', figures.unitsAtRisk, shown, lastYear?.unitsAtRisk.value),
        row('Độ phủ giám sát', coverage, percent, lastYear?.coverage.share),
        row(
          'Thời gian xử lý trung vị',
          figures.handling.median,
          (ms) => duration(ms).vi,
          lastYear?.handling.median.value
        ),
        row('Việc quá hạn ở đơn vị', figures.tasks.overdueAtEnd, shown, lastYear?.tasks.overdueAtEnd.value)
      ]
    }
  ]
  if (figures.running) {
    blocks.push({ kind: 'note', text: `Kỳ báo cáo chưa kết thúc; số liệu tính đến ${moment(figures.asOf)}.` })
  }
  return blocks
}

function scope(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { units, withEvidence, silent, share } = figures.coverage
  const blocks: Block[] = [
    numbered('PHẠM VI GIÁM SÁT'),
    paragraph(
      `Trong kỳ có ${shown(withEvidence)}/${shown(units)} đơn vị thuộc phạm vi giám sát có gửi nhật ký`,
      share === null ? '.' : ` (${percent(share)}).`,
      ` Tổng số sự kiện thu thập được: ${figures.events.value === null ? NOT_KNOWN : shown(figures.events.value)}.`
    )
  ]
  if (silent.length > 0) {
    blocks.push(
      paragraph(
        `${shown(silent.length)} đơn vị không có nhật ký nào nên chưa kết luận được: `,
        `${silent.slice(0, MAX_NAMED).map(unitName).join('; ')}${silent.length > MAX_NAMED ? '; danh sách đầy đủ ở phụ lục' : ''}.`
      )
    )
  }
  return blocks
}

/** Units named in a sentence; the others stand in the annex. */
const MAX_NAMED = 12
/** Incidents told one by one. */
const MAX_NOTABLE = 20

function alertFigures({ figures }: ReportSource, numbered: Numbered): Block[] {
  const { alerts, incidents } = figures
  const cells = (name: string, trended: Trended | undefined) => [
    name,
    trended?.value == null ? '0' : shown(trended.value),
    trended?.before == null ? NOT_KNOWN : shown(trended.before),
    trended === undefined ? '' : change(trended)
  ]
  const columns = [
    { title: 'Nội dung', share: 46 },
    { title: 'Kỳ này', share: 18, align: 'right' as const },
    { title: 'Kỳ trước', share: 18, align: 'right' as const },
    { title: 'Tăng, giảm', share: 18, align: 'right' as const }
  ]
  const blocks: Block[] = [
    numbered('SỐ LIỆU CẢNH BÁO, SỰ CỐ'),
    {
      kind: 'table',
      caption: 'Bảng 2. Cảnh báo và sự cố',
      columns,
      rows: [
        cells('Cảnh báo mở trong kỳ', alerts.raised),
        ...[...levels]
          .reverse()
          .map((level) => cells(`– mức ${levelWords[level].toLowerCase()}`, alerts.byLevel[level])),
        cells('Sự cố mở trong kỳ', incidents.opened),
        cells('Sự cố đóng trong kỳ', incidents.closed),
        cells('Sự cố còn mở cuối kỳ', incidents.openAtEnd)
      ]
    }
  ]
  if (alerts.topRules.length > 0) {
    blocks.push({
      kind: 'table',
      caption: 'Bảng 3. Dấu hiệu phát hiện nhiều nhất',
      columns: [
        { title: 'Dấu hiệu', share: 56 },
        { title: 'Mức độ', share: 18 },
        { title: 'Cảnh báo', share: 13, align: 'right' },
        { title: 'Đơn vị', share: 13, align: 'right' }
      ],
      rows: alerts.topRules.map((rule) => [
        rule.title.vi,
        levelWords[rule.level],
        shown(rule.alerts),
        shown(rule.units)
      ])
    })
  }
  return blocks
}

function kindsOfIncident(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { byKind } = figures.incidents
  return [
    numbered('SỰ CỐ THEO LOẠI (MÃ ĐỘC, BOTNET, CHÈN QUẢNG CÁO, THAY ĐỔI GIAO DIỆN VÀ LOẠI KHÁC)'),
    byKind.length === 0
      ? paragraph('Trong kỳ không ghi nhận sự cố nào.')
      : {
          kind: 'list',
          items: byKind.map(({ kind, incidents }) => [`${kind.vi}: ${shown(incidents)} sự cố;`])
        }
  ]
}

function health(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { outages, models } = figures.health
  const blocks: Block[] = [numbered('TÌNH TRẠNG HOẠT ĐỘNG CÁC MÔ HÌNH ĐỀ ÁN 06')]
  if (outages.length === 0) blocks.push(paragraph('Trong kỳ không ghi nhận hệ thống gốc nào ngừng hoạt động.'))
  else {
    blocks.push({
      kind: 'table',
      caption: 'Bảng 4. Các lần hệ thống gốc ngừng hoạt động',
      columns: [
        { title: 'Hệ thống', share: 30 },
        { title: 'Từ', share: 19 },
        { title: 'Đến', share: 19 },
        { title: 'Thời gian', share: 14 },
        { title: 'Mô hình bị kéo theo', share: 24 }
      ],
      rows: outages.map((outage) => [
        outage.name,
        moment(outage.from),
        outage.to === null ? 'chưa khôi phục' : moment(outage.to),
        duration(outage.ms).vi,
        outage.models.join(', ')
      ])
    })
  }
  const measured = models.filter((model) => model.uptime !== null || model.sli !== null)
  if (measured.length === 0) {
    blocks.push(paragraph('Chưa mô hình nào có đủ số liệu đo để nêu tỷ lệ hoạt động.'))
    return blocks
  }
  blocks.push({
    kind: 'table',
    caption: 'Bảng 5. Tỷ lệ hoạt động và kết quả kết nối',
    columns: [
      { title: 'Số', share: 7, align: 'center' },
      { title: 'Mô hình', share: 47 },
      { title: 'Hoạt động', share: 15, align: 'right' },
      { title: 'Độ phủ đo', share: 15, align: 'right' },
      { title: 'Kết nối thành công', share: 16, align: 'right' }
    ],
    rows: measured.map((model) => [
      String(model.id),
      model.name,
      model.uptime === null ? 'chưa đủ số liệu' : percent(model.uptime),
      percent(model.coverage),
      model.sli === null ? '–' : percent(model.sli)
    ])
  })
  blocks.push({
    kind: 'note',
    text: `Tỷ lệ hoạt động chỉ nêu khi độ phủ đo từ 90 %. ${shown(models.length - measured.length)} mô hình chưa đo được không có trong bảng.`
  })
  return blocks
}

function notable(figures: PeriodFigures, numbered: Numbered): Block[] {
  const graver = figures.incidents.list
    .filter((incident) => incident.level === 'critical' || incident.level === 'high')
    .slice(0, MAX_NOTABLE)
  return [
    numbered('SỰ CỐ NỔI BẬT'),
    graver.length === 0
      ? paragraph('Trong kỳ không có sự cố mức cao hoặc nghiêm trọng.')
      : {
          kind: 'list',
          items: graver.map((incident) => [
            { text: incident.id, bold: true },
            ` (${levelWords[incident.level].toLowerCase()}): ${incident.units.slice(0, 5).map(unitName).join('; ') || 'chưa rõ đơn vị'}. `,
            `Mở ${moment(incident.openedAt)}; `,
            incident.closedAt === null ? 'đang xử lý;' : `đóng ${moment(incident.closedAt)};`
          ])
        }
  ]
}

function answers(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { sent, answered, answeredInTime, overdueAtEnd, longestOverdueMs } = figures.tasks
  if ((sent.value ?? 0) === 0 && (overdueAtEnd.value ?? 0) === 0) {
    return [numbered('CẢNH BÁO ĐÃ GỬI ĐƠN VỊ VÀ PHẢN HỒI'), paragraph('Trong kỳ không giao việc cho đơn vị nào.')]
  }
  const rate = sent.value === null || sent.value === 0 || answered.value === null ? null : answered.value / sent.value
  const late = figures.units.filter((unit) => unit.overdueTasks > 0)
  return [
    numbered('CẢNH BÁO ĐÃ GỬI ĐƠN VỊ VÀ PHẢN HỒI'),
    paragraph(
      `Đã giao ${shown(sent.value ?? 0)} việc cho đơn vị; ${shown(answered.value ?? 0)} việc được trả lời`,
      rate === null ? '' : ` (${percent(rate)})`,
      `, trong đó ${shown(answeredInTime.value ?? 0)} việc đúng hạn. Cuối kỳ còn ${shown(overdueAtEnd.value ?? 0)} việc quá hạn`,
      longestOverdueMs === null ? '.' : `, lâu nhất ${duration(longestOverdueMs).vi}.`
    ),
    ...(late.length === 0
      ? []
      : [
          paragraph(
            'Đơn vị còn việc quá hạn: ',
            `${late
              .slice(0, MAX_NAMED)
              .map((unit) => `${unitName(unit.unit)} (${shown(unit.overdueTasks)})`)
              .join('; ')}${late.length > MAX_NAMED ? '; các đơn vị khác ở phụ lục' : ''}.`
          )
        ])
  ]
}

/** What the figures themselves show to be wanting; causes that only people know are for them to write. */
function shortcomings(figures: PeriodFigures, numbered: Numbered): Block[] {
  const items: Run[][] = []
  const { silent, units } = figures.coverage
  if (silent.length > 0) items.push([`${shown(silent.length)}/${shown(units)} đơn vị chưa có nhật ký trong kỳ;`])
  if ((figures.tasks.overdueAtEnd.value ?? 0) > 0) {
    items.push([`${shown(figures.tasks.overdueAtEnd.value ?? 0)} việc giao đơn vị quá hạn chưa xong;`])
  }
  const { value } = figures.handling.median
  if (value !== null && value > figures.handling.targetMs) {
    items.push([
      `thời gian xử lý trung vị ${duration(value).vi}, vượt mục tiêu ${duration(figures.handling.targetMs).vi};`
    ])
  }
  const unmeasured = figures.health.models.filter((model) => model.uptime === null).length
  if (unmeasured > 0) items.push([`${shown(unmeasured)} mô hình chưa có đủ số liệu đo để nêu tỷ lệ hoạt động;`])
  return [
    numbered('TỒN TẠI'),
    items.length === 0 ? paragraph('Số liệu trong kỳ không cho thấy tồn tại cần nêu.') : { kind: 'list', items }
  ]
}

function proposals(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { decisions } = figures
  return [
    numbered('NHIỆM VỤ KỲ TỚI, KIẾN NGHỊ'),
    ...(decisions.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            caption: 'Bảng 6. Việc cần chỉ đạo',
            columns: [
              { title: 'Đơn vị', share: 30 },
              { title: 'Nội dung', share: 50 },
              { title: 'Quá hạn', share: 20 }
            ],
            rows: decisions
              .slice(0, MAX_NOTABLE)
              .map((decision) => [
                unitName(decision.unit),
                decision.why.vi,
                decision.overdueMs === null ? '–' : duration(decision.overdueMs).vi
              ])
          }
        ]),
    paragraph(
      decisions.length === 0
        ? 'Không có việc nào chờ chỉ đạo. Tiếp tục giám sát thường xuyên trong kỳ tới.'
        : `Kiến nghị chỉ đạo các đơn vị nêu ở Bảng 6 hoàn thành trong kỳ tới, sau ngày ${day(figures.period.to)}.`
    )
  ]
}
