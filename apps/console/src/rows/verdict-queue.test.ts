import { openQueue } from './verdict-queue.ts'

it('keeps the order of one edit, also after a failure, and does not hold others up', async () => {
  const queue = openQueue()
  const done: string[] = []
  const slow = Promise.withResolvers<void>()
  const first = queue.run('a', async () => {
    await slow.promise
    done.push('a1')
    throw new Error('refused')
  })
  const second = queue.run('a', async () => done.push('a2'))
  await queue.run('b', async () => done.push('b1'))
  slow.resolve()
  await expect(first).rejects.toThrow('refused')
  await second
  expect(done).toEqual(['b1', 'a1', 'a2'])
  expect(queue.size).toBe(0)
})
