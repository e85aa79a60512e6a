import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { asOne, oneForAll, sharedLedger } from './shared-calls.ts'

const edit = (id: string, bodyHash = 'h'): NewEdit => ({ id, bodyHash }) as NewEdit

/** A ledger that notes what it is asked; `breaks` on an edit of that id. */
function ledgerThat(breaks = '') {
  const calls: string[][] = []
  const accepted = new Set<string>()
  const accept: Ledger['accept'] = async (edits) => {
    calls.push(edits.map(({ id }) => id))
    if (edits.some(({ id }) => id === breaks)) throw new Error('broken')
    // as the script does: what came before this call is known, what comes within it is not
    const answers = edits.map(({ id }) => (accepted.has(id) ? 'known' : 'accepted'))
    for (const { id } of edits) accepted.add(id)
    return answers
  }
  return { calls, ledger: sharedLedger({ lanes: {}, accept } as unknown as Ledger) }
}

describe('questions of one turn', () => {
  it('without an argument are asked once, after the last of them, and anew in the next turn', async () => {
    let asked = 0
    const ask = oneForAll(async () => (asked += 1))
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
    expect(await ask()).toBe(2)
  })

  it('about one thing each are asked together, and fail together', async () => {
    const calls: number[][] = []
    const double = asOne(async (numbers: number[]) => {
      calls.push(numbers)
      if (numbers.includes(13)) throw new Error('thirteen')
      return numbers.map((number) => number * 2)
    })
    expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6])
    expect(calls).toEqual([[1, 2, 3]])
    await expect(double(13)).rejects.toThrow('thirteen')
  })

  it('are not more than a hundred', async () => {
    const sizes: number[] = []
    const size = asOne(async (items: number[]) => {
      sizes.push(items.length)
      return items
    })
    await Promise.all(Array.from({ length: 250 }, (_, i) => size(i)))
    expect(sizes).toEqual([100, 100, 50])
  })
})

describe('edits that come in one turn', () => {
  it('are taken in one call, and one that comes twice is new once', async () => {
    const { calls, ledger } = ledgerThat()
    const answers = await Promise.all(['a', 'b', 'a', 'c', 'a'].map((id) => ledger.accept([edit(id)])))
    expect(answers.flat()).toEqual(['accepted', 'accepted', 'known', 'accepted', 'known'])
    expect(calls[0]).toEqual(['a', 'b', 'c'])
  })

  it('do not break with one that breaks the call', async () => {
    const { ledger } = ledgerThat('b')
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((id) => ledger.accept([edit(id)])))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
