import { RE2JS } from 're2js'
import { expect, it } from 'vitest'

// compileRegex bounds the memory of an engine through fields that its package does not document: with another version they
// may be gone without an error, and hostile command lines would take a gigabyte. So the version is pinned, and this looks.
it('the engine has the inner fields by which its memory is bounded, and keeps to them', () => {
  const engine = RE2JS.compile('(a|b)*c{3}[^d]+e')
  const { dfa } = engine.re2()
  expect(typeof dfa.stateBudget).toBe('number')
  expect(typeof dfa.memBudget).toBe('number')
  dfa.stateBudget = 4_096
  dfa.memBudget = 4_096
  expect(engine.test('abababcccxe')).toBe(true)
  expect(engine.test('ab'.repeat(5_000))).toBe(false)
  // What is left of the budget after states were kept; a field of another name would still be as it was set.
  expect(engine.re2().dfa.memBudget).toBeLessThan(4_096)
  expect(engine.programSize()).toBeGreaterThan(0)
})
