import type { PasswordRules } from '#core/api/accounts.ts'

/** What holds until the server has said what its rules are; it checks again and has the last word. */
export const usualRules: PasswordRules = { minLength: 12, classes: 0, history: 5, maxAgeDays: 0 }

export type PasswordFault = 'short' | 'kinds' | 'same' | 'name' | 'different'

const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u]

/** What is still wrong with a new password, in the order in which the rules are shown. */
export function passwordFaults(
  input: {
    next: string
    again: string
    /** Undefined where there is none to compare with: an invitation. */
    current?: string
    username: string
  },
  rules: PasswordRules = usualRules
): PasswordFault[] {
  const faults: PasswordFault[] = []
  if ([...input.next].length < rules.minLength) faults.push('short')
  if (kinds.filter((kind) => kind.test(input.next)).length < rules.classes) faults.push('kinds')
  if (input.next === input.current) faults.push('same')
  if (input.username !== '' && input.next.toLowerCase().includes(input.username.toLowerCase())) faults.push('name')
  if (input.next !== input.again) faults.push('different')
  return faults
}
