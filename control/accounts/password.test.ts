import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkPassword } from './password-rules.ts'
import { hashPassword, randomPassword, verifyPassword } from './password.ts'

const cheap = { memory: 64, passes: 1, parallelism: 1 }

it('a password is kept as an argon2id PHC string with the OWASP cost and verifies only itself', async () => {
  const stored = await hashPassword('một câu dài để nhớ')
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await verifyPassword('một câu dài để nhớ', stored)).toBe(true)
  expect(await verifyPassword('một câu dài để nhớ'.normalize('NFD'), stored)).toBe(true)
  expect(await verifyPassword('mot cau dai de nho', stored)).toBe(false)
})

it('two hashes of one password differ by their salt', async () => {
  expect(await hashPassword('x', cheap)).not.toBe(await hashPassword('x', cheap))
})

it('what is no argon2id hash matches nothing', async () => {
  for (const stored of ['', '!', 'plain', '$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAA', '$2b$10$abc'])
    expect(await verifyPassword(stored, stored)).toBe(false)
})

it('a flood of sign-ins is refused instead of piling up', async () => {
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => hashPassword('x', cheap)))
  const refused = all.filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(60 - 36)
  expect(refused[0]!.reason).toMatchObject({ code: 'session.busy', status: 503 })
  await expect(hashPassword('x', cheap)).resolves.toContain('argon2id')
})

const refusal = (password: string, username = 'lan.nguyen') => {
  try {
    checkPassword(password, username)
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

it.each([
  ['mười-một kt', 'password.short'],
  ['x'.repeat(300), 'password.long'],
  ['lan.nguyen2024', 'password.username'],
  ['aaaaaaaaaaaaaaaa', 'password.pattern'],
  ['abcabcabcabcabc', 'password.pattern'],
  ['123456789012', 'password.pattern'],
  ['qwertyuiop12', 'password.pattern'],
  ['MatKhau@2024!!', 'password.common'],
  ['P@ssw0rd2024!', 'password.common'],
  ['Admin@Hue2024', 'password.common'],
  ['VietNam@123456', 'password.common'],
  ['thuathienhue2024', 'password.common'],
  ['cá kho tộ chiều mưa', 'accepted'],
  ['r7-vq9k-tp2x-mm', 'accepted'],
  ['correct horse battery staple', 'accepted']
])('the password %s is judged %s', (password, expected) => {
  expect(refusal(password)).toBe(expected)
})

it('every password we make ourselves passes the rules and none repeats', () => {
  const made = Array.from({ length: 200 }, randomPassword)
  expect(new Set(made).size).toBe(200)
  for (const password of made) expect(refusal(password)).toBe('accepted')
})

it('judging a hostile password ends in bounded work', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), fc.string({ maxLength: 100 }), (password, username) => {
      expect(refusal(password, username)).toMatch(/^accepted$|^password\./)
    }),
    { numRuns: 40 }
  )
})
