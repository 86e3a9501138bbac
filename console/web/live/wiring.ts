import { connectLive } from './connect.ts'
import type { Console } from '../shell/console.svelte.ts'

/** The figures beside the queue's tabs are renewed at most this often, however many alerts arrive. */
const RECOUNT_MS = 4_000

/** Joins the live feed to the console's state; returns the function that parts them. */
export function wireLive(app: Console): () => void {
  let recount: ReturnType<typeof setTimeout> | undefined
  const disconnect = connectLive({
    connected: (again) => {
      app.connection.up(again)
      if (!again) return
      app.feed.emit('reconnected')
      void app.summary.load(() => app.api.summary())
      void app.units.remote.load(() => app.api.units())
      void app.health.load(app.api)
    },
    disconnected: () => app.connection.down(),
    refused: () => void app.ask(),
    'alert:changed': (alert) => {
      app.feed.emit('alert:changed', alert)
      app.changedAlert = alert
      if (!app.queue.receive(alert)) return
      recount ??= setTimeout(() => {
        recount = undefined
        void app.queue.recount()
      }, RECOUNT_MS)
    },
    'incident:changed': (incident) => {
      app.feed.emit('incident:changed', incident)
      app.changedIncident = incident
    },
    'source:changed': (source) => app.sources.receive(source),
    'summary:changed': (summary) => app.summary.set(summary),
    'health:changed': (wall) => app.health.receive(wall),
    'notification:changed': (notification) => app.feed.emit('notification:changed', notification),
    'task:changed': (task) => {
      app.feed.emit('task:changed', task)
      app.changedTask = task
    },
    'sender:heard': (heard) => app.sources.hear(heard.sender, heard.at, heard.refusal)
  })
  return () => {
    clearTimeout(recount)
    disconnect()
  }
}
