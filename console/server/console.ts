import type { ControlPlane } from '#control/control-plane.ts'
import { sourceRows } from '#control/senders/source-rows.ts'
import { buildApp } from './app.ts'
import type { App, ConsoleParts, Context } from './context.ts'
import { cookieName } from './gate.ts'
import { linkLive } from './live/live-link.ts'
import { createLive } from './live/live.ts'
import { startServer } from './server.ts'
import { buildSummary } from './views/summary.ts'

/** The console over a control plane: the live feed and the routes, joined to what changes. Not listening yet. */
export function createConsole(control: ControlPlane, parts: ConsoleParts): { app: App; context: Context } {
  const views = {
    summary: (userId: string, scope: Parameters<typeof buildSummary>[2]) => buildSummary(context, userId, scope),
    sources: () => sourceRows(context, undefined)
  }
  const live = createLive(control, cookieName(control.config.SOC_TLS_CERT !== ''), views)
  const context: Context = { ...control, ...parts, live }
  const app = buildApp(context)
  const part = linkLive(control.changes, live, () => control.health.shown().wall())
  app.addHook('onClose', async () => part())
  return { app, context }
}

/** Opens the console on the network. `url` is its address for a browser. Throws `console.listen`. */
export async function openConsole(
  control: ControlPlane,
  parts: ConsoleParts
): Promise<{ url: string; close(): Promise<void> }> {
  const { app } = createConsole(control, parts)
  try {
    return { url: await startServer(app, control.config), close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}
