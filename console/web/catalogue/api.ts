import type { CatalogueChange, catalogueApi } from '#core/api/catalogue.ts'
import type { Call } from '../api/call.ts'

/** The catalogue of models, systems and dependencies, and its changes. */
export const catalogueCalls = (call: Call<typeof catalogueApi>) => ({
  catalogue: () => call('GET /api/catalogue'),
  catalogueChanges: () => call('GET /api/catalogue/changes'),
  changeCatalogue: (change: CatalogueChange) => call('POST /api/catalogue/changes', { body: change }),
  revertCatalogue: (id: number, reason: string) =>
    call('POST /api/catalogue/changes/:id/revert', { params: { id }, body: { reason } })
})
