import { mapByte } from '@restyle/shared/contract/edit-state'
import { endedBatches, largeBatch } from './picture-batches.ts'

const sum = (of: object): number => Object.values(of).reduce((all: number, each) => all + Number(each), 0)

it('has a code for every row that failed, so that the page of failures tells as many as the list of batches', () => {
  const batches = [...endedBatches, largeBatch()]
  expect(batches.map(({ failures }) => sum(failures))).toEqual(batches.map(({ counts }) => counts.failed))
  expect(Math.max(...batches.map(({ counts }) => counts.failed))).toBeGreaterThan(400)
})

it('counts of the large one what its bytes have', () => {
  const { counts, failures, planes } = largeBatch()
  const rowsOf = (plane: Buffer, byte: number) => plane.filter((each) => each === byte).length
  for (const state of ['succeeded', 'failed', 'rendered'] as const)
    expect(rowsOf(planes.state, mapByte[state].charCodeAt(0))).toBe(counts[state])
  expect([1, 2].map((code) => rowsOf(planes.codes, code))).toEqual(Object.values(failures))
  expect(rowsOf(planes.verdicts, 'a'.charCodeAt(0))).toBe(counts.approved)
})
