import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '#core/clock.ts'
import { newestTime, shiftTimes } from './shift-times.ts'
import type { Story, StorySender } from './story.ts'

/** Where a demonstration sender's own listener is, as the intake opened it. */
export type DemoListener = { sender: string; host: string; port: number }

/**
 * Plays a story through real sockets: step by step, every time in the logs moved so that the step ends now, then a
 * trickle without end. `token` proves the HTTP senders. A step that cannot be sent is told and skipped.
 */
export function playStory(options: {
  story: Story
  folder: string
  listeners: DemoListener[]
  token: (sender: string) => string
  clock: Clock
  log: (message: string) => void
  /** Steps played before: after a restart the story goes on, it is not told again. */
  played: number
  onPlayed: (steps: number) => void
}): { stop(): void } {
  const { story, folder, clock, log: log } = options
  const senders = new Map(story.senders.map((sender) => [sender.id, sender]))
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const wait = (seconds: number) =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, seconds * 1_000)
    })

  /** Lines of a file with their newest time moved to now. */
  function linesNow(file: string): string[] {
    const text = readFileSync(join(folder, file), 'utf8')
    const now = clock.now()
    const year = new Date(now).getUTCFullYear()
    const newest = newestTime(text, year) ?? now
    return shiftTimes(text, now - newest, year)
      .split('\n')
      .filter((line) => line !== '')
  }

  async function send(sender: StorySender, lines: string[]) {
    const listener = options.listeners.find((candidate) => candidate.sender === sender.id)
    if (listener === undefined) throw new Error(`no listener for ${sender.id}`)
    if (sender.protocol === 'http') {
      const response = await fetch(`http://${listener.host}:${listener.port}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${options.token(sender.id)}` },
        body: lines.join('\n')
      })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${sender.id}: HTTP ${response.status}`)
      return
    }
    const socket = connect(listener.port, listener.host)
    await once(socket, 'connect')
    socket.end(`${lines.join('\n')}\n`)
    await once(socket, 'close')
  }

  async function play() {
    for (const [index, step] of story.steps.entries()) {
      if (index < options.played) continue
      await wait(step.after)
      if (stopped) return
      await send(senders.get(step.sender)!, linesNow(step.file)).catch((error: unknown) =>
        log(`${step.title}: ${String(error)}`)
      )
      if (stopped) return
      options.onPlayed(index + 1)
    }
    for (let turn = 0; !stopped; turn++) {
      await wait(story.trickleEverySeconds)
      const source = story.trickle[turn % Math.max(1, story.trickle.length)]
      if (stopped || source === undefined) return
      const text = readFileSync(join(folder, source.file), 'utf8')
      const lines = text.split('\n').filter((line) => line !== '')
      const line = lines[Math.floor(turn / story.trickle.length) % lines.length]!
      const now = clock.now()
      const year = new Date(now).getUTCFullYear()
      const moved = shiftTimes(line, now - (newestTime(line, year) ?? now), year)
      await send(senders.get(source.sender)!, [moved]).catch((error: unknown) =>
        log(`${source.file}: ${String(error)}`)
      )
    }
  }
  void play()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    }
  }
}
