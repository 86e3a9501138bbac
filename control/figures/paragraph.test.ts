import { describe, expect, it } from 'vitest'
import type { PeriodFigures } from '#core/api/posture.ts'
import { DAY_MS, MINUTE_MS, HOUR_MS } from '#core/time.ts'
import { paragraphOf } from './paragraph.ts'
import { inventory, PERIOD, PHONG_THU, START, testPeriod } from '#testing/sample-period.ts'
import { duration, unitKinds, unitNameInside, wholePercent } from './phrases.ts'

/** Figures of a whole month in which every unit was heard and nothing happened, changed as a test needs it. */
function figures(change: (figures: PeriodFigures) => void = () => undefined): PeriodFigures {
  const period = testPeriod()
  for (const unit of inventory.units()) period.hear(START, unit.code)
  const made = period.figures(PERIOD, { origin: 'real' })
  change(made)
  return made
}
const said = (made: PeriodFigures) => paragraphOf(made).map(({ text }) => text.vi)
const saidEnglish = (made: PeriodFigures) => paragraphOf(made).map(({ text }) => text.en)
const decision = (code: string, more: Partial<PeriodFigures['decisions'][number]> = {}) => ({
  unit: inventory.label(code),
  why: { vi: 'x', en: 'x' },
  level: 'high' as const,
  incident: `VL-${code}`,
  task: null,
  overdueMs: null,
  ...more
})
const outage = (
  system: string,
  minutes: number,
  down: number[],
  to: number | null = START + DAY_MS,
  degraded: number[] = []
) => ({
  system,
  name: system,
  from: START,
  to,
  ms: minutes * MINUTE_MS,
  models: [...down, ...degraded],
  down,
  degraded
})

describe('the paragraph', () => {
  it('of a quiet period with everybody heard says so, and no more', () => {
    expect(said(figures())).toEqual([
      'Kỳ này không có sự cố cần chỉ đạo.',
      'Mọi đơn vị trong diện giám sát đều có dữ liệu.'
    ])
  })

  it('of a period without data concludes nothing', () => {
    const made = testPeriod().figures(PERIOD, { origin: 'real' })
    expect(said(made)).toEqual([
      'Kỳ này chưa có dữ liệu nào, nên chưa kết luận được điều gì về an ninh mạng của các đơn vị.'
    ])
  })

  it('of a period in which no unit was heard tells what is known, and not that nothing happened', () => {
    const silent = figures((made) => {
      Object.assign(made.coverage, {
        withEvidence: 0,
        share: 0,
        silent: inventory.units().map(({ code }) => inventory.label(code))
      })
      made.incidents.closed.value = 3
    })
    expect(said(silent).slice(0, 2)).toEqual([
      'Kỳ này chưa có số liệu của đơn vị nào, nên chưa kết luận được có sự cố cần chỉ đạo hay không.',
      'Trong kỳ đã đóng 3 sự cố.'
    ])
    expect(saidEnglish(silent)[1]).toBe('3 incidents were closed.')
  })

  it('never speaks for units that were silent', () => {
    const single = figures((made) => {
      made.coverage.silent = [inventory.label(PHONG_THU)]
      made.coverage.withEvidence -= 1
      made.coverage.share = made.coverage.withEvidence / made.coverage.units
    })
    expect(said(single)).toEqual([
      'Kỳ này không có sự cố cần chỉ đạo ở những đơn vị có dữ liệu.',
      'Số liệu phủ 99 % đơn vị; xã Phong Thu (Phong Điền) im lặng nên chưa kết luận được.'
    ])
    const communes = inventory
      .units('commune')
      .slice(0, 8)
      .map((unit) => inventory.label(unit.code))
    const many = figures((made) => Object.assign(made.coverage, { silent: communes, share: 0.9485 }))
    expect(said(many).at(-1)).toBe('Số liệu phủ 94 % đơn vị; 8 xã im lặng nên chưa kết luận được.')
  })

  it('names the place of one incident, the level of many, and counts a mix', () => {
    const [commune, second, district] = [PHONG_THU, '19750', inventory.units('district')[0]!.code]
    const inUnits = (codes: string[], n = codes.length) =>
      figures((made) => {
        made.incidents.needDecision.value = n
        made.decisions = codes.map((code) => decision(code))
      })
    expect(said(inUnits([commune]))[0]).toBe('Kỳ này có 1 sự cố cần chỉ đạo, ở xã Phong Thu (Phong Điền).')
    expect(saidEnglish(inUnits([commune]))[0]).toBe(
      'This period has 1 incident that needs a decision, at Xã Phong Thu (Phong Điền).'
    )
    expect(said(inUnits([commune], 2))[0]).toBe('Kỳ này có 2 sự cố cần chỉ đạo, đều ở xã Phong Thu (Phong Điền).')
    expect(said(inUnits([commune, second]))[0]).toBe('Kỳ này có 2 sự cố cần chỉ đạo, đều ở cấp xã.')
    expect(said(inUnits([commune, second, district]))[0]).toBe('Kỳ này có 3 sự cố cần chỉ đạo, ở 2 xã và 1 huyện.')
    expect(said(inUnits(['_unassigned']))[0]).toBe('Kỳ này có 1 sự cố cần chỉ đạo.')
    const running = inUnits([commune, second])
    running.running = true
    expect(said(running)[0]).toBe('Đến nay, kỳ này có 2 sự cố cần chỉ đạo, đều ở cấp xã.')
  })

  it('says who is late and by how much', () => {
    const late = figures((made) => {
      made.tasks.overdueAtEnd.value = 3
      made.tasks.longestOverdueMs = 2 * DAY_MS + HOUR_MS
      made.decisions = [decision(PHONG_THU, { incident: null, task: 'NV-0001', overdueMs: 2 * DAY_MS + HOUR_MS })]
    })
    expect(paragraphOf(late)[1]).toMatchObject({
      text: { vi: 'Xã Phong Thu (Phong Điền) quá hạn 2 ngày; tất cả có 3 việc quá hạn.' },
      strong: ['Xã Phong Thu (Phong Điền) quá hạn 2 ngày', 'Xã Phong Thu (Phong Điền) is 2 days late'],
      query: 'tasks.overdue_at_end'
    })
    expect(said(figures((made) => (made.tasks.sent.value = 2)))).toContain('Không đơn vị nào quá hạn việc được giao.')
  })

  it('tells outages of one system together, and what they took with them', () => {
    const saidOf = (...outages: PeriodFigures['health']['outages']) =>
      said(figures((made) => (made.health.outages = outages)))[1]
    expect(saidOf(outage('Hue-S', 41, [2, 18, 22, 23, 24, 25, 27, 28, 32, 44]))).toBe(
      'Hue-S ngừng một lần 41 phút, 10 mô hình ngừng.'
    )
    expect(saidOf(outage('LGSP', 41, [26], START + DAY_MS, [1, 2, 3, 4]))).toBe(
      'LGSP ngừng một lần 41 phút, 1 mô hình ngừng, 4 mô hình suy giảm.'
    )
    // Degraded in one outage and down in another: it was down.
    expect(saidOf(outage('LGSP', 30, [], START + DAY_MS, [1, 2]), outage('LGSP', 30, [1]))).toBe(
      'LGSP ngừng 2 lần, tổng cộng 1 giờ, 1 mô hình ngừng, 1 mô hình suy giảm.'
    )
    expect(saidOf(outage('NDXP', 41, []))).toBe('NDXP ngừng một lần 41 phút.')
    const english = saidEnglish(figures((made) => (made.health.outages = [outage('LGSP', 41, [26], null, [1, 2])])))
    expect(english[1]).toBe(
      'LGSP was down once for 41 minutes, with 1 model down and 2 models degraded, and was not back at the end.'
    )
    expect(saidOf(outage('Hue-S', 41, [2]), outage('Hue-S', 84, [2, 3], null), outage('NDXP', 600, []))).toBe(
      'Hue-S ngừng 2 lần, tổng cộng 2 giờ 5 phút, 2 mô hình ngừng, đến cuối kỳ chưa khôi phục; 1 hệ thống khác cũng từng ngừng.'
    )
    // What is still down is named before what was worse and is over.
    expect(saidOf(outage('NDXP', 600, [1, 2, 3]), outage('Hue-S', 2, [2], null))).toMatch(/^Hue-S ngừng một lần 2 phút/)
  })

  it('compares only with a period that has data, and handling only when something was closed', () => {
    const made = figures((draft) => {
      Object.assign(draft.incidents.opened, { value: 7, before: 4 })
      draft.incidents.closed.value = 5
      draft.incidents.byKind = [{ kind: { vi: 'Dò mật khẩu', en: 'Password guessing' }, incidents: 3 }]
      draft.handling = {
        median: { value: 3 * HOUR_MS + 12 * MINUTE_MS, before: null, query: '' },
        targetMs: 4 * HOUR_MS
      }
    })
    expect(said(made).slice(1, 3)).toEqual([
      'Trong kỳ mở 7 sự cố, nhiều nhất là dò mật khẩu (3); đã đóng 5; mở mới nhiều hơn kỳ trước 3.',
      'Một nửa số sự cố được xử lý xong trong 3 giờ 12 phút, đạt mục tiêu 4 giờ.'
    ])
    made.incidents.byKind = [{ kind: { vi: 'Dò mật khẩu', en: 'Password guessing' }, incidents: 7 }]
    expect(said(made)[1]).toContain('mở 7 sự cố, đều là dò mật khẩu; đã đóng 5')
    made.incidents.opened.before = null
    expect(said(made)[1]).not.toContain('kỳ trước')
    made.handling.median.value = 5 * HOUR_MS
    expect(said(made)[2]).toContain('chưa đạt')
  })

  it('names a query and a place for every sentence, and its bold words are in it', () => {
    const made = figures((draft) => {
      draft.incidents.needDecision.value = 1
      draft.decisions = [decision(PHONG_THU)]
      draft.health.outages = [outage('Hue-S', 41, [2])]
    })
    for (const { text, strong, query, link } of paragraphOf(made)) {
      expect(query).toMatch(/^[a-z]+\.[a-z_]+$/)
      expect(link).toMatch(/^\/(posture|models)/)
      for (const words of strong) expect(`${text.vi} ${text.en}`).toContain(words)
      expect(text.vi).toMatch(/\.$/)
      expect(text.en).toMatch(/\.$/)
    }
  })
})

describe('words', () => {
  it('lengths, shares and kinds are said as people say them', () => {
    expect([0, 41, 60, 192, 360, 1500, 2880].map((minutes) => duration(minutes * MINUTE_MS).vi)).toEqual([
      'dưới 1 phút',
      '41 phút',
      '1 giờ',
      '3 giờ 12 phút',
      '6 giờ',
      '25 giờ',
      '2 ngày'
    ])
    expect([0, 0.001, 0.9999, 1].map((share) => wholePercent(share).vi)).toEqual(['0 %', 'dưới 1 %', '99 %', '100 %'])
    expect(unitKinds({ commune: 1, district: 0, department: 2 })).toEqual({
      vi: '1 xã và 2 sở, ngành',
      en: '1 commune and 2 departments'
    })
    expect(unitNameInside({ code: '', name: 'Sở Y tế', district: '' })).toBe('Sở Y tế')
  })
})
