import type { Catalogue, CatalogueEdit, CatalogueEntry } from '#core/api/catalogue.ts'
import type { Clock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import { readProvinceData, type ProvinceData } from '#province/data.ts'
import { newestInventory } from '#province/facade.ts'
import type { Inventory } from '#province/inventory.ts'
import { buildInventory } from '#province/load.ts'
import { dependencyKey, editTarget, withEdits } from '#province/overlay.ts'
import type { Control } from '#control/database/control.ts'

/** Edits that stand at one time; more is a new release of the files, not an overlay. */
const MAX_EDITS = 2_000

type Row = {
  id: number
  at: number
  user: string
  origin: Origin
  change: string
  reason: string
  reverted_by: number | null
}

/** The catalogue: the files of province/ with what administrators changed on top. */
export type CatalogueEditor = {
  /** Always the newest: hand this one around. */
  inventory: Inventory
  view(): Catalogue
  /** Newest first, at most 500. */
  history(): CatalogueEntry[]
  /** Throws 422 with the file's own complaint (`catalogue.invalid`: edge, circle, unknown end) and changes nothing. */
  change(edit: CatalogueEdit, by: { user: string; reason: string; origin?: Origin }): CatalogueEntry
  /** Takes one change back; refused like a change when what came later stands on it. */
  revert(id: number, by: { user: string; reason: string }): CatalogueEntry
  /** Drops the changes of an origin: the end of a demonstration. */
  forget(origin: Origin): void
  /** Hears of every change after it stands. */
  onChanged(listener: () => void): void
}

/**
 * Reads the files for `date` and puts the standing changes on top. A stored change that no longer fits a newer release of
 * the files is left out and told to `warn`: a province must start.
 */
export function createCatalogue(parts: {
  control: Control
  clock: Clock
  date: string
  data?: ProvinceData
  warn?(message: string): void
}): CatalogueEditor {
  const { control, clock, date } = parts
  const data = parts.data ?? readProvinceData()
  const listeners: (() => void)[] = []
  const standing = () => control.all<Row>('SELECT * FROM catalogue_changes WHERE reverted_by IS NULL ORDER BY id')
  const editOf = (row: Row) => JSON.parse(row.change) as CatalogueEdit | { kind: 'revert'; of: number }
  const editsOf = (rows: readonly Row[]) =>
    rows.map(editOf).filter((edit): edit is CatalogueEdit => edit.kind !== 'revert')

  let current = startWith(data, date, editsOf(standing()), parts.warn)

  function build(edits: readonly CatalogueEdit[]): Inventory {
    if (edits.length > MAX_EDITS) {
      throw new SocError('catalogue.too_many', `more than ${MAX_EDITS} changes stand`, { status: 422 })
    }
    try {
      return buildInventory(withEdits(data, edits), date)
    } catch (error) {
      if (error instanceof SocError && error.code === 'inventory.invalid') {
        throw new SocError('catalogue.invalid', error.message, { status: 422, params: { detail: error.message } })
      }
      throw error
    }
  }
  // Only what is committed stands: a transaction of the caller may still roll back.
  function stand(next: Inventory) {
    control.afterCommit(() => {
      current = next
      listeners.forEach((listener) => listener())
    })
  }
  function write(
    change: CatalogueEdit | { kind: 'revert'; of: number },
    target: string,
    by: { user: string; reason: string; origin?: Origin }
  ): number {
    const { lastInsertRowid } = control
      .sql(
        'INSERT INTO catalogue_changes (at, user, origin, kind, target, change, reason) VALUES (?, ?, ?, ?, ?, ?, ?)'
      )
      .run(clock.now(), by.user, by.origin ?? 'real', change.kind, target, JSON.stringify(change), by.reason)
    return Number(lastInsertRowid)
  }
  const rowOf = (id: number) => control.get<Row>('SELECT * FROM catalogue_changes WHERE id = ?', id)
  const entryOf = (row: Row, edit: CatalogueEdit): CatalogueEntry => ({
    id: row.id,
    at: row.at,
    user: row.user,
    origin: row.origin,
    edit,
    reason: row.reason,
    revertedBy: row.reverted_by
  })

  return {
    inventory: newestInventory(() => current),
    view: () => viewOf(current, editsOf(standing())),
    history() {
      const rows = control.all<Row>('SELECT * FROM catalogue_changes ORDER BY id DESC LIMIT 500')
      return rows.flatMap((row) => {
        const edit = editOf(row)
        if (edit.kind !== 'revert') return [entryOf(row, edit)]
        const reverted = rowOf(edit.of)
        return reverted === undefined ? [] : [entryOf(row, editOf(reverted) as CatalogueEdit)]
      })
    },
    change(edit, by) {
      return control.transaction(() => {
        const next = build([...editsOf(standing()), edit])
        const id = write(edit, editTarget(edit), by)
        stand(next)
        return entryOf(rowOf(id)!, edit)
      })
    },
    revert(id, by) {
      return control.transaction(() => {
        const row = rowOf(id)
        const edit = row && editOf(row)
        if (row === undefined || edit === undefined || edit.kind === 'revert' || row.reverted_by !== null) {
          throw new SocError('catalogue.change_not_found', 'no such standing change', { status: 404, params: { id } })
        }
        const next = build(editsOf(standing().filter((change) => change.id !== id)))
        const made = write({ kind: 'revert', of: id }, editTarget(edit), { ...by, origin: row.origin })
        control.sql('UPDATE catalogue_changes SET reverted_by = ? WHERE id = ?').run(made, id)
        // A revert stands for nothing itself: it is its own end.
        control.sql('UPDATE catalogue_changes SET reverted_by = id WHERE id = ?').run(made)
        stand(next)
        return entryOf(rowOf(id)!, edit)
      })
    },
    forget(origin) {
      control.transaction(() => {
        control.sql('DELETE FROM catalogue_changes WHERE origin = ?').run(origin)
        stand(startWith(data, date, editsOf(standing()), parts.warn))
      })
    },
    onChanged: (listener) => void listeners.push(listener)
  }
}

/** Edits that fit, in order; one that does not is left out with a word. */
function startWith(
  data: ProvinceData,
  date: string,
  edits: readonly CatalogueEdit[],
  warn?: (message: string) => void
): Inventory {
  try {
    return buildInventory(withEdits(data, edits), date)
  } catch {
    // One by one, to find those that do not fit any more.
  }
  let inventory = buildInventory(data, date)
  const fitting: CatalogueEdit[] = []
  for (const edit of edits) {
    try {
      inventory = buildInventory(withEdits(data, [...fitting, edit]), date)
      fitting.push(edit)
    } catch (error) {
      warn?.(`the change of ${editTarget(edit)} does not fit the catalogue any more: ${messageOf(error)}`)
    }
  }
  return inventory
}

function viewOf(inventory: Inventory, edits: readonly CatalogueEdit[]): Catalogue {
  const changed = new Set(edits.map((edit) => `${edit.kind} ${editTarget(edit)}`))
  return {
    date: inventory.date,
    models: inventory.models.map((model) => ({
      id: model.id,
      name: model.name,
      shortName: model.shortName,
      stage: model.stage,
      owner: model.owner,
      systems: [...model.systems],
      notes: model.notes,
      changed: changed.has(`model ${model.id}`)
    })),
    systems: inventory.systems.map((system) => ({
      id: system.id,
      name: system.name,
      owner: system.owner === '' ? null : inventory.label(system.owner),
      security: system.security ?? '',
      hosts: [...(system.hosts ?? [])],
      inferred: system.inferred,
      changed: changed.has(`system ${system.id}`)
    })),
    // Monitoring edges of `*` are spread over every system: one line for each would bury the others.
    dependencies: inventory.dependencies
      .filter((edge) => edge.kind !== 'monitoring')
      .map((edge) => ({
        from: edge.from,
        to: edge.to,
        scope: edge.scope,
        kind: edge.kind,
        group: edge.group ?? null,
        need: edge.need ?? null,
        reason: edge.reason,
        inferred: edge.inferred,
        changed: changed.has(`dependency ${dependencyKey(edge)}`)
      }))
  }
}
