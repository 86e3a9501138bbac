import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { SocError } from '#core/errors.ts'

const Protocol = Type.Enum(['syslog-tcp', 'http'])
const StorySender = Type.Object({
  id: Type.String({ pattern: '^demo-[a-z0-9-]+$' }),
  name: Type.String(),
  /** Official unit code. */
  unit: Type.String(),
  protocol: Protocol,
  speaksFor: Type.Optional(Type.Literal('any'))
})
const StoryStep = Type.Object({
  title: Type.String(),
  sender: Type.String(),
  /** Raw lines below the story's folder. Their newest time becomes the moment the step plays. */
  file: Type.String(),
  /** Seconds after the step before it. */
  after: Type.Number({ minimum: 0, maximum: 600 })
})
/** A system that only the demonstration has: it is put into the catalogue, and taken out at the end. */
const StorySystem = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]{1,60}$' }),
  name: Type.String(),
  /** Official unit code. */
  owner: Type.String(),
  /** Names by which its logs and probes know it: how an outage and an alert find each other. */
  hosts: Type.Array(Type.String({ pattern: '^[a-z0-9.-]{1,253}$' }))
})
/** Something happens to the simulated systems, so many seconds after the demonstration began. */
const StoryTurn = Type.Object({
  title: Type.String(),
  after: Type.Number({ minimum: 0, maximum: 86_400 }),
  system: Type.String(),
  /** Absent: it is repaired. */
  fault: Type.Optional(Type.Enum(['down', 'slow', 'errors', 'wrong_certificate', 'business_rejections', 'silence']))
})
const Story = Type.Object({
  senders: Type.Array(StorySender),
  steps: Type.Array(StoryStep),
  /** Harmless lines that go on afterwards, one at a time in turn. */
  trickle: Type.Array(Type.Object({ sender: Type.String(), file: Type.String() })),
  trickleEverySeconds: Type.Number({ minimum: 0.5, maximum: 600 }),
  systems: Type.Array(StorySystem),
  turns: Type.Array(StoryTurn)
})
export type Story = Static<typeof Story>
export type StorySender = Static<typeof StorySender>
export type StorySystem = Static<typeof StorySystem>
export type StoryTurn = Static<typeof StoryTurn>

/** Reads and checks the story of a folder (`story.json` and its log files). Throws `demonstration.invalid` naming the entry. */
export function readStory(folder: string): Story {
  const path = join(folder, 'story.json')
  let given: unknown
  try {
    given = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new SocError('demonstration.invalid', `${path} cannot be read as JSON`, { cause: error })
  }
  if (!Value.Check(Story, given)) {
    const [first] = Value.Errors(Story, given)
    throw new SocError(
      'demonstration.invalid',
      `${path}${first?.instancePath ?? ''}: ${first?.message ?? 'not a story'}`
    )
  }
  const known = new Set(given.senders.map((sender) => sender.id))
  for (const { sender, file } of [...given.steps, ...given.trickle]) {
    if (!known.has(sender))
      throw new SocError('demonstration.invalid', `${path}: ${file} names the sender "${sender}", which is not listed`)
  }
  return given
}
