import { createClient } from './client.ts'

const row = { key: 'a', fingerprint: 'f', state: 'succeeded', batch: 'batch_1', row: 1 }

/** A client whose producer answers with these pieces of a body. */
const answering = (...pieces: string[]) =>
  createClient({
    url: 'http://restyle.example',
    key: 'rk_a_b',
    fetch: async () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
            controller.close()
          },
        }),
      ),
  })

async function keysFrom(...pieces: string[]): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of answering(...pieces).catalogs.rows('spring.csv')) keys.push(key)
  return keys
}

describe('the rows of a catalog', () => {
  it('are read line by line, wherever the pieces of the answer are cut', async () => {
    const text = [row, { ...row, key: '橡' }, { rows: 2 }].map((line) => `${JSON.stringify(line)}\n`).join('')
    expect(await keysFrom(text)).toEqual(['a', '橡'])
    expect(await keysFrom(...(text.match(/./gsu) ?? []))).toEqual(['a', '橡'])
    expect(await keysFrom('{"rows":0}\n')).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['a row and no more', `${JSON.stringify(row)}\n`],
    ['half a row', JSON.stringify(row).slice(0, 9)],
    ['fewer than it tells', '{"rows":1}\n'],
  ])('are no list where the answer is %s', (_, text) =>
    expect(keysFrom(text)).rejects.toMatchObject({ code: 'no-answer', transient: true }),
  )
})
