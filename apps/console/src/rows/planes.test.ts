import { applyChanges, changesOf, readPlanes } from './planes.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

it('cuts the answer into its planes, in whatever order they come', () => {
  const planes = readPlanes(bytes('..a+-q'), { names: 'verdict, state', rows: '3' })
  expect(String.fromCharCode(...planes.state, ...planes.verdict)).toBe('+-q..a')
  expect([...planes.code]).toEqual([0, 0, 0])
})

it('refuses an answer that was cut', () => {
  expect(() => readPlanes(bytes('++'), { names: 'state', rows: '3' })).toThrow('2 bytes')
  expect(() => readPlanes(bytes(''), { names: 'state', rows: '' })).not.toThrow()
  expect(() => readPlanes(bytes('++'), { names: 'state', rows: 'x' })).toThrow('2 bytes')
})

it('writes changes, and tells where a row has none', () => {
  const planes = readPlanes(bytes('qqq'), { names: 'state', rows: '3' })
  expect(applyChanges(planes, [{ row: 3, plane: 'state', value: 0x2b }])).toBe(true)
  expect(String.fromCharCode(...planes.state)).toBe('qq+')
  expect(applyChanges(planes, [{ row: 4, plane: 'state', value: 0x2b }])).toBe(false)
})

it('reads changes as the stream tells them', () => {
  expect(changesOf({ changes: [[3, 0, 43], [7, 2, 1], [1, 9, 1], 'x'] })).toEqual([
    { row: 3, plane: 'state', value: 43 },
    { row: 7, plane: 'code', value: 1 },
  ])
  expect(changesOf({})).toEqual([])
})
