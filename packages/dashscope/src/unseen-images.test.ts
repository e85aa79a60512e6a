import { readTask } from './read-task.ts'
import { judgeUnseenImages } from './unseen-images.ts'

const succeeded = (output: object, rest: object = {}) => {
  const task = readTask({ output: { task_id: 'a', task_status: 'SUCCEEDED', ...output }, ...rest }, 'a')
  if (task === undefined) throw new Error('no task')
  return task
}
const paid = succeeded({ pictures: [{ link: 'https://a/b.png?Signature=x' }] }, { usage: { image_count: 1 } })

describe('a task that succeeded without an image', () => {
  it('is followed by a new one only where nothing was billed', () => {
    expect(judgeUnseenImages(succeeded({ results: [] }), 0)).toEqual({ kind: 'newTask' })
    expect(judgeUnseenImages(paid, 0)).toEqual({ kind: 'askAgain', inMs: 20_000 })
  })

  it('is billed where its metrics say so and its usage nothing', () => {
    const counted = succeeded({ results: [], task_metrics: { TOTAL: 1, SUCCEEDED: 1, FAILED: 0 } })
    expect(counted.billed).toBe(1)
    expect(judgeUnseenImages(counted, 0).kind).toBe('askAgain')
  })

  it('is asked for minutes, and then held with the names of its fields and no value', () => {
    expect(judgeUnseenImages(paid, 10 * 60_000 - 1).kind).toBe('askAgain')
    expect(judgeUnseenImages(paid, 10 * 60_000)).toEqual({
      kind: 'hold',
      message:
        'the vendor bills 1 images and shows none; its answer has these fields: ' +
        'output.pictures[].link, output.task_id, output.task_status, usage.image_count',
    })
  })
})
