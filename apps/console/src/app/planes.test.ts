import { changePlanes, countBytes, readPlanes } from './planes.ts'

const names = ['state', 'verdict', 'code']
const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const planes = readPlanes(bytes('.sf...\0\0\x01'), names, 3, 7)

describe('the map of a batch', () => {
  it('is one plane after another', () => {
    expect(planes.bytes.map((plane) => String.fromCharCode(...plane))).toEqual(['.sf', '...', '\0\0\x01'])
    expect(() => readPlanes(bytes('...'), names, 3, 7)).toThrow(RangeError)
  })

  it('follows changes, also of rows that are new', () => {
    const later = changePlanes(planes, {
      version: 9,
      rows: 5,
      changes: [
        [1, 0, 115],
        [5, 1, 97],
        [9, 0, 1],
      ],
    })
    expect(later.bytes.map((plane) => String.fromCharCode(...plane))).toEqual([
      'ssf..',
      '....a',
      '\0\0\x01\0\0',
    ])
    expect(later).toMatchObject({ version: 9, rows: 5 })
    // what was drawn before is still what it was
    expect(String.fromCharCode(...(planes.bytes[0] ?? []))).toBe('.sf')
  })

  it('is not taken back by changes that it has already', () => {
    expect(changePlanes(planes, { version: 7, changes: [[1, 0, 0]] })).toBe(planes)
    expect(changePlanes(planes, { version: 8, rows: 2, changes: [] })).toBe(planes)
  })

  it('is counted by bytes', () => {
    expect([...countBytes(planes, 'state')]).toEqual([
      [46, 1],
      [102, 1],
      [115, 1],
    ])
    expect([...countBytes(planes, 'none')]).toEqual([])
  })
})
