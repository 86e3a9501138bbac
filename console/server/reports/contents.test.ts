import { describe, expect, it } from 'vitest'
import { DAY_MS } from '#core/time.ts'
import { HOUR, START } from '../figures/sample-period.ts'
import { reportDocument } from './contents.ts'
import type { Block } from './document.ts'
import type { ReportSource } from './source.ts'
import { sampleSource } from './testing.ts'

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

describe('what a report says', () => {
  it('of an outage tells the models that stopped from those that went on with less', () => {
    const source = sampleSource()
    const outage = { system: 'lgsp', name: 'LGSP', from: START, to: START + HOUR, ms: HOUR }
    source.figures.health.outages = [
      { ...outage, models: [1, 2, 26], down: [26], degraded: [1, 2] },
      { ...outage, from: START + DAY_MS, to: null, name: 'NDXP', models: [], down: [], degraded: [] }
    ]
    const lines = linesOf(source)
    expect(lines.find((line) => line.startsWith('LGSP'))).toMatch(/\| 1 giờ \| ngừng: 26; suy giảm: 1, 2$/)
    expect(lines.find((line) => line.startsWith('NDXP'))).toMatch(/\| chưa khôi phục \| 1 giờ \| –$/)
  })
})
