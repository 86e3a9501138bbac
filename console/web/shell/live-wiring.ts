import { connectLive } from '../live/connect.ts'
import { Renewal } from '../live/renewal.ts'
import type { Console } from './console.svelte.ts'

/** The figures beside the queue's tabs are renewed at most this often, however many alerts arrive. */
const RECOUNT_MS = 4_000

/** Joins the live feed to the console's state; returns the function that parts them. */
export function wireLive(app: Console): () => void {
  const recount = new Renewal(() => void app.queue.recount(), RECOUNT_MS)
  const stop = app.feed.on({
    'alert:changed': (alert) => {
      if (app.queue.receive(alert)) recount.soon()
    },
    'source:changed': (source) => app.sources.receive(source),
    'summary:changed': (summary) => app.summary.set(summary),
    'health:changed': (wall) => app.health.receive(wall),
    'sender:heard': ({ sender, at, refusal }) => app.sources.hear(sender, at, refusal),
    reconnected: () => void app.loadChrome()
  })
  const disconnect = connectLive(app.feed, {
    connected: (again) => {
      app.connection.up()
      if (again) app.feed.emit('reconnected')
    },
    disconnected: () => app.connection.down(),
    refused: () => void app.ask()
  })
  return () => {
    stop()
    recount.stop()
    disconnect()
  }
}
