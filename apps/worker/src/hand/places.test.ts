import { openPlaces } from './places.ts'

const open = () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { work: () => promise, end: () => resolve('copied') }
}

describe('places', () => {
  it('are as many as there are, and who waits gets the next one that is free', async () => {
    const places = openPlaces(1)
    const [first, second] = [open(), open()]
    const begun: number[] = []
    const one = places.run(first.work)
    const two = places.run(() => {
      begun.push(2)
      return second.work()
    })
    expect(begun).toEqual([])
    first.end()
    await expect(one).resolves.toBe('copied')
    await new Promise(setImmediate)
    expect(begun).toEqual([2])
    second.end()
    await expect(two).resolves.toBe('copied')
  })

  it('are given at once or not at all to whoever does not wait', async () => {
    const places = openPlaces(2)
    const [first, second] = [open(), open()]
    const one = places.runNow(first.work)
    const two = places.run(second.work)
    expect(places.runNow(async () => 'never')).toBeUndefined()
    const three = places.run(async () => 'third')
    first.end()
    await one
    await expect(three).resolves.toBe('third')
    second.end()
    await two
    await expect(places.runNow(async () => 'now')).resolves.toBe('now')
  })

  it('are free again after work that failed', async () => {
    const places = openPlaces(1)
    await expect(places.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(places.runNow(async () => 'now')).resolves.toBe('now')
  })
})
