import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '#core/time.ts'
import type { PeriodFigures } from '#core/api/posture.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { END, PERIOD, PHONG_THU, START, testPeriod } from '#testing/sample-period.ts'
import { unitText } from '#core/words.ts'
import { reportDocument } from './contents.ts'
import type { Block } from './document.ts'
import { change, exactShare, percent } from './numbers.ts'
import type { ReportSource } from './source.ts'
import { sampleSource } from '#testing/reports.ts'

const words = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => {
    const plain = (runs: Extract<Block, { kind: 'paragraph' }>['runs']) =>
      runs.map((run) => (typeof run === 'string' ? run : run.text)).join('')
    if (block.kind === 'paragraph') return [plain(block.runs)]
    if (block.kind === 'list') return block.items.map(plain)
    if (block.kind === 'table') return block.rows.map((row) => row.join(' | '))
    return [block.text]
  })
/** Every line of a report, its annexes included. */
function linesOf(source: ReportSource): string[] {
  const document = reportDocument(source)
  return [...words(document.blocks), ...document.annexes.flatMap((annex) => words(annex.blocks))]
}

/** A month that ended with nobody heard, after one with data. */
const silentFigures = (): PeriodFigures => {
  const period = testPeriod()
  period.hear(START - 40 * DAY_MS, PHONG_THU)
  return period.figures(PERIOD, { origin: 'real' })
}

describe('what a report says', () => {
  it('leaves the day to the registry office, and keeps the end of the period in the file', () => {
    expect(reportDocument(sampleSource())).toMatchObject({ dated: null, madeAt: END })
  })

  it.each([
    ['new', 'mới'],
    ['in_progress', 'đang xử lý'],
    ['waiting', 'chờ đơn vị'],
    ['review', 'chờ xem lại']
  ])('of an incident that was %s at the end is: %s', (status, said) => {
    const source = sampleSource()
    Object.assign(source.figures.incidents.list[0]!, { level: 'critical', closedAt: null, status })
    const { id } = source.figures.incidents.list[0]!
    expect(linesOf(source).find((line) => line.startsWith(`${id} (`))).toMatch(new RegExp(`; cuối kỳ: ${said}$`))
    Object.assign(source.figures.incidents.list[0]!, { closedAt: END - HOUR_MS, status: 'closed' })
    expect(linesOf(source).find((line) => line.startsWith(`${id} (`))).toMatch(
      /; đã đóng lúc 23 giờ 00 phút ngày 14\/11\/2023$/
    )
  })

  it('prints every share with two decimals', () => {
    expect([0, 0.5, 0.84129, 0.99999, 1].map(percent)).toEqual(['0,00%', '50,00%', '84,12%', '99,99%', '100,00%'])
    expect(change({ value: 9, before: 8, query: '' })).toBe('tăng 12,50%')
    const source = sampleSource()
    const shares = linesOf(source).flatMap((line) => line.match(/[\d.,]+ ?%/g) ?? [])
    expect(shares.length).toBeGreaterThan(2)
    expect(shares.filter((share) => !/^[\d.]+,\d\d%$/.test(share))).toEqual(
      ['90%'].filter((share) => shares.includes(share))
    )
  })

  it.each(['daily', 'weekly', 'monthly', 'unit_weekly'] as const)(
    'of a period (%s) in which no unit was heard is that nothing can be concluded, never that nothing happened',
    (kind) => {
      const figures = silentFigures()
      const findings = kind === 'unit_weekly' ? { techniques: [], objects: [], attackers: [], sources: [] } : null
      const lines = linesOf(sampleSource({ kind, figures, paragraph: paragraphOf(figures, exactShare), findings }))
      const whole = lines.join('\n')
      expect(whole).toContain('chưa kết luận được')
      expect(whole).not.toMatch(/không ghi nhận|không có sự cố|không có việc nào|không cho thấy/i)
      for (const name of [
        'Sự cố cần chỉ đạo',
        'Cảnh báo mức cao trở lên chưa ai nhận',
        'Cảnh báo mở trong kỳ',
        '– mức cao',
        'Sự cố mở trong kỳ'
      ])
        expect(lines.find((line) => line.startsWith(name))).toMatch(/^[^|]+\| chưa có số liệu \|.*\| –$/)
      const [first] = figures.units
      const row = lines.find((line) => line.includes(`| ${unitText(first!.unit)} |`))
      if (kind === 'weekly' || kind === 'monthly') expect(row).toContain('| chưa nối | 0 | – | – | – | – | – |')
    }
  )

  it('still counts what is known of a period in which no unit was heard', () => {
    const figures = silentFigures()
    figures.incidents.opened.value = 2
    const lines = linesOf(sampleSource({ figures, paragraph: paragraphOf(figures, exactShare) }))
    expect(lines.find((line) => line.startsWith('Sự cố mở trong kỳ'))).toMatch(/\| 2 \|/)
    expect(lines[1]).toMatch(/^Kỳ này chưa có số liệu của đơn vị nào, nên chưa kết luận được/)
  })

  it('of an outage tells the models that stopped from those that went on with less', () => {
    const source = sampleSource()
    const outage = { system: 'lgsp', name: 'LGSP', from: START, to: START + HOUR_MS, ms: HOUR_MS }
    source.figures.health.outages = [
      { ...outage, models: [1, 2, 26], down: [26], degraded: [1, 2] },
      { ...outage, from: START + DAY_MS, to: null, name: 'NDXP', models: [], down: [], degraded: [] }
    ]
    const lines = linesOf(source)
    expect(lines.find((line) => line.startsWith('LGSP'))).toMatch(/\| 1 giờ \| ngừng: 26; suy giảm: 1, 2$/)
    expect(lines.find((line) => line.startsWith('NDXP'))).toMatch(/\| chưa khôi phục \| 1 giờ \| –$/)
  })
})
