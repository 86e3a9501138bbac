import type { Bilingual } from '../match.ts'

type Labelled = { label: Bilingual; hint?: Bilingual }

/** A line of text; `min` 0 lets it stay empty. `mono` is for what machines read: addresses, names, paths. */
export type TextField = Labelled & { is: 'text'; start: string; min: number; max: number; mono?: boolean }
/** A whole number; a form shows it divided by `unit` (60,000 shows milliseconds as minutes). */
export type NumberField = Labelled & { is: 'number'; start: number; min: number; max: number; unit?: number }
export type ChoiceField<Choice extends string = string> = Labelled & {
  is: 'choice'
  start: Choice
  choices: readonly Choice[]
}
export type FlagField = Labelled & { is: 'flag'; start: boolean }
/** Whole numbers between commas, at most `most`. */
export type NumbersField = Labelled & { is: 'numbers'; min: number; max: number; most: number }
/** Lines of text, at most `most` of at most `max` characters. */
export type LinesField = Labelled & { is: 'lines'; max: number; most: number }

/** One thing that a probe of a kind is told: schema, form and target are all made from it. `wide` takes a row alone. */
export type ProbeField = (TextField | NumberField | ChoiceField | FlagField | NumbersField | LinesField) & {
  wide?: boolean
}
export type ProbeFields = Record<string, ProbeField>

type ValueOf<Field> = Field extends { is: 'text' }
  ? string
  : Field extends { is: 'number' }
    ? number
    : Field extends { is: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice
      : Field extends { is: 'flag' }
        ? boolean
        : Field extends { is: 'numbers' }
          ? number[]
          : Field extends { is: 'lines' }
            ? string[]
            : never

/** What a probe of this kind asks, as it is stored and sent: `kind` and one value a field. */
export type TargetOf<Name extends string, Fields extends ProbeFields> = { kind: Name } & {
  -readonly [Key in keyof Fields]: ValueOf<Fields[Key]>
}

/** Checks of a target that need no resolver (core/destination.ts). Each throws `network.forbidden` (422). */
export type TargetChecks = {
  url(text: string): void
  host(host: string, port: number): void
  /** The spelling of a name alone. */
  name(host: string): void
  /** A DNS server by its address. */
  resolver(text: string): void
}

/** Words of outcome codes; the words of a family (`tcp`) are those of each code in it (`tcp.reset`) without its own. */
export type OutcomeWords = Readonly<Record<string, Bilingual>>

/**
 * One kind of probe as everybody but the prober sees it: no TypeBox, no network, so that the browser may load it. How it
 * is asked is in collector/probes/ under the same name.
 */
export type ProbeKindOf<Name extends string, Fields extends ProbeFields, Asked extends boolean = boolean> = {
  name: Name
  label: Bilingual
  /** What it does, in a sentence under the choice of kinds. */
  help: Bilingual
  /** False for a kind that is not asked for but comes by itself. */
  asked: Asked
  /** In the order of the form and of the stored target. */
  fields: Fields
  /** Refuses at definition what no run could ask. Throws 422: `network.forbidden` or a code of the kind's own. */
  check(target: TargetOf<Name, Fields>, checks: TargetChecks): void
  /** Machines it asks, to be joined with security alerts about them. */
  hosts(target: TargetOf<Name, Fields>): string[]
  /** The place it asks, as the audit log keeps it. */
  place(target: TargetOf<Name, Fields>): string
  /** One line for lists and titles; the place without it. */
  summary?(target: TargetOf<Name, Fields>): string
  /** What a result says, exact: for those who run probes. */
  outcomes: OutcomeWords
  /**
   * Why a state is as it is: read by leaders too and printed in reports, so that it names no address inside a network and
   * nothing that a page said.
   */
  reasons: OutcomeWords
  /** A reason that the detail of a result makes more exact. */
  reason?(code: string, detail: string): Bilingual | undefined
}

/** Keeps the exact names and values of a kind's fields, from which its target's type is made. */
export const probeKind = <Name extends string, const Fields extends ProbeFields, Asked extends boolean>(
  kind: ProbeKindOf<Name, Fields, Asked>
): ProbeKindOf<Name, Fields, Asked> => kind
