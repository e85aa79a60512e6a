import { pictureOfScreen, screenOf } from './terminal.ts'

const textOf = (text: string, columns = 20) =>
  screenOf(text, columns).map((line) => line.map(({ character }) => character).join(''))

describe('a screen', () => {
  it('shows a line that was rewritten once', () =>
    expect(textOf('\r\u001b[2K1/3\r\u001b[2K2/3  so far\r\u001b[2K3/3\nend')).toEqual(['3/3', 'end']))

  it('goes back to the lines above', () =>
    expect(textOf('1/3\n  why\r\u001b[2K\u001b[1A\u001b[2K2/3\nend')).toEqual(['2/3', 'end']))

  it('wraps what is too long', () => expect(textOf('abcdef\ng', 4)).toEqual(['abcd', 'ef', 'g']))

  it('has the colours that we print', () => {
    const [line = []] = screenOf('a\u001b[31mb\u001b[0mc', 20)
    expect(line.map(({ colour }) => colour !== undefined)).toEqual([false, true, false])
  })
})

it('is drawn with every text escaped', () => {
  const svg = pictureOfScreen(screenOf('\u001b[32m<&\u001b[0m ok', 20), 20)
  expect(svg).toContain('fill="#a6cc70">&lt;&amp;</tspan>')
  expect(svg).toMatch(/^<svg [^>]*width="196" height="47"/)
})
