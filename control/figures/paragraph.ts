import type { UnitRef } from '#core/api/common.ts'
import type { PeriodFigures, PostureSentence } from '#core/api/posture.ts'
import type { Bilingual } from '#core/match.ts'
import { unitText } from '#core/words.ts'
import { coverage, handling, sentence } from './measured-sentences.ts'
import { duration, number, plural, unitKinds, unitNameInside, wholePercent } from './phrases.ts'

/*
 * The paragraph above the figures: what a leader would be told in a minute, made from the figures and nothing else. A
 * sentence never says more than the coverage carries, and never carries log text, addresses or names of people.
 */

type Sentence = PostureSentence
type Kinds = { commune: number; district: number; department: number }

/**
 * Sentences in their order; each names the query that made it and where its detail stands. `share` says a share 0–1: whole
 * percent on screens, two decimals in reports.
 */
export function paragraphOf(figures: PeriodFigures, share: (share: number) => Bilingual = wholePercent): Sentence[] {
  if (nothingKnown(figures)) return [noData(figures)]
  return [
    decisions(figures),
    opened(figures),
    untaken(figures),
    overdue(figures),
    outages(figures),
    handling(figures),
    coverage(figures, share)
  ].filter((sentence) => sentence !== undefined)
}

function nothingKnown({ events, alerts, incidents, tasks, health }: PeriodFigures): boolean {
  const all = [events, alerts.raised, incidents.opened, incidents.openAtEnd, tasks.sent, tasks.overdueAtEnd]
  return all.every(({ value }) => value === 0) && health.outages.length === 0
}

function noData({ running }: PeriodFigures): Sentence {
  return sentence(
    {
      vi: `${running ? 'Đến nay kỳ' : 'Kỳ'} này chưa có dữ liệu nào, nên chưa kết luận được điều gì về an ninh mạng của các đơn vị.`,
      en: `There are no data ${running ? 'in this period yet' : 'for this period'}, so nothing can be concluded about the units’ security.`
    },
    'events.total',
    '/posture/units?show=unheard'
  )
}

/** Somebody was heard: without it a zero says nothing. */
const wasHeard = ({ coverage, events }: PeriodFigures) =>
  coverage.sent === null ? (events.value ?? 0) > 0 : coverage.sent > 0

function decisions(figures: PeriodFigures): Sentence | undefined {
  const { incidents, alerts, tasks, coverage, running } = figures
  const n = incidents.needDecision.value ?? 0
  const whole = coverage.sent === coverage.units
  const link = n === 0 ? '/posture/incidents' : '/posture/incidents?show=open'
  const start = {
    vi: running ? 'Đến nay, kỳ này' : 'Kỳ này',
    en: running ? 'So far this period has' : 'This period has'
  }
  const open = (alerts.untaken.value ?? 0) + (tasks.overdueAtEnd.value ?? 0) + (incidents.openAtEnd.value ?? 0)
  if (n === 0 && !wasHeard(figures)) {
    return sentence(
      {
        vi: `${running ? 'Đến nay kỳ' : 'Kỳ'} này chưa có số liệu của đơn vị nào, nên chưa kết luận được có sự cố cần chỉ đạo hay không.`,
        en: `No unit has sent data ${running ? 'in this period yet' : 'in this period'}, so whether an incident needs a decision cannot be concluded.`
      },
      'coverage.units',
      '/posture/units?show=unheard'
    )
  }
  // Something waits all the same: the sentences that follow say it, and none before them that all is well.
  if (n === 0 && open > 0) {
    const left = incidents.openAtEnd.value ?? 0
    if (left === 0) return undefined
    return sentence(
      {
        vi: `${start.vi} còn ${number(left).vi} sự cố mở, chưa sự cố nào ở mức cao hoặc quá hạn.`,
        en: `${start.en} ${plural(left, 'open incident')}, none of them high or late.`
      },
      'incidents.open_at_end',
      '/posture/incidents?show=open'
    )
  }
  if (n === 0) {
    const strong = { vi: 'không có sự cố cần chỉ đạo', en: 'no incident that needs a decision' }
    return sentence(
      {
        vi: `${start.vi} ${strong.vi}${whole ? '' : ' ở những đơn vị có dữ liệu'}.`,
        en: `${start.en} ${strong.en}${whole ? '' : ' at the units that sent data'}.`
      },
      'incidents.need_decision',
      link,
      [strong.vi, strong.en]
    )
  }
  const strong = {
    vi: `${number(n).vi} sự cố cần chỉ đạo`,
    en: `${plural(n, 'incident')} that ${n === 1 ? 'needs' : 'need'} a decision`
  }
  const where = placeOf(figures, n)
  return sentence(
    { vi: `${start.vi} có ${strong.vi}${where.vi}.`, en: `${start.en} ${strong.en}${where.en}.` },
    'incidents.need_decision',
    link,
    [strong.vi, strong.en]
  )
}

/** Where the incidents are that need a decision: by name when it is one place, else by level of administration. */
function placeOf(figures: PeriodFigures, n: number): Bilingual {
  const units = new Map(
    figures.decisions.filter((row) => row.incident !== null).map((row) => [row.unit.code, row.unit] as const)
  )
  const [first] = units.values()
  const kinds = kindsOf(figures, [...units.values()])
  const known = kinds.commune + kinds.district + kinds.department
  if (first === undefined || known === 0) return { vi: '', en: '' }
  if (units.size === 1) {
    const all = { vi: n === 1 ? ', ở' : ', đều ở', en: n === 1 ? ', at' : ', all at' }
    return { vi: `${all.vi} ${unitNameInside(first)}`, en: `${all.en} ${unitText(first)}` }
  }
  if (known === units.size) {
    if (kinds.commune === known) return { vi: ', đều ở cấp xã', en: ', all at commune level' }
    if (kinds.district === known) return { vi: ', đều ở cấp huyện', en: ', all at district level' }
    if (kinds.department === known) return { vi: ', đều ở sở, ngành', en: ', all at departments' }
  }
  const counted = unitKinds(kinds)
  return { vi: `, ở ${counted.vi}`, en: `, at ${counted.en}` }
}

function kindsOf(figures: PeriodFigures, units: readonly UnitRef[]): Kinds {
  const kinds: Kinds = { commune: 0, district: 0, department: 0 }
  const kind = new Map(figures.units.map((row) => [row.unit.code, row.kind]))
  for (const { code } of units) {
    const found = kind.get(code)
    if (found !== undefined) kinds[found] += 1
  }
  return kinds
}

function opened(figures: PeriodFigures): Sentence | undefined {
  const { incidents } = figures
  const n = incidents.opened.value ?? 0
  const closed = incidents.closed.value ?? 0
  if (n === 0 && closed === 0) return undefined
  // That none was opened says nothing where nobody was heard.
  if (n === 0 && !wasHeard(figures))
    return sentence(
      {
        vi: `Trong kỳ đã đóng ${number(closed).vi} sự cố.`,
        en: `${plural(closed, 'incident')} ${closed === 1 ? 'was' : 'were'} closed.`
      },
      'incidents.closed',
      '/posture/incidents?show=closed'
    )
  const [most, next] = incidents.byKind
  // Kinds that share the first place: a tie has no maximum.
  const first = incidents.byKind.filter((kind) => kind.incidents === most?.incidents)
  const kind =
    most === undefined || n === 0
      ? { vi: '', en: '' }
      : n === 1
        ? { vi: ` (${lower(most.kind.vi)})`, en: ` (${lower(most.kind.en)})` }
        : most.incidents === n
          ? { vi: `, đều là ${lower(most.kind.vi)}`, en: `, all of them ${lower(most.kind.en)}` }
          : next?.incidents === most.incidents
            ? tied(first, incidents.byKind.length)
            : {
                vi: `, nhiều nhất là ${lower(most.kind.vi)} (${number(most.incidents).vi})`,
                en: `, most often ${lower(most.kind.en)} (${number(most.incidents).en})`
              }
  return sentence(
    {
      vi: `Trong kỳ mở ${number(n).vi} sự cố${kind.vi}; đã đóng ${number(closed).vi}${changed(incidents.opened).vi}.`,
      en: `${plural(n, 'incident')} ${n === 1 ? 'was' : 'were'} opened${kind.en}; ${number(closed).en} ${closed === 1 ? 'was' : 'were'} closed${changed(incidents.opened).en}.`
    },
    'incidents.opened',
    '/posture/incidents'
  )
}

/** Kinds with the same number of incidents: "bốn loại, mỗi loại 1". */
function tied(first: PeriodFigures['incidents']['byKind'], kinds: number): Bilingual {
  const each = number(first[0]?.incidents ?? 0)
  const names = (language: 'vi' | 'en') => first.map(({ kind }) => lower(kind[language])).join(', ')
  const all = first.length === kinds
  return first.length > 3
    ? all
      ? { vi: `, thuộc ${first.length} loại, mỗi loại ${each.vi}`, en: `, of ${first.length} kinds, ${each.en} each` }
      : {
          vi: `, nhiều nhất là ${first.length} loại ngang nhau, mỗi loại ${each.vi}`,
          en: `, ${first.length} kinds being most frequent with ${each.en} each`
        }
    : {
        vi: `, ${all ? 'gồm' : 'nhiều nhất là'} ${names('vi')} (mỗi loại ${each.vi})`,
        en: `, ${all ? 'namely' : 'most often'} ${names('en')} (${each.en} each)`
      }
}

/** Grave alerts that nobody took: a storm opens no incident, and is told all the same. */
function untaken({ alerts, incidents }: PeriodFigures): Sentence | undefined {
  const n = alerts.untaken.value ?? 0
  const [most] = alerts.untakenUnits
  if (n === 0 || most === undefined) return undefined
  const strong = {
    vi: `${number(n).vi} cảnh báo mức cao trở lên chưa ai nhận`,
    en: `${plural(n, 'high or critical alert')} that nobody has taken`
  }
  const whole = most.alerts === n
  const where = {
    vi: whole
      ? `, ${n === 1 ? 'ở' : 'đều ở'} ${unitNameInside(most.unit)}`
      : `, ${number(most.alerts).vi} ở ${unitNameInside(most.unit)}`,
    en: whole
      ? `, ${n === 1 ? 'at' : 'all at'} ${unitText(most.unit)}`
      : `, ${number(most.alerts).en} at ${unitText(most.unit)}`
  }
  // The first of several with the same number is no maximum.
  const tie = alerts.untakenUnits[1]?.alerts === most.alerts
  const counted = {
    vi: `, ở ${number(alerts.untakenUnits.length).vi} đơn vị`,
    en: `, at ${plural(alerts.untakenUnits.length, 'unit')}`
  }
  const place = tie ? counted : where
  const also = (incidents.needDecision.value ?? 0) > 0
  return sentence(
    {
      vi: `${also ? 'Ngoài ra còn' : 'Còn'} ${strong.vi}${place.vi}.`,
      en: `There ${n === 1 ? 'is' : 'are'} ${also ? 'also ' : ''}${strong.en}${place.en}.`
    },
    'alerts.untaken',
    '/posture/units?show=watch',
    [strong.vi, strong.en]
  )
}

/** How many more or fewer than in the period before; nothing when that one has no data. */
function changed({ value, before }: { value: number | null; before: number | null }): Bilingual {
  if (value === null || before === null) return { vi: '', en: '' }
  const more = value - before
  if (more === 0) return { vi: '; số mở mới bằng kỳ trước', en: '; as many were opened in the period before' }
  const by = number(Math.abs(more))
  return more > 0
    ? { vi: `; mở mới nhiều hơn kỳ trước ${by.vi}`, en: `; ${by.en} more were opened than in the period before` }
    : { vi: `; mở mới ít hơn kỳ trước ${by.vi}`, en: `; ${by.en} fewer were opened than in the period before` }
}

const lower = (text: string) => text.charAt(0).toLocaleLowerCase('vi') + text.slice(1)

function overdue({ tasks, decisions: rows }: PeriodFigures): Sentence | undefined {
  const n = tasks.overdueAtEnd.value ?? 0
  const link = '/posture/units?show=overdue'
  if (n === 0) {
    if ((tasks.sent.value ?? 0) === 0) return undefined
    return sentence(
      { vi: 'Không đơn vị nào quá hạn việc được giao.', en: 'No unit is late with what it was asked to do.' },
      'tasks.overdue_at_end',
      link
    )
  }
  const worst = rows.find((row) => row.overdueMs !== null)
  const late = duration(tasks.longestOverdueMs ?? 0)
  if (worst === undefined) return undefined
  const strong = { vi: `${unitText(worst.unit)} quá hạn ${late.vi}`, en: `${unitText(worst.unit)} is ${late.en} late` }
  const rest =
    n === 1
      ? { vi: '', en: '' }
      : { vi: `; tất cả có ${number(n).vi} việc quá hạn`, en: `; ${number(n).en} tasks are late in all` }
  return sentence({ vi: `${strong.vi}${rest.vi}.`, en: `${strong.en}${rest.en}.` }, 'tasks.overdue_at_end', link, [
    strong.vi,
    strong.en
  ])
}

function outages({ health, running }: PeriodFigures): Sentence | undefined {
  const link = '/models'
  type Sum = { name: string; times: number; ms: number; open: boolean; down: Set<number>; models: Set<number> }
  const systems = new Map<string, Sum>()
  for (const outage of health.outages) {
    const none: Sum = { name: outage.name, times: 0, ms: 0, open: false, down: new Set(), models: new Set() }
    const sum = systems.get(outage.system) ?? none
    systems.set(outage.system, sum)
    sum.times += 1
    sum.ms += outage.ms
    sum.open ||= outage.to === null
    for (const model of outage.down) sum.down.add(model)
    for (const model of outage.models) sum.models.add(model)
  }
  // What is still down comes first: the one who reads this can do something about it.
  const [worst] = [...systems.values()].sort(
    (a, b) =>
      Number(b.open) - Number(a.open) || b.down.size - a.down.size || b.models.size - a.models.size || b.ms - a.ms
  )
  if (worst === undefined) {
    const measured = health.models.filter((model) => model.uptime !== null).length
    if (measured === 0) return undefined
    return sentence(
      {
        vi: `Không ghi nhận hệ thống nào ngừng; ${number(measured).vi} mô hình có đủ số đo.`,
        en: `No system outage was seen; ${plural(measured, 'model')} ${measured === 1 ? 'was' : 'were'} measured well enough to say so.`
      },
      'health.outages',
      link
    )
  }
  const long = duration(worst.ms)
  const hit = touched(worst.down.size, worst.models.size - worst.down.size)
  const others = systems.size - 1
  return sentence(
    {
      vi:
        `${worst.name} ngừng ${worst.times === 1 ? 'một lần' : `${number(worst.times).vi} lần, tổng cộng`} ${long.vi}` +
        `${hit.vi}${worst.open ? `, ${running ? 'đến nay' : 'đến cuối kỳ'} chưa khôi phục` : ''}` +
        `${others === 0 ? '' : `; ${number(others).vi} hệ thống khác cũng từng ngừng`}.`,
      en:
        `${worst.name} was down ${worst.times === 1 ? 'once for' : `${number(worst.times).en} times, in all for`} ${long.en}` +
        `${hit.en}${worst.open ? `, and ${running ? 'is not back yet' : 'was not back at the end'}` : ''}` +
        `${others === 0 ? '' : `; ${plural(others, 'other system')} ${others === 1 ? 'was' : 'were'} down at times too`}.`
    },
    'health.outages',
    link
  )
}

/** Models that stopped with a system, and those that went on with less: never one number for both. */
function touched(down: number, degraded: number): Bilingual {
  const parts = [
    { models: down, vi: 'ngừng', en: 'down' },
    { models: degraded, vi: 'suy giảm', en: 'degraded' }
  ].filter(({ models }) => models > 0)
  if (parts.length === 0) return { vi: '', en: '' }
  return {
    vi: `, ${parts.map((part) => `${number(part.models).vi} mô hình ${part.vi}`).join(', ')}`,
    en: `, with ${parts.map((part) => `${plural(part.models, 'model')} ${part.en}`).join(' and ')}`
  }
}
