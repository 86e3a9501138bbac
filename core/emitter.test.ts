import { expect, it } from 'vitest'
import { Emitter } from './emitter.ts'

type Events = { moved: (place: number) => void; ended: () => void }

it('hands each event to every listener at once and in order', () => {
  const emitter = new Emitter<Events>()
  const heard: string[] = []
  emitter.on({ moved: (place) => heard.push(`first ${place}`), ended: () => heard.push('end') })
  emitter.on({ moved: (place) => heard.push(`second ${place}`) })
  emitter.emit('moved', 1)
  emitter.emit('ended')
  expect(heard).toEqual(['first 1', 'second 1', 'end'])
})

it('lets a listener leave while it is called', () => {
  const emitter = new Emitter<Events>()
  let heard = 0
  const stop = emitter.on({
    moved() {
      heard += 1
      stop()
    }
  })
  emitter.emit('moved', 1)
  emitter.emit('moved', 2)
  expect(heard).toBe(1)
})

it('gives what a listener throws to whoever emits, so that a transaction can be undone', () => {
  const emitter = new Emitter<Events>()
  emitter.on({
    moved: () => {
      throw new Error('not so')
    }
  })
  expect(() => emitter.emit('moved', 1)).toThrow('not so')
})
