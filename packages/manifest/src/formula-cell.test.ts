import fc from 'fast-check'
import { cellOfFormula, formulaSafe } from './formula-cell.ts'

describe('a cell that a spreadsheet could run', () => {
  it.each([
    ['=1', "'=1"],
    ['+49 30', "'+49 30"],
    ['-2+3+cmd', "'-2+3+cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
  ])('%j is written %j', (text, cell) => expect(formulaSafe(text)).toBe(cell))

  it.each(['-100', '+49', '-1.50', '-1,5', '1e21', "'tis", "''retro''", 'mug', '00123', 'A-1', ''])(
    'is not %j: nothing runs, and it is joined as it is',
    (text) => {
      expect(formulaSafe(text)).toBe(text)
      expect(cellOfFormula(text)).toBe(text)
    },
  )

  it('is read back as it was, whatever it is', () =>
    expect(() =>
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string(),
            fc.array(fc.constantFrom("'", '=', '-', '1', ' ', 'a', '\t')).map((signs) => signs.join('')),
          ),
          (text) => cellOfFormula(formulaSafe(text)) === text,
        ),
      ),
    ).not.toThrow())
})
