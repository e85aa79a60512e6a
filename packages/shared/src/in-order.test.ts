import { inOrder } from './in-order.ts'

describe('in order', () => {
  it('does so many at a time and gives the answers in the order of the items', async () => {
    let [running, most] = [0, 0]
    const answers: string[] = []
    const act = async (item: number, index: number) => {
      most = Math.max(most, (running += 1))
      for (let turn = 0; turn < item; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return `${index}:${item}`
    }
    for await (const answer of inOrder([5, 1, 4, 2, 3], 2, act)) answers.push(answer)
    expect({ answers, most }).toEqual({ answers: ['0:5', '1:1', '2:4', '3:2', '4:3'], most: 2 })
  })

  it('begins no more after an error', async () => {
    const begun: number[] = []
    const act = async (item: number) => {
      begun.push(item)
      if (item === 1) throw new Error('no')
    }
    const all = async () => {
      for await (const _ of inOrder([1, 2, 3, 4], 2, act));
    }
    await expect(all()).rejects.toThrow('no')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(begun).toEqual([1, 2])
  })
})
