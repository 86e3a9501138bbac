import type { PasswordRules } from '#core/api/accounts.ts'
import type { Inventory } from '#province/inventory.ts'
import { checkPassword } from './password-rules.ts'
import type { Policy } from './policy.ts'

const provinceWords = new WeakMap<Inventory, readonly string[]>()

/** The short names of the province's units: what people of a unit think of first. */
function wordsOf(inventory: Inventory): readonly string[] {
  const known = provinceWords.get(inventory)
  if (known !== undefined) return known
  const words = [...new Set(inventory.units().map((unit) => unit.shortName))]
  provinceWords.set(inventory, words)
  return words
}

/** The part of the policy that is shown while a password is typed. */
export function rulesOf(context: { policy: Policy }): PasswordRules {
  const { minLength, classes, history, maxAgeDays } = context.policy.get()
  return { minLength, classes, history, maxAgeDays }
}

/** Refuses a new password that the policy does not allow, or that was used lately; 422 with one of the `password.…` codes. */
export async function checkNewPassword(
  context: { policy: Policy; inventory: Inventory },
  user: { id: string; username: string; password: string },
  next: string
): Promise<void> {
  const { minLength, classes, refusedWords } = context.policy.get()
  checkPassword(next, user.username, { minLength, classes, words: [...refusedWords, ...wordsOf(context.inventory)] })
  await context.policy.checkReuse(user.id, user.password, next)
}
