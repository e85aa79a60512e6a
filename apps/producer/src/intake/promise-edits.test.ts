import { setImmediate } from 'node:timers/promises'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { idsOfPromise } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { openPromises } from './promise-edits.ts'

const edit = (i: number): NewEdit => ({ id: `edit_${i}`, bodyHash: 'h' }) as NewEdit

/** A bucket whose puts wait until they are let through. */
function slowBucket() {
  const puts: { ids: string[]; edits: string[]; end: (error?: Error) => void }[] = []
  const putIfAbsent = (key: string, bytes: Buffer) =>
    new Promise((resolve, reject) => {
      const { edits } = JSON.parse(bytes.toString()) as { edits: NewEdit[] }
      const end = (error?: Error) => (error === undefined ? resolve({ kind: 'created' }) : reject(error))
      puts.push({ ids: idsOfPromise(key.split('/').at(-1) ?? ''), edits: edits.map(({ id }) => id), end })
    })
  return { puts, promises: openPromises({ store: { putIfAbsent } as unknown as Store, now: () => 0 }) }
}

describe('edits that are promised', () => {
  it('have an object each while few are written, and share one while many are', async () => {
    const { puts, promises } = slowBucket()
    const all = Array.from({ length: 50 }, (_, i) => promises(edit(i)))
    await setImmediate()
    expect(puts.map(({ ids }) => ids.length)).toEqual([1, 1, 1])
    for (const { end } of puts.slice(0, 2)) end()
    await setImmediate()
    expect(
      puts
        .slice(3)
        .map(({ ids }) => ids.length)
        .toSorted((a, b) => b - a),
    ).toEqual([28, 19])
    for (const { ids, edits, end } of puts) {
      expect(ids).toEqual(edits)
      end()
    }
    await Promise.all(all)
    expect(new Set(puts.flatMap(({ ids }) => ids)).size).toBe(50)
  })

  it('are promised only when their object is written: all of it fail where it is not', async () => {
    const { puts, promises } = slowBucket()
    const all = Promise.allSettled(Array.from({ length: 5 }, (_, i) => promises(edit(i))))
    await setImmediate()
    for (const { end } of puts) end()
    await setImmediate()
    puts.at(-1)?.end(new Error('away'))
    expect((await all).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
  })
})
