import { checkBaseline } from './baseline.ts'
import type { Dependency, Inventory, ProvinceModel } from './inventory.ts'
import { loadInventory } from './load.ts'

/** The day of the report's last figures: the inventory in which its units stand. */
export const REPORT_DATE = '2023-11-30'

const stages: Record<ProvinceModel['stage'], string> = {
  live: 'vận hành',
  pilot: 'thí điểm',
  pre: 'chuẩn bị',
  act: 'hoạt động',
  undescribed: 'chưa mô tả'
}
const kinds: Record<Dependency['kind'], string> = {
  hard: 'bắt buộc',
  soft: 'hỗ trợ',
  anyOf: 'một trong các',
  kOfN: 'đủ số',
  declared: 'khai báo',
  monitoring: 'giám sát'
}
/** What the report does not give is said, never left blank. */
const ABSENT = 'báo cáo không nêu'

/** A bar would end the cell of a table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const inferred = (yes: boolean) => (yes ? ' *(suy ra)*' : '')

/** Every model of the catalogue as one page of Markdown: the table of the 46, then each with all that the report gives. */
export function modelsDocument(inventory: Inventory): string {
  const systemName = (id: string) => inventory.system(id)?.name ?? id
  const owner = (model: ProvinceModel) =>
    model.owner === '' ? ABSENT : `${model.owner}${inferred(model.ownerInferred)}`
  const count = (stage: ProvinceModel['stage']) => inventory.models.filter((model) => model.stage === stage).length

  function baselines(model: ProvinceModel): string[] {
    if (model.baselines.length === 0) return [`Số liệu: ${ABSENT}.`]
    const rows = model.baselines.map((baseline) => {
      const check = checkBaseline(baseline)
      const verdict = check === undefined ? 'không có phần để kiểm' : check.agrees ? 'khớp' : '**lệch**'
      return `| ${cell(baseline.label.vi)} | ${cell(baseline.printed)} | ${check?.recomputed ?? '–'} | ${verdict} |`
    })
    return ['| Số liệu | Báo cáo in | Tính lại | Kiểm |', '|---|---:|---:|---|', ...rows]
  }

  function standsOn(model: ProvinceModel): string[] {
    const edges = inventory.dependencies.filter((edge) => edge.from === `M${model.id}`)
    const watches = edges.filter((edge) => edge.kind === 'monitoring').length
    const lines = edges
      .filter((edge) => edge.kind !== 'monitoring')
      .map((edge) => {
        const group = edge.group === undefined ? '' : `, nhóm ${edge.group}${edge.need ? ` cần ${edge.need}` : ''}`
        const scope = edge.scope === '' ? '' : `, ${edge.scope}`
        return `- ${systemName(edge.to)} (${kinds[edge.kind]}${group}${scope})${inferred(edge.inferred)}: ${edge.reason.vi}`
      })
    if (watches > 0) lines.push(`- giám sát ${watches} hệ thống (không truyền sự cố)`)
    return lines.length === 0 ? [`Dựa vào: ${ABSENT}.`] : ['Dựa vào:', '', ...lines]
  }

  const table = inventory.models.map(
    (model) =>
      `| ${model.id} | ${cell(model.name)} | ${stages[model.stage]} | ${cell(owner(model))} | ${
        model.systems.map((id) => cell(systemName(id))).join('; ') || ABSENT
      } |`
  )
  const each = inventory.models.flatMap((model) => [
    '',
    `## ${model.id}. ${model.name}`,
    '',
    `Tên ngắn: ${model.shortName}. Giai đoạn: ${stages[model.stage]}. Chủ trì: ${owner(model)}.`,
    '',
    `Hệ thống: ${
      model.systems.map((id) => `${systemName(id)}${inferred(inventory.system(id)?.inferred ?? true)}`).join('; ') ||
      ABSENT
    }.`,
    '',
    ...baselines(model),
    '',
    ...standsOn(model),
    ...(model.notes.length === 0 ? [] : ['', 'Chất lượng số liệu:', '', ...model.notes.map((note) => `- ${note.vi}`)])
  ])
  return `${[
    '# 46 mô hình Đề án 06',
    '',
    'Generated from the files in `province/` by `node province/models-document.ts > docs/models.md`; a test keeps it up to',
    'date. Figures are the report’s own, as printed; “tính lại” is what their parts add up to. *(suy ra)* marks what the',
    'report does not say and we concluded. Nothing here is measured: availability and integration are on the console.',
    '',
    `${inventory.models.length} mô hình: ${count('live')} vận hành, ${count('pilot')} thí điểm, ${count('pre')} chuẩn bị, ${count('act')} hoạt động, ${count('undescribed')} chưa mô tả.`,
    '',
    '| Số | Tên | Giai đoạn | Chủ trì | Hệ thống |',
    '|---:|---|---|---|---|',
    ...table,
    ...each
  ].join('\n')}\n`
}

if (import.meta.main) process.stdout.write(modelsDocument(loadInventory(REPORT_DATE)))
