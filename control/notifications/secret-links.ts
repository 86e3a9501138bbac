import { SocError } from '#core/errors.ts'
import type { KeyFile } from '#control/accounts/key-file.ts'

/** Paths whose last part is somebody's key: a task's link, an invitation. */
const secret = /^\/(t|welcome)\/./
const MARK = 'sealed:'

/** Links of messages as the database keeps them: one that is a key lies there sealed, so that a copy of it opens nothing. */
export type SecretLinks = {
  seal(link: string, announcementKey: string): string
  /** '' when the key in the data folder is another one: the message goes out without its link. */
  open(row: { link: string; key: string }): string
}

export function createSecretLinks(keys: Pick<KeyFile, 'seal' | 'open'>): SecretLinks {
  return {
    seal: (link, announcementKey) => (secret.test(link) ? `${MARK}${keys.seal(link, announcementKey)}` : link),
    open({ link, key }) {
      if (!link.startsWith(MARK)) return link
      try {
        return keys.open(link.slice(MARK.length), key)
      } catch (error) {
        if (error instanceof SocError) return ''
        throw error
      }
    }
  }
}
