import type { PeriodFigures } from '#core/api/posture.ts'
import { duration } from '#control/figures/phrases.ts'
import type { Block } from './document.ts'
import { moment, percent, shown } from './numbers.ts'
import { paragraph, type Numbered } from './numbering.ts'
import { NOT_CONCLUDED } from './words.ts'

/** "ngừng: 26; suy giảm: 1, 2": what a system took down is not what went on with less. */
const modelsOf = ({ down, degraded }: PeriodFigures['health']['outages'][number]): string =>
  [
    ...(down.length === 0 ? [] : [`ngừng: ${down.join(', ')}`]),
    ...(degraded.length === 0 ? [] : [`suy giảm: ${degraded.join(', ')}`])
  ].join('; ') || '–'

export function health(figures: PeriodFigures, numbered: Numbered): Block[] {
  const { outages, models } = figures.health
  const blocks: Block[] = [numbered('TÌNH TRẠNG HOẠT ĐỘNG CÁC MÔ HÌNH ĐỀ ÁN 06')]
  // A row says something: a share of time, or of connections that succeeded.
  const measured = models.filter((model) => model.uptime !== null || model.sli !== null)
  const timed = measured.some((model) => model.uptime !== null)
  if (outages.length === 0) {
    // That nothing was seen to stop says something only where somebody looked.
    const looked = models.some((model) => model.uptime !== null)
    blocks.push(paragraph(looked ? 'Trong kỳ không ghi nhận hệ thống gốc nào ngừng hoạt động.' : NOT_CONCLUDED))
  } else {
    blocks.push({
      kind: 'table',
      caption: numbered.table('Các lần hệ thống gốc ngừng hoạt động'),
      columns: [
        { title: 'Hệ thống', share: 30 },
        { title: 'Từ', share: 19 },
        { title: 'Đến', share: 19 },
        { title: 'Thời gian', share: 14 },
        { title: 'Mô hình ảnh hưởng', share: 24 }
      ],
      rows: outages.map((outage) => [
        outage.name,
        moment(outage.from),
        outage.to === null ? 'chưa khôi phục' : moment(outage.to),
        duration(outage.ms).vi,
        modelsOf(outage)
      ])
    })
  }
  if (measured.length === 0) {
    blocks.push(paragraph('Chưa mô hình nào có đủ số liệu đo để nêu tỷ lệ hoạt động.'))
    return blocks
  }
  const linked = measured.some((model) => model.sli !== null)
  if (!timed) blocks.push(paragraph('Chưa mô hình nào có đủ số liệu đo để nêu tỷ lệ hoạt động.'))
  blocks.push({
    kind: 'table',
    caption: numbered.table('Tỷ lệ hoạt động và kết quả kết nối'),
    columns: [
      { title: 'Số', share: 7, align: 'center' },
      { title: 'Mô hình', share: 47 },
      ...(timed ? [{ title: 'Hoạt động', share: 15, align: 'right' as const }] : []),
      { title: 'Độ phủ đo', share: 15, align: 'right' },
      ...(linked ? [{ title: 'Kết nối thành công', share: 16, align: 'right' as const }] : [])
    ],
    rows: measured.map((model) => [
      String(model.id),
      model.name,
      ...(timed ? [model.uptime === null ? 'chưa đủ số liệu' : percent(model.uptime)] : []),
      percent(model.coverage),
      ...(linked ? [model.sli === null ? '–' : percent(model.sli)] : [])
    ])
  })
  const unmeasured = models.length - measured.length
  blocks.push({
    kind: 'note',
    text: `Tỷ lệ hoạt động chỉ nêu khi độ phủ đo từ 90%.${unmeasured === 0 ? '' : ` ${shown(unmeasured)} mô hình chưa đo được không có trong bảng.`}`
  })
  return blocks
}
