/** Shortest password the console accepts; the server checks again and has the last word. */
export const PASSWORD_MIN = 12

export type PasswordFault = 'short' | 'same' | 'name' | 'different'

/** What is still wrong with a new password, in the order in which the rules are shown. */
export function passwordFaults(input: {
  next: string
  again: string
  current: string
  username: string
}): PasswordFault[] {
  const faults: PasswordFault[] = []
  if ([...input.next].length < PASSWORD_MIN) faults.push('short')
  if (input.next === input.current) faults.push('same')
  if (input.username !== '' && input.next.toLowerCase().includes(input.username.toLowerCase())) faults.push('name')
  if (input.next !== input.again) faults.push('different')
  return faults
}
