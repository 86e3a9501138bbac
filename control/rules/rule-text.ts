import { parseAllDocuments } from 'yaml'

/** What a screen shows of a rule's file. */
type Shown = { text: string; description: string; falsePositives: string[] }

/**
 * The document of one rule in the text of its file, with its description and false positives. The whole text, when the file
 * has changed since it was loaded or cannot be read any more: never throws.
 */
export function ruleInText(text: string, rule: { id: string; title: { en: string } }): Shown {
  const whole = { text, description: '', falsePositives: [] }
  try {
    const documents = parseAllDocuments(text.replace(/^\ufeff/, ''), { prettyErrors: false, logLevel: 'silent' })
    for (const document of Array.isArray(documents) ? documents : []) {
      if (document.errors.length > 0) continue
      const fields: unknown = document.toJS()
      if (typeof fields !== 'object' || fields === null) continue
      const { id, title, description, falsepositives } = fields as Record<string, unknown>
      // A rule without an id is known by its file and title.
      const own = typeof id === 'string' ? id.trim().toLowerCase() === rule.id : title === rule.title.en
      if (!own) continue
      const [start, , end] = document.range
      return {
        text: documents.length === 1 ? text : text.slice(start, end),
        description: typeof description === 'string' ? description : '',
        falsePositives: (Array.isArray(falsepositives) ? falsepositives : [falsepositives]).flatMap((item) =>
          item === null || item === undefined || typeof item === 'object' ? [] : [String(item)]
        )
      }
    }
  } catch {
    // Nested too deeply, or full of aliases: the text is shown, and the row says what is wrong with it.
  }
  return whole
}
