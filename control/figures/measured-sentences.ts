import type { PeriodFigures, PostureSentence } from '#core/api/posture.ts'
import type { Bilingual } from '#core/match.ts'
import { sentShare } from '#core/posture.ts'
import { unitText } from '#core/words.ts'
import { duration, number, plural, unitNameInside } from './phrases.ts'

/* Sentences of the paragraph that measure: how long handling took, and how many units sent. Each says of what it is. */

type Sentence = PostureSentence

/** One sentence with the query that made it, where its detail stands, and its bold words. */
export const sentence = (text: Bilingual, query: string, link: string, strong: string[] = []): Sentence => ({
  text,
  strong,
  query,
  link
})

/** Of which incidents the middle is, and what is still open: never "half of all" while some are. */
export function handling({ handling: of }: PeriodFigures): Sentence | undefined {
  if (of.median.value === null) return undefined
  const [took, target] = [duration(of.median.value), duration(of.targetMs)]
  const longest = duration(of.longestOpenMs ?? 0)
  const open =
    of.open === 0
      ? { vi: 'không còn sự cố nào mở', en: 'none is still open' }
      : {
          vi: `${number(of.open).vi} sự cố còn mở, lâu nhất đã ${longest.vi}`,
          en: `${plural(of.open, 'incident')} ${of.open === 1 ? 'is' : 'are'} still open, the longest for ${longest.en}`
        }
  const closed =
    of.closed === 1
      ? {
          vi: `Sự cố đã đóng được xử lý trong ${took.vi} (mục tiêu ${target.vi})`,
          en: `The closed incident took ${took.en} (target ${target.en})`
        }
      : {
          vi: `Trong ${number(of.closed).vi} sự cố đã đóng, thời gian xử lý trung vị là ${took.vi}, ${number(of.inTime).vi} sự cố đúng mục tiêu`,
          en: `Of ${number(of.closed).en} closed incidents the median time was ${took.en}, and ${number(of.inTime).en} met the target`
        }
  return sentence(
    { vi: `${closed.vi}; ${open.vi}.`, en: `${closed.en}; ${open.en}.` },
    'incidents.handling_median',
    '/posture/incidents?show=closed'
  )
}

/** How many units sent logs themselves; the others are not called safe. */
export function coverage(figures: PeriodFigures, percent: (share: number) => Bilingual): Sentence | undefined {
  const { units, sent, unheard, feeds } = figures.coverage
  const link = '/posture/units?show=unheard'
  const shareOf = sentShare(figures.coverage)
  if (units === 0) return undefined
  if (sent === null || shareOf === null)
    return sentence(
      {
        vi: 'Kỳ này bắt đầu trước khi hệ thống đếm đơn vị nào tự gửi nhật ký, nên không nêu độ phủ.',
        en: 'This period begins before it was counted which units send logs themselves, so no coverage is given.'
      },
      'coverage.units',
      link
    )
  if (unheard.length === 0)
    return sentence(
      { vi: 'Mọi đơn vị trong diện giám sát đều gửi nhật ký.', en: 'Every unit under watch sent logs.' },
      'coverage.units',
      link
    )
  const share = percent(shareOf)
  const [first] = unheard
  const strong = {
    vi: `${number(sent).vi} trong ${number(units).vi} đơn vị`,
    en: `${number(sent).en} of ${plural(units, 'unit')}`
  }
  const rest =
    unheard.length === 1 && first !== undefined
      ? { vi: `${unitNameInside(first)} chưa kết luận được`, en: `nothing can be concluded about ${unitText(first)}` }
      : {
          vi: `${number(unheard.length).vi} đơn vị còn lại chưa kết luận được, không phải là an toàn`,
          en: `nothing can be concluded about the other ${number(unheard.length).en}, which is not the same as safe`
        }
  const stopped = {
    vi: feeds.silent === 0 ? '' : `; ${number(feeds.silent).vi} đơn vị đã nối nay im lặng`,
    en: feeds.silent === 0 ? '' : `; ${plural(feeds.silent, 'connected unit')} fell silent`
  }
  return sentence(
    {
      vi: `Có ${strong.vi} (${share.vi}) gửi nhật ký, nên ${rest.vi}${stopped.vi}.`,
      en: `${strong.en} (${share.en}) sent logs, so ${rest.en}${stopped.en}.`
    },
    'coverage.units',
    link,
    [strong.vi, strong.en]
  )
}
