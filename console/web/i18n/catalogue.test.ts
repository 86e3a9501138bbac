import { fates } from '#core/ledger.ts'
import { levels } from '#core/match.ts'
import { origins } from '#core/origin.ts'
import { roles } from '#core/roles.ts'
import { afterEach, expect, it } from 'vitest'
import { entries } from '../shell/features.ts'
import { incidentTabs } from '../incidents/states.ts'
import { keymap } from '../shell/keyboard.ts'
import { tabs } from '../queue/alert-filter.ts'
import { unitStates } from '#core/unit-states.ts'
import { verdictKeys } from '../queue/verdicts.ts'
import { en } from './en.ts'
import { codeText, hasText, language, pick, t } from './text.svelte.ts'
import { vi } from './vi.ts'
import { inVietnamese } from './vietnamese.testing.ts'

afterEach(inVietnamese)

it('both languages have the same keys of the same kind, and no empty words', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort())
  for (const [key, message] of Object.entries(vi)) {
    const other = en[key as keyof typeof en] as unknown
    expect(typeof other, key).toBe(typeof message)
    if (typeof message === 'string') expect([message === '', other === ''], key).toEqual([false, false])
  }
})

it('every feature is gathered, and no key has words in two of them: the later would silence the earlier', () => {
  const parts = import.meta.glob<{ vi?: object; en?: object }>('../*/{,*.}{vi,en}.ts', { eager: true })
  for (const [code, gathered] of Object.entries({ vi, en })) {
    const features = Object.entries(parts).filter(([path]) => !path.startsWith('./'))
    const keys = features.flatMap(([, part]) => Object.keys(part[code as 'vi' | 'en'] ?? {}))
    expect(keys.length).toBeGreaterThan(500)
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
    expect(keys.sort()).toEqual(Object.keys(gathered).sort())
  }
})

it('every code of the core has words', () => {
  const wanted: [string, readonly string[]][] = [
    ['level', levels],
    ['origin', origins],
    ['role', roles],
    ['role.hint', roles],
    ['fate', fates],
    ['verdict', verdictKeys],
    ['verdict.short', verdictKeys],
    ['incident.verdict', verdictKeys],
    ['queue.tab', tabs],
    ['queue.empty', tabs],
    ['incident.status', incidentTabs],
    ['unit.state', unitStates],
    ['unit.stateLong', unitStates],
    ['rail', entries]
  ]
  for (const [prefix, codes] of wanted)
    for (const code of codes) expect(hasText(prefix, code), `${prefix}.${code}`).toBe(true)
})

it('every command of the keyboard is on the sheet', () => {
  for (const { command } of keymap) {
    const [prefix, code] = command.startsWith('go:') ? ['rail', command.slice(3)] : ['keys.command', command]
    expect(hasText(prefix, code), command).toBe(true)
  }
})

it('an unknown code is shown as it is, a known family by its family', () => {
  expect(codeText('error', 'brand.new')).toBe('brand.new')
  expect(codeText('error', 'http.502', { status: 502 })).toBe('Máy chủ trả lời mã 502.')
  expect(codeText('letter', 'parse.something_new')).toBe('Không đọc được')
  expect(codeText('error', '__proto__')).toBe('__proto__')
  expect(codeText('error', 'constructor')).toBe('constructor')
})

it('switching the language switches words, and Vietnamese stands in where English is missing', () => {
  expect(t('queue.held', 5)).toBe('5 mới ↑')
  language.show('en', en)
  expect(t('queue.held', 5)).toBe('5 new ↑')
  expect(pick({ vi: 'Tệp lạ', en: '' })).toBe('Tệp lạ')
})
