import fc from 'fast-check'
import { gridOf, linesSeen, offsetFor, offsetOf, scrolled, scrollTo, stepTo, type GridFacts } from './grid.ts'

const facts: GridFacts = {
  width: 1_200,
  viewHeight: 700,
  cellWidth: 160,
  lineHeight: 180,
  cells: 1_000_000,
  ratio: 1,
}

it('counts columns and lines, at least one column', () => {
  expect(gridOf({ ...facts, cells: 15 })).toMatchObject({ columns: 7, lines: 3, tall: 540, box: 540 })
  expect(gridOf({ ...facts, width: 90, cells: 3 })).toMatchObject({ columns: 1, lines: 3 })
  expect(gridOf({ ...facts, cells: 0 })).toMatchObject({ lines: 0, box: 0 })
})

it('never makes a box that a browser cuts', () => {
  for (const ratio of [1, 1.5, 2, 3, 5, 10])
    for (const width of [320, 1_200]) {
      const { box } = gridOf({ ...facts, width, ratio })
      expect(box * ratio).toBeLessThan(33_554_428)
    }
})

const grids = fc
  .record({
    width: fc.integer({ min: 320, max: 3_000 }),
    viewHeight: fc.integer({ min: 100, max: 2_000 }),
    cellWidth: fc.constantFrom(96, 160, 240, 320),
    lineHeight: fc.constantFrom(116, 180, 260, 340),
    cells: fc.integer({ min: 1, max: 1_000_000 }),
    ratio: fc.constantFrom(1, 1.5, 2, 5),
  })
  .map(gridOf)
  .filter((grid) => grid.tall > grid.viewHeight)

it('shows each line at a top that the box has', () => {
  fc.assert(
    fc.property(grids, fc.double({ min: 0, max: 1, noNaN: true }), (grid, share) => {
      const offset = share * (grid.tall - grid.viewHeight)
      const scroll = scrollTo(grid, offset)
      expect(scroll.top).toBeGreaterThanOrEqual(0)
      expect(scroll.top).toBeLessThanOrEqual(grid.box - grid.viewHeight + 0.5)
      expect(offsetOf(grid, scroll)).toBeCloseTo(offset, 3)
    }),
  )
})

it('is at the first line where the box is at its top, and at the last where it is at its end, whatever was before', () => {
  fc.assert(
    fc.property(grids, fc.double({ min: 0, max: 1, noNaN: true }), (grid, share) => {
      const before = scrollTo(grid, share * grid.tall)
      expect(offsetOf(grid, scrolled(grid, before, 0))).toBe(0)
      const end = scrolled(grid, before, grid.box - grid.viewHeight)
      expect(offsetOf(grid, end)).toBeCloseTo(grid.tall - grid.viewHeight, 3)
    }),
  )
})

it('moves the lines as far as a wheel does, and in proportion where the bar is dragged', () => {
  const grid = gridOf({ ...facts, width: 320 })
  expect(grid.tall / grid.box).toBeGreaterThan(2)
  const before = scrollTo(grid, 50_000_000)
  const wheel = scrolled(grid, before, before.top + 100)
  expect(offsetOf(grid, wheel) - offsetOf(grid, before)).toBeCloseTo(100, 6)
  // what is drawn stays where it is in the box, so that the browser scrolls by itself
  expect(wheel.shift).toBeCloseTo(before.shift, 6)
  const dragged = scrolled(grid, before, grid.box / 4)
  expect(offsetOf(grid, dragged) / grid.tall).toBeCloseTo(0.25, 3)
})

it('draws the lines that are seen and a few spare ones, and none that is not there', () => {
  const grid = gridOf({ ...facts, cells: 700 })
  expect(linesSeen(grid, 0, 2)).toEqual({ from: 0, to: 6 })
  expect(linesSeen(grid, 1_000, 2)).toEqual({ from: 3, to: 12 })
  expect(linesSeen(grid, grid.tall - grid.viewHeight, 2)).toEqual({ from: 94, to: 100 })
  expect(linesSeen(gridOf({ ...facts, cells: 0 }), 0, 2)).toEqual({ from: 0, to: 0 })
})

it('scrolls no further than it must to show a line', () => {
  const grid = gridOf(facts)
  expect(offsetFor(grid, 10, 1_750)).toBe(1_750)
  expect(offsetFor(grid, 2, 1_750)).toBe(360)
  expect(offsetFor(grid, 20, 1_750)).toBe(21 * 180 - 700)
})

it('steps by keys, and stays inside', () => {
  const grid = gridOf({ ...facts, cells: 16 })
  const to = (cell: number, step: Parameters<typeof stepTo>[3]) => stepTo(grid, 16, cell, step)
  expect([to(0, 'left'), to(3, 'left'), to(3, 'right'), to(15, 'right')]).toEqual([0, 2, 4, 15])
  expect([to(3, 'up'), to(10, 'up'), to(3, 'down'), to(8, 'down'), to(12, 'down'), to(15, 'down')]).toEqual([
    3, 3, 10, 15, 15, 15,
  ])
  expect([to(10, 'line-start'), to(10, 'line-end'), to(14, 'line-end')]).toEqual([7, 13, 15])
  expect([to(10, 'page-up'), to(3, 'page-down'), to(10, 'start'), to(10, 'end')]).toEqual([3, 15, 0, 15])
})
