import { rowsKey } from '@restyle/shared/object-key'
import { packChunk } from '@restyle/shared/rows/chunk'
import { openBatchKeys } from './batch-keys.ts'

const request = { model: 'm', prompt: 'p', images: [], n: 1 }
const rowsOf = (first: number, ...keys: string[]) =>
  keys.map((key, i) => ({ row: first + i, key, request, bodyHash: key }))

/** A bucket with chunks, and which of them were read. */
function bucketOf(chunks: ReturnType<typeof rowsOf>[], keptBytes?: number) {
  const read: string[] = []
  const store = {
    get: async (key: string) => {
      read.push(key)
      const rows = chunks.find((each) => rowsKey('b', each[0]?.row ?? 0) === key)
      return rows === undefined ? undefined : packChunk(rows)
    },
  }
  return { read, keys: openBatchKeys(store, keptBytes) }
}

describe('the keys of an open batch', () => {
  it('are those of the rows before a chunk, and not of its own, which another may just have sent', async () => {
    const { keys } = bucketOf([])
    await keys.before('b', 0)
    keys.add('b', rowsOf(0, 'a', 'b'))
    const find = await keys.before('b', 1)
    expect([find('a'), find('b'), find('c')]).toEqual([0, undefined, undefined])
    const again = await keys.before('b', 0)
    expect(again('a')).toBeUndefined()
  })

  it('are read from the bucket once, chunk by chunk, by all who ask at a time', async () => {
    const { read, keys } = bucketOf([rowsOf(0, 'a', 'b'), rowsOf(2, 'c')])
    const [find] = await Promise.all([keys.before('b', 3), keys.before('b', 3)])
    expect([find?.('b'), find?.('c')]).toEqual([1, 2])
    expect(read).toEqual([rowsKey('b', 0), rowsKey('b', 2)])
    keys.forget('b')
    await keys.before('b', 2)
    expect(read).toHaveLength(3)
  })

  it('are asked for again where the bucket was away', async () => {
    let away = true
    const keys = openBatchKeys({
      get: async () => {
        if (away) throw new Error('away')
        return packChunk(rowsOf(0, 'a'))
      },
    })
    await expect(keys.before('b', 1)).rejects.toThrow('away')
    away = false
    expect((await keys.before('b', 1))('a')).toBe(0)
  })

  it('are not guessed where a chunk is gone', async () => {
    const { keys } = bucketOf([rowsOf(0, 'a')])
    await expect(keys.before('b', 2)).rejects.toMatchObject({ code: 'RowsGone' })
  })

  it('are forgotten for those who have not asked for longest, where they are too many', async () => {
    const { keys, read } = bucketOf([rowsOf(0, 'a')], 110_000)
    // of a few keys each takes 49 KB
    for (const batch of ['b', 'c', 'b', 'd']) await keys.before(batch, batch === 'b' ? 1 : 0)
    await keys.before('b', 1)
    expect(read).toHaveLength(1)
    for (const batch of ['c', 'd']) await keys.before(batch, 0)
    await keys.before('b', 1)
    expect(read).toHaveLength(2)
  })
})
