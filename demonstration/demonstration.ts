import { join } from 'node:path'
import { playStory } from './player.ts'
import { readStory, type Story } from './story.ts'
import type { Clock } from '#core/clock.ts'
import type { Control } from '#control/database/control.ts'
import type { DemonstrationRecord, DemonstrationState } from '#control/demonstration.ts'
import type { Senders } from '#control/senders/senders.ts'
import type { DataPlane, ListenerOrder } from '#core/data-plane.ts'

/** Exchange records and heartbeats of the simulated systems come in where this sender of the story does. */
const SYSTEMS_SENDER = 'demo-lgsp'

/** The simulated systems beside the story, as the composition root starts them. */
export type DemonstratedSystems = {
  /** `fresh` when the demonstration begins, false when one that was cut off goes on. */
  start(about: {
    story: Story
    startedAt: number
    fresh: boolean
    events: { url: string; token: string }
    heartbeatsUrl: string
  }): Promise<{ stop(): Promise<void> }>
  /** Deletes what they made: probes, states, their own systems of the catalogue. */
  forget(): void
}

/**
 * The labelled demonstration: its own listeners on loopback, its own senders, origin `demonstration` in everything.
 * Ending it closes the listeners and deletes what it made; afterwards it does not start again unless `SOC_DEMO=on`.
 */
export function createDemonstration(parts: {
  folder: string
  control: Pick<Control, 'transaction'>
  record: DemonstrationRecord
  senders: Pick<Senders, 'create' | 'newToken' | 'removeOrigin'>
  clock: Clock
  dataPlane: DataPlane
  /** Senders changed: hand the new snapshot down. */
  sendersChanged(): void
  /** Deletes what the control plane has of the demonstration: alerts, incidents, tasks, messages, counts. */
  forget(): void | Promise<void>
  systems?: DemonstratedSystems
  log(message: string): void
}) {
  const { control, clock, dataPlane, record, senders } = parts
  let player: { stop(): void } | undefined
  let systems: { stop(): Promise<void> } | undefined
  let listeners: string[] = []

  /** Senders of the story with fresh tokens; old ones of an earlier run are replaced. */
  function register(story: ReturnType<typeof readStory>): Map<string, string> {
    const tokens = new Map<string, string>()
    control.transaction(() => {
      senders.removeOrigin('demonstration')
      for (const { id, name, unit, speaksFor = 'self', protocol } of story.senders) {
        senders.create({ name, unit, speaksFor, networks: [], utcOffsetMinutes: 420 }, 'demonstration', id)
        if (protocol === 'http') tokens.set(id, senders.newToken(id, 'demonstration'))
      }
    })
    parts.sendersChanged()
    return tokens
  }

  return {
    /** True when it should play now: told so, or `auto` on a data folder that never had one. */
    wanted(setting: 'auto' | 'on' | 'off', fresh: boolean): boolean {
      const state = record.read()
      if (setting === 'off') return false
      if (setting === 'on') return true
      return state === undefined ? fresh : state.endedAt === undefined
    },

    async start() {
      const story = readStory(parts.folder)
      const tokens = register(story)
      const orders = story.senders.map((sender): ListenerOrder => ({
        id: `demo-${sender.protocol}-${sender.id}`,
        protocol: sender.protocol,
        host: '127.0.0.1',
        port: 0,
        origin: 'demonstration',
        sender: sender.id
      }))
      const opened = await dataPlane.open(orders)
      listeners = opened.map((listener) => listener.id)
      const before = record.read()
      // One that was ended begins anew; one that was cut off by a stop goes on.
      const state: DemonstrationState =
        before === undefined || before.endedAt !== undefined ? { startedAt: clock.now(), played: 0 } : before
      record.write(state)
      player = playStory({
        story,
        folder: parts.folder,
        listeners: orders.map((order, index) => ({
          sender: order.sender!,
          host: '127.0.0.1',
          port: opened[index]!.port
        })),
        token: (sender) => tokens.get(sender) ?? '',
        clock,
        log: parts.log,
        played: state.played,
        onPlayed: (played) => record.write({ ...state, played })
      })
      record.setPlaying(true)
      const at = orders.findIndex((order) => order.sender === SYSTEMS_SENDER)
      if (at === -1) return
      const url = `http://127.0.0.1:${opened[at]!.port}`
      const events = { url, token: tokens.get(SYSTEMS_SENDER) ?? '' }
      const { startedAt } = state
      systems = await parts.systems?.start({
        story,
        startedAt,
        fresh: startedAt !== before?.startedAt,
        events,
        heartbeatsUrl: url
      })
    },

    /** Ends it and deletes what it made: events by unlinking its day files, alerts and incidents by origin. */
    async end() {
      player?.stop()
      player = undefined
      record.setPlaying(false)
      await systems?.stop()
      systems = undefined
      if (listeners.length > 0) await dataPlane.close(listeners)
      listeners = []
      const state = record.read()
      if (state !== undefined && state.endedAt === undefined) record.write({ ...state, endedAt: clock.now() })
      senders.removeOrigin('demonstration')
      parts.sendersChanged()
      await parts.forget()
      parts.systems?.forget()
      await dataPlane.expire({ origin: 'demonstration' })
    },

    /** The process stops; the demonstration goes on at the next start. */
    async stop() {
      player?.stop()
      await systems?.stop()
    }
  }
}

/** Where the story lies in the project. */
export const storyFolder = join(import.meta.dirname, '../sample-logs/story')
