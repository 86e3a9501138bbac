import type { PeriodFigures } from '#core/api/posture.ts'
import { unitText } from '#core/words.ts'

import type { ReportDocument } from './document.ts'
import { shown } from './numbers.ts'
import { unitStateWords } from '#core/unit-states.ts'
import { unitKindTitles } from './words.ts'

/** Every unit under watch with its figures, on pages that lie down. */
export function unitAnnex(figures: PeriodFigures): ReportDocument['annexes'][number] {
  return {
    title: 'PHỤ LỤC. SỐ LIỆU TỪNG ĐƠN VỊ',
    landscape: true,
    blocks: [
      ...unitKindTitles.flatMap(([kind, title]) => {
        const units = figures.units.filter((unit) => unit.kind === kind)
        if (units.length === 0) return []
        return [
          {
            kind: 'table' as const,
            caption: `${title} (${shown(units.length)})`,
            columns: [
              { title: 'STT', share: 5, align: 'center' as const },
              { title: 'Đơn vị', share: 27 },
              { title: 'Tình trạng', share: 14 },
              { title: 'Ngày gửi nhật ký', share: 10, align: 'right' as const },
              { title: 'Sự kiện', share: 12, align: 'right' as const },
              { title: 'Cảnh báo', share: 9, align: 'right' as const },
              { title: 'Sự cố', share: 8, align: 'right' as const },
              { title: 'Còn mở', share: 8, align: 'right' as const },
              { title: 'Việc đã trả lời', share: 10, align: 'right' as const },
              { title: 'Quá hạn', share: 8, align: 'right' as const }
            ],
            rows: units.map((unit, index) => [
              String(index + 1),
              unitText(unit.unit),
              unitStateWords[unit.state].vi,
              shown(unit.daysSent),
              ...[unit.events, unit.alerts, unit.incidents, unit.openIncidents].map((value) =>
                // A zero of a unit that was not heard is no figure.
                value === 0 && unit.daysSent === 0 ? '–' : shown(value)
              ),
              unit.tasks === 0 ? '–' : `${shown(unit.answeredTasks)}/${shown(unit.tasks)}`,
              shown(unit.overdueTasks)
            ])
          }
        ]
      }),
      { kind: 'note' as const, text: 'Dấu “–”: chưa có số liệu nên chưa kết luận được, hoặc trong kỳ không giao việc.' }
    ]
  }
}
