/** What is wrong in a rule and where; thrown while a document is read, and turned into a RuleError at its edge. */
export class RuleFault extends Error {
  readonly code: string
  readonly line: number

  constructor(code: string, line: number, message: string) {
    super(message)
    this.name = 'RuleFault'
    this.code = code
    this.line = line
  }
}
