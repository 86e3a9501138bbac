import type { Inventory } from './inventory.ts'

/** An inventory that always answers with the newest one: whoever holds it sees an edit of the catalogue at once. */
export function newestInventory(current: () => Inventory): Inventory {
  return {
    get date() {
      return current().date
    },
    get map() {
      return current().map
    },
    get systems() {
      return current().systems
    },
    get models() {
      return current().models
    },
    get dependencies() {
      return current().dependencies
    },
    unit: (code) => current().unit(code),
    units: (kind) => current().units(kind),
    subtree: (code) => current().subtree(code),
    label: (code) => current().label(code),
    system: (id) => current().system(id),
    systemsOwnedBy: (unit) => current().systemsOwnedBy(unit),
    model: (id) => current().model(id),
    modelsHitBy: (system) => current().modelsHitBy(system)
  }
}
