import { setImmediate } from 'node:timers/promises'
import { openFairPlaces } from './fair-places.ts'

/** Work that ends when it is told to. */
function work() {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  return {
    began,
    start: (name: string) => async () => {
      began.push(name)
      await new Promise<void>((end) => ends.set(name, end))
      return name
    },
    end: async (...names: string[]) => {
      for (const name of names) ends.get(name)?.()
      await setImmediate()
    },
  }
}

describe('places in turn', () => {
  it('are taken by holders in turn, and by each in its own order', async () => {
    const places = openFairPlaces({ all: 1, each: 1, waiting: 9 })
    const { began, start, end } = work()
    const runs = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => places.run(name.charAt(0), start(name)))
    await end()
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2']) await end(name)
    expect(began).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2'])
    expect(await Promise.all(runs)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
  })

  it('are not all given to one holder, whose work takes its time', async () => {
    const places = openFairPlaces({ all: 3, each: 2, waiting: 9 })
    const { began, start, end } = work()
    const runs = ['a1', 'a2', 'a3', 'b1'].map((name) => places.run(name.charAt(0), start(name)))
    await end()
    expect(began).toEqual(['a1', 'a2', 'b1'])
    await end('b1')
    expect(began).toEqual(['a1', 'a2', 'b1'])
    await end('a1')
    await end('a2', 'a3')
    await Promise.all(runs)
  })

  it('turn away what would wait behind too many, and come free by work that fails', async () => {
    const places = openFairPlaces({ all: 1, each: 1, waiting: 1 })
    const { start, end } = work()
    const [first, second] = [places.run('a', start('a1')), places.run('a', start('a2'))]
    expect(await places.run('a', start('a3'))).toBe('full')
    await end()
    await end('a1')
    await end('a2')
    expect(await Promise.all([first, second])).toEqual(['a1', 'a2'])
    await expect(places.run('a', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
    expect(await places.run('a', async () => 'free')).toBe('free')
  })
})
