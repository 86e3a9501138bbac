import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'account.title': 'My account',
  'account.open': 'My account',
  'account.password': 'Password',
  'account.passwordSet': (at: string) => `Set ${at}`,
  'account.passwordAge': (days: number) => `Must be changed after ${days} days`,
  'account.looks': 'Language and appearance',
  'account.theme': 'Appearance',
  'account.language': 'Language',

  'totp.title': 'Two-step sign-in',
  'totp.off': 'Off. When it is on, each sign-in also asks for 6 digits from your phone.',
  'totp.on': (at: string) => `On since ${at}`,
  'totp.left': (n: number) => `${n} recovery codes left`,
  'totp.requiredNote': 'The rules of this platform ask your role for two-step sign-in.',
  'totp.begin': 'Set up two-step sign-in',
  'totp.password': 'Your password',
  'totp.scan':
    'Scan this with an authenticator app (Google Authenticator, Microsoft Authenticator, FreeOTP …), then enter the 6 digits it shows.',
  'totp.picture': 'QR code for an authenticator app',
  'totp.byHand': 'Cannot scan? Type this key into the app:',
  'totp.code': '6 digits',
  'totp.confirm': 'Confirm',
  'totp.codesTitle': 'Recovery codes',
  'totp.codesText':
    'Each opens the account once when the phone is not there. Shown only now: print them or keep them safe.',
  'totp.codesKept': 'I have kept my recovery codes',
  'totp.copyCodes': 'Copy the recovery codes',
  'totp.renew': 'New recovery codes',
  'totp.disable': 'Switch two-step sign-in off',
  'totp.disabled': 'Two-step sign-in is off',
  'totp.forcedTitle': 'Two-step sign-in needed',

  'error.totp.wrong': 'The code is wrong, or was used already. Wait for the next one.',
  'error.totp.exists': 'Two-step sign-in is on already.',
  'error.totp.none': 'There is no two-step sign-in.',
  'error.totp.required': 'The rules ask your role for two-step sign-in, so it cannot be switched off.',
  'error.totp.must_set_up': 'Two-step sign-in must be set up first.'
}
