import { expect, it } from 'vitest'
import { linesOf } from './lines-of.ts'

it('lines of a field are a list without empty ones', () => {
  expect(linesOf(' Như trên \n\n Các đơn vị\r\n x ', 2)).toEqual(['Như trên', 'Các đơn vị'])
})
