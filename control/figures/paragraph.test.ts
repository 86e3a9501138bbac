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
  waitingMs: null,
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
      'Mọi đơn vị trong diện giám sát đều gửi nhật ký.'
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
        sent: 0,
        unheard: inventory.units().map(({ code }) => inventory.label(code))
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
      made.coverage.unheard = [inventory.label(PHONG_THU)]
      made.coverage.sent = made.coverage.units - 1
    })
    expect(said(single)).toEqual([
      'Kỳ này không có sự cố cần chỉ đạo ở những đơn vị có dữ liệu.',
      `Có ${single.coverage.units - 1} trong ${single.coverage.units} đơn vị (99 %) gửi nhật ký, nên xã Phong Thu (Phong Điền) chưa kết luận được.`
    ])
    const communes = inventory
      .units('commune')
      .slice(0, 8)
      .map((unit) => inventory.label(unit.code))
    const many = figures((made) =>
      Object.assign(made.coverage, { unheard: communes, sent: 168, units: 176, feeds: { silent: 2 } })
    )
    expect(said(many).at(-1)).toBe(
      'Có 168 trong 176 đơn vị (95 %) gửi nhật ký, nên 8 đơn vị còn lại chưa kết luận được, không phải là an toàn; 2 đơn vị đã nối nay im lặng.'
    )
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
    expect(paragraphOf(late)[0]).toMatchObject({
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
        targetMs: 4 * HOUR_MS,
        ...{ closed: 5, inTime: 4, open: 2, openLate: 1, longestOpenMs: 21 * HOUR_MS }
      }
    })
    expect(said(made).slice(1, 3)).toEqual([
      'Trong kỳ mở 7 sự cố, nhiều nhất là dò mật khẩu (3); đã đóng 5; mở mới nhiều hơn kỳ trước 3.',
      'Trong 5 sự cố đã đóng, thời gian xử lý trung vị là 3 giờ 12 phút, 4 sự cố đúng mục tiêu; 2 sự cố còn mở, lâu nhất đã 21 giờ.'
    ])
    made.incidents.byKind = [{ kind: { vi: 'Dò mật khẩu', en: 'Password guessing' }, incidents: 7 }]
    expect(said(made)[1]).toContain('mở 7 sự cố, đều là dò mật khẩu; đã đóng 5')
    made.incidents.opened.before = null
    expect(said(made)[1]).not.toContain('kỳ trước')
    Object.assign(made.handling, { closed: 1, open: 3 })
    expect(said(made)[2]).toBe(
      'Sự cố đã đóng được xử lý trong 3 giờ 12 phút (mục tiêu 4 giờ); 3 sự cố còn mở, lâu nhất đã 21 giờ.'
    )
    expect(said(made).join(' ')).not.toContain('Một nửa')
  })

  it('says a tie as a tie, never as a maximum', () => {
    const kinds = (...counts: number[]) =>
      figures((draft) => {
        draft.incidents.opened.value = counts.reduce((sum, n) => sum + n, 0)
        draft.incidents.byKind = counts.map((incidents, at) => ({
          kind: { vi: `Loại ${at + 1}`, en: `Kind ${at + 1}` },
          incidents
        }))
      })
    expect(said(kinds(1, 1, 1, 1))[1]).toContain('mở 4 sự cố, thuộc 4 loại, mỗi loại 1;')
    expect(said(kinds(2, 2))[1]).toContain('mở 4 sự cố, gồm loại 1, loại 2 (mỗi loại 2);')
    expect(said(kinds(2, 2, 1))[1]).toContain('nhiều nhất là loại 1, loại 2 (mỗi loại 2);')
    expect(said(kinds(3, 2))[1]).toContain('nhiều nhất là loại 1 (3);')
    expect(saidEnglish(kinds(1, 1, 1, 1))[1]).toContain('of 4 kinds, 1 each;')
  })

  it('never says that nothing needs a decision while grave alerts, late tasks or incidents are open', () => {
    const storm = figures((made) => {
      made.alerts.untaken.value = 201
      made.alerts.untakenUnits = [
        { unit: inventory.label(PHONG_THU), alerts: 198 },
        { unit: inventory.label('19750'), alerts: 3 }
      ]
    })
    expect(said(storm)[0]).toBe('Còn 201 cảnh báo mức cao trở lên chưa ai nhận, 198 ở xã Phong Thu (Phong Điền).')
    const tie = figures((made) => {
      made.alerts.untaken.value = 2
      made.alerts.untakenUnits = [PHONG_THU, '19750'].map((code) => ({ unit: inventory.label(code), alerts: 1 }))
    })
    expect(said(tie)[0]).toBe('Còn 2 cảnh báo mức cao trở lên chưa ai nhận, ở 2 đơn vị.')
    const late = figures((made) => {
      made.tasks.overdueAtEnd.value = 1
      made.decisions = [decision(PHONG_THU, { incident: null, overdueMs: HOUR_MS })]
    })
    const mild = figures((made) => (made.incidents.openAtEnd.value = 2))
    expect(said(mild)[0]).toBe('Kỳ này còn 2 sự cố mở, chưa sự cố nào ở mức cao hoặc quá hạn.')
    for (const made of [storm, tie, late, mild]) {
      expect(said(made).join(' ')).not.toContain('không có sự cố cần chỉ đạo')
      expect(saidEnglish(made).join(' ')).not.toContain('no incident that needs')
    }
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
