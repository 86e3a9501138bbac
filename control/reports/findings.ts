import type { PeriodFigures } from '#core/api/posture.ts'
import type { Numbered } from './numbering.ts'
import type { Block } from './document.ts'
import { moment, shown } from './numbers.ts'
import { wasHeard } from './source.ts'
import type { UnitFindings } from './unit-findings.ts'
import { NOT_CONCLUDED } from './words.ts'

/** Sections of a weekly report to an owner: objects, techniques, attackers, and what changed in the watching. */
export function findings(found: UnitFindings, figures: PeriodFigures, numbered: Numbered): Block[] {
  const heard = wasHeard(figures)
  const list = (rows: { name: string; alerts: number }[], none: string): Block =>
    rows.length === 0
      ? { kind: 'paragraph', runs: [heard ? none : NOT_CONCLUDED] }
      : { kind: 'list', items: rows.map(({ name, alerts }) => [`${name}: ${shown(alerts)} cảnh báo`]) }
  const silent = found.sources.filter((source) => !source.heard)
  return [
    numbered('ĐỐI TƯỢNG BỊ TẤN CÔNG'),
    list(found.objects, 'Không ghi nhận đối tượng nào bị tấn công.'),
    numbered('KỸ THUẬT TẤN CÔNG'),
    found.techniques.length === 0
      ? { kind: 'paragraph', runs: [heard ? 'Không ghi nhận kỹ thuật tấn công nào.' : NOT_CONCLUDED] }
      : {
          kind: 'table',
          caption: numbered.table('Kỹ thuật tấn công ghi nhận được'),
          columns: [
            { title: 'Dấu hiệu', share: 38 },
            { title: 'ATT&CK', share: 14 },
            { title: 'Cảnh báo', share: 12, align: 'right' },
            { title: 'Lần đầu', share: 18 },
            { title: 'Lần cuối', share: 18 }
          ],
          rows: found.techniques.map((technique) => [
            technique.title,
            technique.tags.join(', '),
            shown(technique.alerts),
            moment(technique.first),
            moment(technique.last)
          ])
        },
    numbered('NGUỒN TẤN CÔNG'),
    list(found.attackers, 'Không ghi nhận nguồn tấn công nào.'),
    numbered('HỆ THỐNG ĐƯỢC GIÁM SÁT'),
    {
      kind: 'paragraph',
      runs:
        found.sources.length === 0
          ? ['Chưa khai báo nguồn nhật ký nào của đơn vị.']
          : [
              `${shown(found.sources.length)} nguồn nhật ký được khai báo`,
              silent.length === 0
                ? '; tất cả đều gửi trong kỳ.'
                : `; ${shown(silent.length)} nguồn không gửi trong kỳ: ${silent.map(({ name }) => name).join('; ')}.`
            ]
    }
  ]
}
