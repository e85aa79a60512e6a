import type { Edit } from '@restyle/client/types'
import { termsOf } from '../rows/row-line.ts'
import { excerptOf, matchOf, type Piece } from './matched.ts'

const edit = {
  id: 'edit_1abcdef',
  key: 'LAMP-0471',
  state: 'failed',
  prompt: 'Put the lamp on an Oak table',
  failure: { code: 'InternalError.Algo', message: 'no' },
} as Edit

const match = (line: string, of: Edit = edit) => matchOf(of, termsOf(line) ?? [])
/** What matched stands in brackets. */
const shown = (pieces: readonly Piece[]) =>
  pieces.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('')

describe('by what an edit was found', () => {
  it.each([
    ['LAMP-*', ['key'], '[LAMP-]0471'],
    ['LAMP key:LAMP-04', ['key'], '[LAMP-04]71'],
    ['edit_1abcdef', ['its id'], 'LAMP-0471'],
    ['code:InternalError state:failed', ['code InternalError.Algo', 'state failed'], 'LAMP-0471'],
    ['verdict:none batch:spring after:2026-01-01', ['no verdict', 'batch', 'time'], 'LAMP-0471'],
    ['prompt:oak key:L', ['key', 'prompt'], '[L]AMP-0471'],
  ])('%s', (line, by, key) => {
    const found = match(line)
    expect(found.by).toEqual(by)
    expect(shown(found.key)).toBe(key)
  })

  it('is each verdict by its name', () => {
    const judged = { ...edit, verdict: { verdict: 'approved', by: 'ana', at: '' } } as unknown as Edit
    expect(match('verdict:approved', judged).by).toEqual(['verdict approved'])
  })
})

describe('the excerpt of a prompt', () => {
  it('has each part that was looked for, in capitals or not', () => {
    expect(shown(match('prompt:oak prompt:"the lamp"').prompt)).toBe('Put [the lamp] on an [Oak] table')
    expect(shown(excerptOf('oak oak', ['oak', 'ak o']))).toBe('[oak][ o][ak]')
  })

  it('begins near what was looked for, and is not long', () => {
    const text = shown(excerptOf(`${'far away '.repeat(60)}the oak table ${'and more '.repeat(60)}`, ['oak']))
    expect(text).toMatch(/^… .*the \[oak\] table and more/)
    expect(text).toMatch(/…$/)
    expect(text.length).toBeLessThan(180)
  })

  it('is the beginning where nothing was looked for, and unmarked where no place can be told', () => {
    expect(shown(excerptOf('Put it on oak', []))).toBe('Put it on oak')
    expect(shown(excerptOf('İ on oak', ['oak']))).toBe('İ on oak')
  })
})
