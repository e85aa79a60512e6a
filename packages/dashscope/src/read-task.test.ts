import { readTask } from './read-task.ts'

const expires = Date.UTC(2025, 9, 24, 8) / 1000
const address = (name: string) =>
  `https://dashscope-result-sh.oss-cn-shanghai.aliyuncs.com/1d/${name}.png?Expires=${expires}`
const url = address('1')
const times = {
  submit_time: '2025-10-23 16:18:16.009',
  scheduled_time: '2025-10-23 16:18:16.040',
  end_time: '2025-10-23 16:19:09.591',
}
const done = { task_id: 'a', task_status: 'SUCCEEDED', ...times }
const part = (name: string) => ({ type: 'image', image: address(name) })
const choice = (...content: unknown[]) => ({ finish_reason: 'stop', message: { role: 'assistant', content } })
const read = (output: object, rest: object = {}) => readTask({ request_id: 'r', output, ...rest }, 'a')

describe('the answer to a query', () => {
  it('is read whole for wan2.5', () => {
    const results = [{ orig_prompt: 'blue', actual_prompt: 'very blue', url }]
    const metrics = { TOTAL: 1, FAILED: 0, SUCCEEDED: 1 }
    expect(read({ ...done, results, task_metrics: metrics }, { usage: { image_count: 1 } })).toEqual({
      taskId: 'a',
      state: 'succeeded',
      rawStatus: 'SUCCEEDED',
      requestId: 'r',
      submittedAt: Date.UTC(2025, 9, 23, 8, 18, 16, 9),
      scheduledAt: Date.UTC(2025, 9, 23, 8, 18, 16, 40),
      endedAt: Date.UTC(2025, 9, 23, 8, 19, 9, 591),
      images: [{ url, expiresAt: expires * 1000, origPrompt: 'blue', actualPrompt: 'very blue' }],
      failures: [],
      billed: 1,
    })
  })

  it('keeps the images and the failures of a partial success apart', () => {
    const results = [
      { url },
      { code: 'InternalError.Timeout', message: 'late' },
      { orig_prompt: 'b', url: '' },
      'nonsense',
    ]
    expect(read({ ...done, results }, { usage: { image_count: 1 } })).toMatchObject({
      state: 'succeeded',
      images: [{ url }],
      failures: [
        { code: 'InternalError.Timeout', message: 'late' },
        { code: 'Missing', message: '' },
        { code: 'Missing', message: '' },
      ],
      billed: 1,
    })
  })

  it('takes wan2.6’s one choice per image', () => {
    const task = read(
      { ...done, finished: true, choices: [choice(part('1')), choice(part('2'))] },
      { usage: { image_count: 2 } },
    )
    expect(task?.images.map((image) => image.url)).toEqual([address('1'), address('2')])
  })

  it('takes wan2.7’s one choice of many parts, whatever else lies between', () => {
    const content = [part('1'), { type: 'text', text: 'and' }, null, { image: address('2') }, part('1')]
    const task = read({ ...done, choices: [choice(...content), { message: { content: 'words' } }, 7] })
    expect(task?.images).toEqual([
      { url: address('1'), expiresAt: expires * 1000 },
      { url: address('2'), expiresAt: expires * 1000 },
    ])
    expect(task?.billed).toBe(2)
  })

  it.each([
    [{ image_count: 3 }, 3],
    [{ output_image_count: 2 }, 2],
    [{ image_count: 'many' }, 1],
    [undefined, 1],
  ])('counts what is billed from usage %p', (usage, billed) => {
    expect(read({ ...done, results: [{ url }] }, { usage })?.billed).toBe(billed)
  })

  it('is a success without images where results are empty or absent', () => {
    for (const results of [[], undefined, null, 'none']) {
      expect(read({ ...done, results })).toMatchObject({ state: 'succeeded', images: [], billed: 0 })
    }
  })

  it.each<[string, object]>([
    ['image', { results: [{ image: url }] }],
    ['image_url', { results: [{ image_url: url }] }],
    ['image_url.url', { results: [{ image_url: { url } }] }],
    ['a bare entry', { results: [url] }],
    ['results that are no list', { results: { url } }],
    ['a part’s image_url', { choices: [choice({ type: 'image_url', image_url: { url } })] }],
    ['the output itself', { output_image_url: url }],
  ])('finds an image under %s', (_, output) => {
    const task = read({ ...done, ...output }, { usage: { image_count: 1 } })
    expect(task).toMatchObject({ images: [{ url, expiresAt: expires * 1000 }], failures: [], billed: 1 })
    expect(task?.shape).toBeUndefined()
  })

  it('takes no address of an input for an image', () => {
    const inputs = { base_image_url: url, mask_image_url: url, input: { images: [url] }, images: [url] }
    expect(read({ ...done, ...inputs })).toMatchObject({ images: [], billed: 0 })
  })

  it('tells the names of the fields where an image is billed and none is found', () => {
    const task = read({ ...done, results: [{ link: url }] }, { usage: { image_count: 1 } })
    expect(task).toMatchObject({ images: [], billed: 1 })
    expect(task?.shape).toBe(
      'output.end_time, output.results[].link, output.scheduled_time, output.submit_time, output.task_id, ' +
        'output.task_status, request_id, usage.image_count',
    )
  })

  it('finds the reason of a failure inside the output', () => {
    const task = read({ task_id: 'a', task_status: 'FAILED', code: 'DataInspectionFailed', message: 'no' })
    expect(task).toMatchObject({
      state: 'failed',
      code: 'DataInspectionFailed',
      message: 'no',
      images: [],
      failures: [],
    })
    expect(task?.billed).toBeUndefined()
  })

  it('finds the reason of a failure beside the output', () => {
    const task = read({ task_id: 'a', task_status: 'FAILED' }, { code: 'InternalError', message: 'oh' })
    expect(task).toMatchObject({ state: 'failed', code: 'InternalError', message: 'oh' })
  })

  it('takes a flat refusal of the input for a failed task, and no other flat error', () => {
    const flat = { request_id: 'r', code: 'InvalidParameter', message: 'num_images_per_prompt must be 1' }
    expect(readTask(flat, 'a')).toMatchObject({ taskId: 'a', state: 'failed', code: 'InvalidParameter' })
    expect(readTask({ code: 'Throttling' }, 'a')).toBeUndefined()
    expect(readTask({ code: 'InternalError' }, 'a')).toBeUndefined()
    expect(readTask({ ...flat, output: null }, 'a')).toMatchObject({
      state: 'failed',
      code: 'InvalidParameter',
    })
  })

  it('may be a failure without any reason', () => {
    const task = read({ task_id: 'a', task_status: 'FAILED', ...times })
    expect(task).toMatchObject({ state: 'failed', endedAt: Date.UTC(2025, 9, 23, 8, 19, 9, 591) })
    expect([task?.code, task?.message]).toEqual([undefined, undefined])
  })

  it.each([
    ['PENDING', 'pending'],
    ['RUNNING', 'running'],
    ['CANCELED', 'canceled'],
    ['CANCELLED', 'canceled'],
    ['SUCCESS', 'succeeded'],
    ['SUCCEED', 'succeeded'],
    [' Running ', 'running'],
    ['UNKNOWN', 'unknown'],
    ['SUSPENDED', 'other'],
    ['THINKING', 'other'],
  ])('knows %s as %s', (rawStatus, state) => {
    const task = read({ task_id: 'a', task_status: rawStatus, finished: true, submit_time: 'soon' })
    expect(task).toMatchObject({ state, rawStatus, images: [] })
    expect([task?.billed, task?.submittedAt]).toEqual([state === 'succeeded' ? 0 : undefined, undefined])
  })

  it.each([
    undefined,
    null,
    'x',
    [],
    {},
    { output: null },
    { output: {} },
    { output: { task_id: 'a' } },
    { output: 'x' },
  ])('does not speak of a task if it is %p', (json) => {
    expect(readTask(json, 'a')).toBeUndefined()
  })

  it('keeps signatures out of the reasons it gives', () => {
    const message = 'cannot read https://b/a.png?X-Amz-Signature=secret'
    const task = read({ ...done, message, results: [{ code: 'InvalidURL', message }] })
    expect(JSON.stringify(task)).not.toContain('secret')
  })
})
