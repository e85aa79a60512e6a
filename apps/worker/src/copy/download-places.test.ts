import type { Download } from './download.ts'
import { openDownloadPlaces } from './download-places.ts'

const never = new AbortController().signal
const image: Download = { kind: 'bytes', bytes: Buffer.alloc(1) }
const slow: Download = { kind: 'again', code: 'Deadline', detail: '' }

/** Downloads that end when they are told to, in the order in which they began. */
function work() {
  const began: string[] = []
  const ends = new Map<string, (outcome: Download) => void>()
  return {
    began,
    start: (name: string) => () => {
      began.push(name)
      return new Promise<Download>((done) => ends.set(name, done))
    },
    end: async (name: string, outcome: Download = image) => {
      ends.get(name)?.(outcome)
      await new Promise(setImmediate)
    },
  }
}

describe('the places for downloads', () => {
  it('are as many as there may be, and the image that dies first is the next', async () => {
    const places = openDownloadPlaces(2)
    const { began, start, end } = work()
    const runs = [
      ['a', 50],
      ['b', 40],
      ['late', 30],
      ['soon', 10],
      ['later', 60],
    ].map(([name, diesAt]) => places.run(Number(diesAt), start(String(name)), never))
    await end('')
    expect(began).toEqual(['a', 'b'])
    for (const name of ['a', 'b', 'soon', 'late', 'later']) await end(name)
    expect(began).toEqual(['a', 'b', 'soon', 'late', 'later'])
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 5 }, () => image))
  })

  it('become fewer when downloads are too slow', async () => {
    let now = 0
    const places = openDownloadPlaces(4, () => (now += 1))
    const { began, start, end } = work()
    const runs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => places.run(0, start(name), never))
    await end('')
    expect(began).toEqual(['a', 'b', 'c', 'd'])
    await end('a', slow)
    expect([places.width, began.length]).toEqual([2, 4])
    await end('b', slow)
    await end('c')
    expect([places.width, began]).toEqual([2, ['a', 'b', 'c', 'd', 'e']])
    for (const name of ['d', 'e', 'f', 'g']) await end(name)
    await Promise.all(runs)
  })

  it('are given back by a download that throws', async () => {
    const places = openDownloadPlaces(1)
    await expect(places.run(0, () => Promise.reject(new Error('a bug')), never)).rejects.toThrow('a bug')
    expect(await places.run(0, () => Promise.resolve(image), never)).toBe(image)
  })

  it('are waited for no longer than the process lives', async () => {
    const places = openDownloadPlaces(1)
    const { began, start, end } = work()
    const stop = new AbortController()
    const first = places.run(0, start('a'), stop.signal)
    const second = places.run(0, start('b'), stop.signal)
    stop.abort()
    expect(await second).toMatchObject({ kind: 'again', code: 'Aborted' })
    expect(await places.run(0, start('c'), stop.signal)).toMatchObject({ code: 'Aborted' })
    await end('a')
    expect(await first).toBe(image)
    expect(began).toEqual(['a'])
  })
})
