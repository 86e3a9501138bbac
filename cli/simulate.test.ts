import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Runs `soc simulate` as a person does who pipes commands into it. */
function simulate(args: string[], input: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'index.ts'), 'simulate', ...args],
      { env: { PATH: process.env['PATH'] } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    )
    child.stdin!.end(input)
  })
}

it('soc simulate obeys lines of stdin in order, says what it does not understand, and ends with them', async () => {
  const ended = await simulate(['--probes'], 'broken\nbreak hue-s down\nbroken\nbreak hue-s melt\nmend\nbroken\n')
  const lines = ended.stdout.trim().split('\n')
  const probes = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { system: string })
  expect(probes.map((probe) => probe.system)).toContain('tra-cuu-bhyt')
  expect(lines.slice(probes.length)).toEqual([
    'nothing is broken',
    'hue-s: down',
    'hue-s: down',
    'vi-hue-s: down',
    'hue-s-camera: down',
    'all: mended',
    'nothing is broken'
  ])
  expect(ended.stderr).toContain('not understood')
  expect(ended.stderr).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
  expect(ended.code).toBe(0)
})

it.each([
  ['--seed', 'x'],
  ['--port', '70000'],
  ['--rate', '0'],
  ['--to', 'http://127.0.0.1:1']
])('soc simulate refuses %s %s with one line', async (...args) => {
  const ended = await simulate(args, '')
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr.trim().split('\n')).toHaveLength(1)
})
