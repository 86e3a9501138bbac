import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readProvinceData } from './data.ts'
import { loadInventory } from './load.ts'
import { modelsDocument, REPORT_DATE } from './models-document.ts'

const inventory = loadInventory(REPORT_DATE)
const page = modelsDocument(inventory)

it('docs/models.md is what the data says now', () => {
  const kept = readFileSync(new URL('../docs/models.md', import.meta.url), 'utf8')
  expect(kept, 'run: node province/models-document.ts > docs/models.md').toBe(page)
})

it('every one of the 46 has its row and its chapter, and no cell is blank', () => {
  const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line))
  expect(rows).toHaveLength(46)
  for (const row of page.split('\n').filter((line) => line.startsWith('| '))) expect(row).not.toMatch(/\|\s*\|/)
  expect(page.split('\n').filter((line) => /^## \d+\. /.test(line))).toHaveLength(46)
})

it('every figure, note, system and reason that the data holds is on the page', () => {
  const { models } = readProvinceData()['models.json']
  const chapters = page.split(/\n## /).slice(1)
  for (const [index, model] of models.entries()) {
    const chapter = chapters[index] ?? ''
    const wanted = [
      model.name,
      model.shortName,
      ...model.baselines.flatMap((baseline) => [baseline.printed, baseline.label.vi]),
      ...model.notes.map((note) => note.vi),
      ...model.systems.map((id) => inventory.system(id)?.name ?? id),
      ...inventory.dependencies
        .filter((edge) => edge.from === `M${model.id}` && edge.kind !== 'monitoring')
        .map((edge) => edge.reason.vi)
    ]
    for (const text of wanted) expect(chapter).toContain(text)
  }
})

it('a figure that does not add up is printed as it is, marked, with what its parts make beside it', () => {
  const [first, ...others] = inventory.models
  const label = { vi: 'Hồ sơ', en: 'Dossiers' }
  const wrong = { label, printed: '25.074', check: { kind: 'sum' as const, parts: [25_000, 47], printedValue: 25_074 } }
  const text = modelsDocument({ ...inventory, models: [{ ...first!, baselines: [wrong] }, ...others] })
  expect(text).toContain('| Hồ sơ | 25.074 | 25.047 | **lệch** |')
})
