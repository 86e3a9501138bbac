import type { PeriodFigures, PostureSentence, Trended } from '#core/api/posture.ts'
import { sentShare } from '#core/posture.ts'
import { levels } from '#core/match.ts'
import { levelName, levelWords, unitText } from '#core/words.ts'
import { duration } from '#control/figures/phrases.ts'
import type { Block, Run } from './document.ts'
import { change, moment, percent, shown } from './numbers.ts'
import { paragraph, type Numbered } from './numbering.ts'
import { heardFigure, MAX_NAMED, othersThan, wasHeard, type ReportSource } from './source.ts'
import { NOT_KNOWN, NOT_CONCLUDED } from './words.ts'

function emphasised({ text, strong }: PostureSentence): Run[] {
  const runs: Run[] = []
  // A share is written 84,12% in reports, without the space it has on screens.
  let rest = text.vi.replaceAll(' %', '%')
  for (const part of strong.map((words) => words.replaceAll(' %', '%'))) {
    const at = rest.indexOf(part)
    if (part === '' || at === -1) continue
    if (at > 0) runs.push(rest.slice(0, at))
    runs.push({ text: part, bold: true })
    rest = rest.slice(at + part.length)
  }
  if (rest !== '') runs.push(rest)
  return runs
}

export function overview({ figures, paragraph: sentences, lastYear }: ReportSource, numbered: Numbered): Block[] {
  const runs = sentences.flatMap((sentence, index) => [...(index === 0 ? [] : [' ']), ...emphasised(sentence)])
  const row = (name: string, now: Trended, show: (value: number) => string, year: number | null | undefined) => [
    name,
    now.value === null ? NOT_KNOWN : show(now.value),
    now.before === null ? NOT_KNOWN : show(now.before),
    year === null || year === undefined ? NOT_KNOWN : show(year),
    change(now) || '–'
  ]
  const heard = (trended: Trended) => heardFigure(figures, trended)
  const yearOf = (figureOf: (figures: PeriodFigures) => Trended) =>
    lastYear && heardFigure(lastYear, figureOf(lastYear)).value
  const coverage = { value: figures.coverage.sent, before: figures.coverage.before, query: 'coverage' }
  const ofUnits = (sent: number) => `${shown(sent)}/${shown(figures.coverage.units)}`
  const blocks: Block[] = [
    numbered('TÌNH HÌNH CHUNG'),
    paragraph(...(runs.length === 0 ? [NOT_CONCLUDED] : runs)),
    {
      kind: 'table',
      caption: numbered.table('Số liệu chính'),
      columns: [
        { title: 'Chỉ tiêu', share: 34 },
        { title: 'Kỳ này', share: 18, align: 'right' },
        { title: 'Kỳ trước', share: 18, align: 'right' },
        { title: 'Cùng kỳ năm trước', share: 18, align: 'right' },
        { title: 'So với kỳ trước', share: 16, align: 'right' }
      ],
      rows: [
        row(
          'Sự cố cần chỉ đạo',
          heard(figures.incidents.needDecision),
          shown,
          yearOf((year) => year.incidents.needDecision)
        ),
        row(
          'Cảnh báo mức cao trở lên chưa ai nhận',
          heard(figures.alerts.untaken),
          shown,
          yearOf((year) => year.alerts.untaken)
        ),
        row('Đơn vị gửi nhật ký', coverage, ofUnits, lastYear?.coverage.sent),
        row(
          `Thời gian xử lý trung vị (${shown(figures.handling.closed)} sự cố đã đóng)`,
          figures.handling.median,
          (ms) => duration(ms).vi,
          lastYear?.handling.median.value
        ),
        row(
          'Việc quá hạn ở đơn vị',
          heard(figures.tasks.overdueAtEnd),
          shown,
          yearOf((year) => year.tasks.overdueAtEnd)
        )
      ]
    }
  ]
  if (figures.running) {
    blocks.push({ kind: 'note', text: `Kỳ báo cáo chưa kết thúc; số liệu tính đến ${moment(figures.asOf)}.` })
  }
  return blocks
}

const countOf = ({ value }: Trended): string => (value === null ? NOT_KNOWN : shown(value))

export function scope({ figures, kind }: ReportSource, numbered: Numbered): Block[] {
  const { units, sent, unheard, since } = figures.coverage
  const share = sentShare(figures.coverage)
  const blocks: Block[] = [
    numbered('PHẠM VI GIÁM SÁT'),
    paragraph(
      sent === null || share === null
        ? `Số đơn vị tự gửi nhật ký được đếm từ ${moment(since)}, nên kỳ này không nêu độ phủ.`
        : `Trong kỳ có ${shown(sent)}/${shown(units)} đơn vị thuộc phạm vi giám sát có gửi nhật ký (${percent(share)}).`,
      ` Tổng số sự kiện thu thập được: ${countOf(heardFigure(figures, figures.events))}.`
    )
  ]
  if (sent !== null && unheard.length > 0) {
    blocks.push(
      paragraph(
        `${shown(unheard.length)} đơn vị không gửi nhật ký nên chưa kết luận được: `,
        `${unheard.slice(0, MAX_NAMED).map(unitText).join('; ')}${othersThan(kind, unheard.length)}`
      )
    )
  }
  return blocks
}

export function alertFigures({ figures }: ReportSource, numbered: Numbered): Block[] {
  const { alerts, incidents } = figures
  const cells = (name: string, counted: Trended | undefined) => {
    const trended = heardFigure(figures, counted ?? { value: 0, before: null, query: '' })
    return [name, countOf(trended), trended.before === null ? NOT_KNOWN : shown(trended.before), change(trended) || '–']
  }
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
      caption: numbered.table('Cảnh báo và sự cố'),
      columns,
      rows: [
        cells('Cảnh báo mở trong kỳ', alerts.raised),
        ...[...levels].reverse().map((level) => cells(`– mức ${levelWords[level].vi}`, alerts.byLevel[level])),
        cells('Sự cố mở trong kỳ', incidents.opened),
        cells('Sự cố đóng trong kỳ', incidents.closed),
        cells('Sự cố còn mở cuối kỳ', incidents.openAtEnd)
      ]
    }
  ]
  if (alerts.topRules.length > 0) {
    blocks.push({
      kind: 'table',
      caption: numbered.table('Dấu hiệu phát hiện nhiều nhất'),
      columns: [
        { title: 'Dấu hiệu', share: 56 },
        { title: 'Mức cao nhất', share: 18 },
        { title: 'Cảnh báo', share: 13, align: 'right' },
        { title: 'Đơn vị', share: 13, align: 'right' }
      ],
      rows: alerts.topRules.map((rule) => [
        rule.title.vi,
        levelName(rule.level).vi,
        shown(rule.alerts),
        shown(rule.units)
      ])
    })
  }
  return blocks
}

export function kindsOfIncident(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { byKind } = figures.incidents
  return [
    numbered('SỰ CỐ THEO LOẠI (MÃ ĐỘC, BOTNET, CHÈN QUẢNG CÁO, THAY ĐỔI GIAO DIỆN VÀ LOẠI KHÁC)'),
    byKind.length === 0
      ? paragraph(wasHeard(figures) ? 'Trong kỳ không ghi nhận sự cố nào.' : NOT_CONCLUDED)
      : {
          kind: 'list',
          items: byKind.map(({ kind, incidents }) => [`${kind.vi}: ${shown(incidents)} sự cố`])
        }
  ]
}
