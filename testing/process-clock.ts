/**
 * Preload of a process that shall believe it started at the moment TEST_CLOCK_START (milliseconds since the epoch):
 * NODE_OPTIONS=--import of this file. Data of a certain day neither grows old nor lies in the future under it.
 */
const shift = Number(process.env['TEST_CLOCK_START']) - Date.now()
const Real = Date

globalThis.Date = class extends Real {
  constructor(...args: [] | [value: number | string | Date]) {
    if (args.length === 0) super(Real.now() + shift)
    else super(...args)
  }
  static override now(): number {
    return Real.now() + shift
  }
} as DateConstructor
