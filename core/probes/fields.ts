import type { NumberField, TextField } from './kind.ts'

/*
 * Fields that several kinds have.
 */

const orNone = { vi: '0 là không kiểm.', en: '0 checks nothing.' }

export const hostField = {
  is: 'text',
  label: { vi: 'Máy chủ', en: 'Host' },
  start: '',
  min: 1,
  max: 253,
  mono: true
} satisfies TextField

export const portField = {
  is: 'number',
  label: { vi: 'Cổng', en: 'Port' },
  start: 443,
  min: 1,
  max: 65_535
} satisfies NumberField

/** Slower than this is DEGRADED, milliseconds; 0 asks nothing. */
export const slowField = (start: number) =>
  ({
    is: 'number',
    label: { vi: 'Chậm hơn (ms) là suy giảm', en: 'Slower than this (ms) is degraded' },
    hint: orNone,
    start,
    min: 0,
    max: 60_000
  }) satisfies NumberField

/** A certificate with fewer days left is DEGRADED; 0 asks nothing. */
export const certificateDaysField = {
  is: 'number',
  label: { vi: 'Chứng thư còn ít ngày hơn là suy giảm', en: 'Fewer certificate days left is degraded' },
  hint: orNone,
  start: 14,
  min: 0,
  max: 400
} satisfies NumberField
