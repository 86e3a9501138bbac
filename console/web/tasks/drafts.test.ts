import { expect, it } from 'vitest'
import type { TaskSuggestion } from '#core/api/tasks.ts'
import { draftOf, writtenFrom } from './drafts.ts'

const suggestion = {
  draft: {
    unit: '19750',
    alerts: ['CB-1'],
    incident: null,
    title: { vi: 'Dò mật khẩu', en: 'Guessing' },
    what: { vi: 'Có người dò mật khẩu.', en: 'Somebody guesses.' },
    steps: [
      { vi: 'Đổi mật khẩu.', en: 'Change it.' },
      { vi: 'Gọi SOC.', en: 'Call us.' }
    ],
    deadline: 1000,
    contact: 'c1'
  },
  origin: 'real',
  level: 'high',
  units: [],
  contacts: [],
  message: { title: { vi: '', en: '' }, body: { vi: '', en: '' } }
} satisfies TaskSuggestion
const vi = (words: { vi: string }) => words.vi

it('what nobody changed is sent in both languages', () => {
  expect(draftOf(writtenFrom(suggestion, vi), suggestion, vi)).toEqual(suggestion.draft)
})

it('what was changed is sent as written, numbers of lines and empty lines are no steps', () => {
  const written = {
    ...writtenFrom(suggestion, vi),
    what: 'Khác',
    steps: '1. Đổi mật khẩu.\n\n2) Mới\n3\n4\n5\n6',
    contact: ''
  }
  expect(draftOf(written, suggestion, vi)).toMatchObject({
    what: { vi: 'Khác', en: '' },
    steps: [{ vi: 'Đổi mật khẩu.', en: 'Change it.' }, { vi: 'Mới', en: '' }, { vi: '3' }, { vi: '4' }, { vi: '5' }],
    contact: null
  })
})
