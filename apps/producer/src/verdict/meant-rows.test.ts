import { meantRows, rangesIn } from './meant-rows.ts'

const planes = (state: string, verdict: string, code = '\0'.repeat(state.length)) => ({
  rows: state.length,
  bytes: {
    state: Buffer.from(state, 'latin1'),
    verdict: Buffer.from(verdict, 'latin1'),
    code: Buffer.from(code, 'latin1'),
  },
})
const shown = (rows: Buffer): string => rows.toString('latin1').replaceAll('\0', ' ')
const codes = ['Bad', 'Worse']

describe('rangesIn', () => {
  it('reads rows as people count them', () => {
    expect(rangesIn('1-3, 7')).toEqual([
      { from: 0, to: 3 },
      { from: 6, to: 7 },
    ])
  })

  it.each(['', '0', '3-1', 'x', '1,', '1-2-3', '12345678'])('refuses %j', (text) => {
    expect(rangesIn(text)).toMatch(/^must be rows, counted from 1/)
  })
})

describe('meantRows', () => {
  it('means rows with images that have another verdict, each with the one that it has', () => {
    const { rows, ...counts } = meantRows(planes('++-+q+', '.a..dr'), {
      verdict: 'approved',
      named: [{ from: 0, to: 9 }],
      codes,
    })
    expect([shown(rows), counts]).toEqual(['.  . r', { matched: 3, skipped: 2 }])
  })

  it('takes back only what was said', () => {
    expect(shown(meantRows(planes('+++', '.ar'), { verdict: undefined, codes }).rows)).toBe(' ar')
  })

  it('means those that all of the filter holds of, but for some', () => {
    const of = planes('++-~.', '.r...', '\0\0\x01\x02\0')
    const meant = (where: object) =>
      meantRows(of, { verdict: 'redo', where, codes, except: [{ from: 9, to: 12 }] })
    expect(shown(meant({}).rows)).toBe('.r')
    expect(shown(meant({ verdict: 'rejected' }).rows)).toBe(' r')
    expect(shown(meant({ state: 'succeeded', verdict: 'none' }).rows)).toBe('.')
    expect(meant({ code: 'Bad' })).toMatchObject({ matched: 0, skipped: 0 })
    expect(meant({ code: 'Never' })).toMatchObject({ matched: 0 })
    expect(shown(meantRows(of, { verdict: 'redo', codes, except: [{ from: 0, to: 1 }] }).rows)).toBe(' r')
  })
})
