import { expect, it } from 'vitest'
import { SocError } from './errors.ts'
import { isNoRoom, isStorageError } from './storage-error.ts'

const sqlite = (errcode: number) => Object.assign(new Error('said by SQLite'), { code: 'ERR_SQLITE_ERROR', errcode })
const system = (code: string) => Object.assign(new Error(code), { code })

it('knows a volume that takes nothing, in the words of SQLite and of the system, and inside other errors', () => {
  // SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_CANTOPEN, SQLITE_READONLY_DBMOVED
  for (const errcode of [13, 778, 1034, 14, 1032]) expect(isStorageError(sqlite(errcode))).toBe(true)
  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'EROFS']) expect(isStorageError(system(code))).toBe(true)
  expect(isStorageError(new SocError('store.away', 'cannot be written', { cause: system('ENOSPC') }))).toBe(true)
  expect(isNoRoom(new SocError('store.away', 'cannot be written', { cause: sqlite(13) }))).toBe(true)
  expect(isNoRoom(system('EIO'))).toBe(false)
})

it('takes faults of ours, constraints, damage and endless causes for what they are', () => {
  // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CORRUPT, SQLITE_BUSY
  for (const errcode of [2067, 11, 5]) expect(isStorageError(sqlite(errcode))).toBe(false)
  const own = new Error('own cause')
  own.cause = own
  for (const other of [own, undefined, null, 'ENOSPC', 13, new TypeError('x'), system('ENOENT')])
    expect(isStorageError(other)).toBe(false)
})
