import { randomBytes, createHash } from 'node:crypto'
import { join } from 'node:path'
import { playStory } from './player.ts'
import { readStory, type Story } from './story.ts'
import type { Clock } from '#core/clock.ts'
import type { Control } from '#control/database/control.ts'
import type { DataPlane, ListenerOrder } from '#core/data-plane.ts'

const META_KEY = 'demonstration'
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

/** What is remembered of a demonstration: it is over once `endedAt` is set, and never starts again by itself. */
type State = { startedAt: number; endedAt?: number; played: number }

/**
 * The labelled demonstration: its own listeners on loopback, its own senders, origin `demonstration` in everything.
 * Ending it closes the listeners and deletes what it made; afterwards it does not start again unless `SOC_DEMO=on`.
 */
export function createDemonstration(parts: {
  folder: string
  control: Control
  clock: Clock
  dataPlane: DataPlane
  /** Senders changed: hand the new snapshot down. */
  sendersChanged(): void
  /** Deletes what the control plane has of the demonstration: alerts, incidents, tasks, messages, counts. */
  forget(): void | Promise<void>
  systems?: DemonstratedSystems
  told(message: string): void
}) {
  const { control, clock, dataPlane } = parts
  let player: { stop(): void } | undefined
  let systems: { stop(): Promise<void> } | undefined
  let listeners: string[] = []

  function read(): State | undefined {
    const row = control.sql('SELECT value FROM meta WHERE key = ?').get(META_KEY) as { value: string } | undefined
    return row === undefined ? undefined : (JSON.parse(row.value) as State)
  }
  const write = (state: State) =>
    control.sql('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(META_KEY, JSON.stringify(state))

  /** Senders of the story with fresh tokens; old ones of an earlier run are replaced. */
  function register(story: ReturnType<typeof readStory>): Map<string, string> {
    const tokens = new Map<string, string>()
    control.transaction(() => {
      control.sql(`DELETE FROM senders WHERE origin = 'demonstration'`).run()
      for (const sender of story.senders) {
        control
          .sql(
            `INSERT INTO senders (id, name, unit, origin, networks, speaks_for, utc_offset_minutes, enabled, created_at)
             VALUES (?, ?, ?, 'demonstration', '[]', ?, 420, 1, ?)`
          )
          .run(sender.id, sender.name, sender.unit, JSON.stringify(sender.speaksFor ?? 'self'), clock.now())
        if (sender.protocol !== 'http') continue
        const token = randomBytes(32).toString('base64url')
        tokens.set(sender.id, token)
        control
          .sql('INSERT INTO tokens (hash, sender_id, created_at, created_by) VALUES (?, ?, ?, ?)')
          .run(createHash('sha256').update(token).digest('hex'), sender.id, clock.now(), 'demonstration')
      }
    })
    parts.sendersChanged()
    return tokens
  }

  return {
    status() {
      const state = read()
      if (state === undefined || state.endedAt !== undefined) return null
      return { running: player !== undefined, startedAt: state.startedAt }
    },

    /** True when it should play now: told so, or `auto` on a data folder that never had one. */
    wanted(setting: 'auto' | 'on' | 'off', fresh: boolean): boolean {
      const state = read()
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
      const before = read()
      // One that was ended begins anew; one that was cut off by a stop goes on.
      const state: State =
        before === undefined || before.endedAt !== undefined ? { startedAt: clock.now(), played: 0 } : before
      write(state)
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
        told: parts.told,
        played: state.played,
        onPlayed: (played) => write({ ...state, played })
      })
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
      await systems?.stop()
      systems = undefined
      if (listeners.length > 0) await dataPlane.close(listeners)
      listeners = []
      const state = read()
      if (state !== undefined && state.endedAt === undefined) write({ ...state, endedAt: clock.now() })
      control.sql(`DELETE FROM senders WHERE origin = 'demonstration'`).run()
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
