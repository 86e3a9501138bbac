import { it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { testConsole } from './console.ts'
import { httpDraft, resultOf } from './measured-health.ts'
import { inventory } from './world.ts'
import { openControl } from '#control/database/control.ts'
it('x', async () => {
  let out = ''
  const time = <T>(n: string, f: () => T) => {
    const t = performance.now()
    const r = f()
    out += `${n} ${Math.round(performance.now() - t)}\n`
    return r
  }
  for (let i = 0; i < 3; i++) {
    time('control', () => openControl(':memory:'))
    const c = time('console', () => testConsole())
    const h = c.parts.health.of('real')
    const ids = time('add', () => inventory.systems.map((s) => h.addProbe(httpDraft(s.id, s.name)).id))
    for (let r = 0; r < 3; r++) {
      c.parts.clock.advance(10000)
      time('take', () =>
        c.parts.health.take(ids.map((id) => resultOf(id, c.parts.clock.now(), r > 0 && id === ids[3])))
      )
      time('tick', () => h.tick())
    }
    time('wall', () => h.wall())
    out += ids.length + '\n'
  }
  writeFileSync('/tmp/zz.out', out)
})
