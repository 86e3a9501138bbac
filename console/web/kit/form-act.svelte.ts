import { Act } from '../live/act.svelte.ts'

/** The acts of a form or panel, one at a time: its buttons wait, and a refusal stands in it as words. */
export class FormAct {
  trouble = $state('')
  readonly #act: Act

  /** `words`, the console, makes words of whatever an act threw. */
  constructor(words: { wordsOf: (error: unknown) => string }) {
    this.#act = new Act((error) => (this.trouble = words.wordsOf(error)))
  }

  /** An act is on its way. */
  get busy(): boolean {
    return this.#act.busy
  }

  /** Resolves to true when the work went well; a second act while one is on its way is ignored. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (!this.busy) this.trouble = ''
    return this.#act.run(async () => void (await work()))
  }
}
