import { keepPartials } from './partials.ts'

const part = (bytes: number) => ({ bytes: Buffer.alloc(bytes) })

describe('what is kept of broken downloads', () => {
  it('is handed out once', () => {
    const partials = keepPartials(100)
    const one = part(10)
    partials.keep('a', one)
    expect([partials.take('a'), partials.take('a'), partials.take('b')]).toEqual([one, undefined, undefined])
  })

  it('is forgotten from the oldest on where it is too much', () => {
    const partials = keepPartials(100)
    for (const key of ['a', 'b', 'c']) partials.keep(key, part(40))
    expect(['a', 'b', 'c'].map((key) => partials.take(key)?.bytes.length)).toEqual([undefined, 40, 40])
  })

  it('counts an image once, however often it breaks', () => {
    const partials = keepPartials(100)
    for (let bytes = 10; bytes <= 90; bytes += 10) partials.keep('a', part(bytes))
    partials.keep('b', part(10))
    expect([partials.take('a')?.bytes.length, partials.take('b')?.bytes.length]).toEqual([90, 10])
  })

  it('is never one that is too large, nor nothing', () => {
    const partials = keepPartials(100)
    partials.keep('a', part(101))
    partials.keep('b', undefined)
    expect([partials.take('a'), partials.take('b')]).toEqual([undefined, undefined])
  })
})
