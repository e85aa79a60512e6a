import { inParallel } from './in-parallel.ts'

describe('in parallel', () => {
  it('does so many at a time and answers in order', async () => {
    let running = 0
    let most = 0
    const answers = await inParallel([5, 1, 4, 2, 3], 2, async (item, index) => {
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return `${index}:${item}`
    })
    expect({ answers, most }).toEqual({ answers: ['0:5', '1:1', '2:4', '3:2', '4:3'], most: 2 })
  })

  it('begins no more after an error', async () => {
    const begun: number[] = []
    const act = async (item: number) => {
      begun.push(item)
      if (item === 1) throw new Error('no')
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect(inParallel([1, 2, 3, 4], 2, act)).rejects.toThrow('no')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(begun).toEqual([1, 2])
  })
})
