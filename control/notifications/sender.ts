import type { Config } from '#core/config.ts'
import type { Origin } from '#core/origin.ts'
import type { NotificationRecord } from './outbox.ts'
import { words } from './words.ts'

/** How somebody outside the SOC knows whom he deals with: the number to call, and the console's public address. */
export type Sender = { hotline: string; publicUrl: string }

/** The sender as the settings make it; the demonstration has examples, which say that they are examples. */
export function senderOf(config: Pick<Config, 'SOC_HOTLINE' | 'SOC_PUBLIC_URL'>, origin: Origin): Sender {
  const real = { hotline: config.SOC_HOTLINE.trim(), publicUrl: config.SOC_PUBLIC_URL }
  if (origin === 'real') return real
  return { hotline: real.hotline || words.exampleHotline, publicUrl: real.publicUrl || words.exampleAddress }
}

/** Whether a row goes to a unit: people who know the SOC by what the message says alone. */
export const isToUnit = ({ topic, audience }: Pick<NotificationRecord, 'topic' | 'audience'>): boolean =>
  topic === 'task' && audience.includes('"kind":"unit"')

/** The settings without which nothing is sent to units, by name. */
export const missingSettings = ({ hotline, publicUrl }: Sender): string[] => [
  ...(hotline === '' ? ['SOC_HOTLINE'] : []),
  ...(publicUrl === '' ? ['SOC_PUBLIC_URL'] : [])
]

/** Why a row cannot go out with these settings; '' when it can. A message without a number or an address reads like a fraud. */
export function missingOf(row: Pick<NotificationRecord, 'topic' | 'audience'>, sender: Sender): string {
  const missing = isToUnit(row) ? missingSettings(sender) : []
  if (missing.length === 2) return 'setting.both'
  return missing.length === 0 ? '' : missing[0] === 'SOC_HOTLINE' ? 'setting.hotline' : 'setting.public_url'
}
