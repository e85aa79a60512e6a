import { memory } from '../../test/fake-world.ts'
import { paintFor, paintProgress } from './paint.ts'

const terminal = memory({ isTTY: true, columns: 80 }).out
const pipe = memory().out
const red = '\u001b[31mx\u001b[0m'

describe('colours', () => {
  it.each([
    ['a terminal', terminal, {}, red],
    ['a pipe', pipe, {}, 'x'],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, 'x'],
    ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, red],
    ['a terminal that has none', terminal, { TERM: 'dumb' }, 'x'],
    ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, red],
    ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 'x'],
    ['a pipe with both', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, 'x'],
  ])('are as they should be on %s', (_, out, env, text) => expect(paintFor(out, env).red('x')).toBe(text))

  it('are on the bar, on what failed and on what waits, and change no text', () => {
    const line = '███░░░ 3/6  failed 1  held for review 1  about 5m left'
    const painted = paintProgress(line, paintFor(terminal, {}))
    expect(painted).toBe(
      '\u001b[32m███\u001b[0m░░░ 3/6  \u001b[31mfailed 1\u001b[0m  \u001b[33mheld for review 1\u001b[0m  about 5m left',
    )
    expect(paintProgress(line, paintFor(pipe, {}))).toBe(line)
  })
})
