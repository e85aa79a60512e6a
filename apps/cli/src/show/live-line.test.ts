import { memory } from '../../test/fake-world.ts'
import { liveLine } from './live-line.ts'

const steps = ['one', 'two', 'two', 'three', 'four']

describe('a live line', () => {
  it('rewrites itself on a terminal and leaves the last column free', () => {
    const { out, text } = memory({ isTTY: true, columns: 20 })
    const line = liveLine(out, () => 0)
    line.show((width) => `a ${width}`)
    line.end(() => 'b\u001b[31m')
    expect(text()).toBe('\r\u001b[2Ka 19\r\u001b[2Kb?[31m\n')
  })

  it('has lines under it on a terminal, and takes them away where they are no more', () => {
    const { out, text } = memory({ isTTY: true, columns: 20 })
    const line = liveLine(out, () => 0)
    line.show(() => 'a\n  why')
    line.above('told')
    line.show(() => 'b\n  why')
    line.end(() => 'c')
    const [one, two] = ['\r\u001b[2K', '\r\u001b[2K\u001b[1A\u001b[2K']
    expect(text()).toBe(`${one}a\n  why${two}told\n${one}b\n  why${two}c\n`)
  })

  it('is a line per change in a pipe, at most every two seconds, and the end', () => {
    const { out, text } = memory()
    let now = 0
    const line = liveLine(out, () => now)
    for (const step of steps) {
      line.show(() => step)
      now += 1000
    }
    line.end(() => 'end')
    line.end(() => 'end')
    expect(text()).toBe('two\nfour\nend\n')
  })
})
