import { expect, it } from 'vitest'
import { ruleInText } from './rule-text.ts'

const text = `title: First
id: 0C1F
description: What it sees
falsepositives: [a, 2]
soc: { description_vi: Thấy gì, falsepositives_vi: [á] }
---
title: Second
falsepositives: none
`

it('finds the document of a rule by its id, else by its title', () => {
  expect(ruleInText(text, { id: '0c1f', title: { en: 'First' } })).toEqual({
    text: text.slice(0, text.indexOf('---')),
    description: { vi: ['Thấy gì'], en: ['What it sees'] },
    falsePositives: { vi: ['á'], en: ['a', '2'] }
  })
  expect(ruleInText(text, { id: 'derived', title: { en: 'Second' } })).toMatchObject({ falsePositives: { vi: [], en: ['none'] } })
})

it('shows the whole text where the rule is not in it any more or it cannot be read', () => {
  for (const broken of [text, 'title: [', '['.repeat(5_000), ''])
    expect(ruleInText(broken, { id: 'gone', title: { en: 'Gone' } })).toEqual({
      text: broken,
      description: { vi: [], en: [] },
      falsePositives: { vi: [], en: [] }
    })
})
