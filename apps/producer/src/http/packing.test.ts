import { setTimeout } from 'node:timers/promises'
import { gunzipSync, createGunzip } from 'node:zlib'
import { packedFrames, takesGzip } from './packing.ts'

describe('whether a caller takes gzip', () => {
  it.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['br;q=1.0, GZIP;q=0.5', true],
    ['gzip;q=0', false],
    ['br, gzip ; q=0.000', false],
    ['x-gzip', false],
    ['identity', false],
    ['', false],
  ])('%p: %p', (accepted, takes) => {
    expect(takesGzip({ 'accept-encoding': accepted })).toBe(takes)
  })

  it('takes it as no where nothing is said', () => {
    expect(takesGzip({})).toBe(false)
  })
})

describe('packed frames', () => {
  it('are the same text', async () => {
    const frames = Array.from({ length: 50 }, (_, i) => `${i} ${'лампа'.repeat(3_000)}\n`)
    const pieces: Buffer[] = []
    for await (const piece of packedFrames(each(frames))) pieces.push(piece)
    expect(gunzipSync(Buffer.concat(pieces)).toString()).toBe(frames.join(''))
    expect((await packedAll([])).toString()).toBe('')
  })

  it('reach their reader before the next one is there', async () => {
    const next = Promise.withResolvers<string>()
    const unpacking = createGunzip()
    const read = unpacking[Symbol.asyncIterator]()
    const writing = (async () => {
      for await (const piece of packedFrames(oneByOne('first', next.promise))) unpacking.write(piece)
      unpacking.end()
    })()
    const soon = async () =>
      Promise.race([
        read.next().then(({ value }) => String(value)),
        setTimeout(10_000, 'nothing', { ref: false }),
      ])
    expect(await soon()).toBe('first')
    next.resolve('second')
    expect(await soon()).toBe('second')
    expect((await read.next()).done).toBe(true)
    await writing
  })

  it('are read no faster than they are taken, and no more once nobody takes them', async () => {
    let made = 0
    const ended = Promise.withResolvers<void>()
    const frames = (async function* () {
      try {
        for (;;) {
          made += 1
          yield noise(made)
          await Promise.resolve()
        }
      } finally {
        ended.resolve()
      }
    })()
    let taken = 0
    for await (const piece of packedFrames(frames)) {
      taken += piece.length
      if (taken > 1_000_000) break
    }
    await ended.promise
    // those that were taken, and what either side of the packing holds
    expect(made).toBeLessThan(20)
  })

  it('throw what broke them off', async () => {
    const broken = (async function* () {
      yield 'a'
      await Promise.resolve()
      throw new Error('the bucket is away')
    })()
    const reading = (async () => {
      for await (const _ of packedFrames(broken));
    })()
    await expect(reading).rejects.toThrow('the bucket is away')
  })
})

async function* each(frames: readonly string[]): AsyncGenerator<string> {
  yield* frames
}

async function* oneByOne(first: string, second: Promise<string>): AsyncGenerator<string> {
  yield first
  yield await second
}

async function packedAll(frames: readonly string[]): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of packedFrames(each(frames))) pieces.push(piece)
  return gunzipSync(Buffer.concat(pieces))
}

/** 128 KiB that do not become much smaller. */
const noise = (seed: number): string => {
  let state = seed
  return Array.from({ length: 32_768 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state.toString(36).padStart(4, '0').slice(-4)
  }).join('')
}
