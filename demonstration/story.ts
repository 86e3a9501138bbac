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
const Story = Type.Object({
  senders: Type.Array(StorySender),
  steps: Type.Array(StoryStep),
  /** Harmless lines that go on afterwards, one at a time in turn. */
  trickle: Type.Array(Type.Object({ sender: Type.String(), file: Type.String() })),
  trickleEverySeconds: Type.Number({ minimum: 0.5, maximum: 600 })
})
export type Story = Static<typeof Story>
export type StorySender = Static<typeof StorySender>

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
