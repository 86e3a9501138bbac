import { parseAllDocuments } from 'yaml'
import type { AuthorTexts } from '#core/api/common.ts'
import { fieldsOf } from './own-yaml.ts'

/** What a screen shows of a rule's file. */
type Shown = { text: string; description: AuthorTexts; falsePositives: AuthorTexts }

/** No text in either language. */
export const none: AuthorTexts = { vi: [], en: [] }

/**
 * The document of one rule in the text of its file, with its description and false positives. The whole text, when the file
 * has changed since it was loaded or cannot be read any more: never throws.
 */
export function ruleInText(text: string, rule: { id: string; title: { en: string } }): Shown {
  const whole = { text, description: none, falsePositives: none }
  try {
    const documents = parseAllDocuments(text.replace(/^\ufeff/, ''), { prettyErrors: false, logLevel: 'silent' })
    for (const document of Array.isArray(documents) ? documents : []) {
      if (document.errors.length > 0) continue
      const fields: unknown = document.toJS()
      if (typeof fields !== 'object' || fields === null) continue
      const { id, title, description, falsepositives, soc } = fields as Record<string, unknown>
      // A rule without an id is known by its file and title.
      const own = typeof id === 'string' ? id.trim().toLowerCase() === rule.id : title === rule.title.en
      if (!own) continue
      const [start, , end] = document.range
      const house = fieldsOf(soc)
      return {
        text: documents.length === 1 ? text : text.slice(start, end),
        description: { vi: textsOf(house['description_vi']), en: textsOf(description) },
        falsePositives: { vi: textsOf(house['falsepositives_vi']), en: textsOf(falsepositives) }
      }
    }
  } catch {
    // Nested too deeply, or full of aliases: the text is shown, and the row says what is wrong with it.
  }
  return whole
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item) =>
    item === null || item === undefined || item === '' || typeof item === 'object' ? [] : [String(item)]
  )
}
