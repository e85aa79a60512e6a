import { connect } from 'node:net'
import type { DashScopeSimulator } from '../../src/dashscope/start-dashscope.ts'
import { at, picture, simulators } from './talk.ts'

const agent = 'dashscope/1.26.2; python/3.11.2; platform/Linux-6.1.0-x86_64-with-glibc2.36; processor/'
const model = 'wan2.5-i2i-preview'

/** Writes the bytes of one request and reads the bytes of its answer. */
const speak = async (
  simulator: DashScopeSimulator,
  lines: string[],
  body: Buffer | string = '',
): Promise<unknown> => {
  const { hostname, port } = new URL(simulator.origin)
  const bytes = Buffer.from(body)
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join('\r\n')}\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`)
      socket.write(bytes)
    })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', reject)
  })
  const [head = '', text = ''] = received.split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  if (text === '') return undefined
  expect(head.toLowerCase()).toContain('content-type: application/json')
  return JSON.parse(text)
}

const common = [
  `user-agent: ${agent}`,
  'Accept-Encoding: gzip, deflate',
  'Accept: application/json; charset=utf-8',
  'Authorization: Bearer sk-sandbox',
]

const submit = (body: string, extra: string[] = []): [string[], string] => [
  [
    'POST /api/v1/services/aigc/image2image/image-synthesis HTTP/1.1',
    ...common,
    'X-DashScope-Async: enable',
    ...extra,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ],
  body,
]

// the SDK's own spacing and key order: model, parameters, input
const submitBody = (images: string[]): string =>
  `{"model": "${model}", "parameters": {"n": 1, "seed": 12345, "prompt_extend": true, "watermark": false}, ` +
  `"input": {"prompt": "放在大理石桌上", "negative_prompt": "", "images": ${JSON.stringify(images)}}}`

const get = (target: string): string[] => [`GET ${target} HTTP/1.1`, ...common]

describe('the simulator, sent requests written down from the official Python SDK, which is not run itself,', () => {
  const start = simulators()

  it('submits, lists, waits and reads the result', async () => {
    const simulator = await start({ durations: { medianMs: 50, sigma: 0 } })
    const submitted = await speak(
      simulator,
      ...submit(submitBody([(await picture()).uri]), ['X-DashScope-WorkSpace: ws_123']),
    )
    const taskId = String(at(submitted, 'output.task_id'))
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(0, 8)
    const window = `start_time=${today}000000&end_time=${today}235959`
    const list = await speak(
      simulator,
      get(`/api/v1/tasks?page_no=1&page_size=50&${window}&model_name=${model}`),
    )
    expect(at(list, 'data.0.task_id')).toBe(taskId)
    let reply: unknown
    do reply = await speak(simulator, get(`/api/v1/tasks/${taskId}`))
    while (at(reply, 'output.task_status') !== 'SUCCEEDED')
    expect(at(reply, 'output.results.0.orig_prompt')).toBe('放在大理石桌上')
    expect((await fetch(String(at(reply, 'output.results.0.url')))).status).toBe(200)
  })

  it('cancels with an empty body', async () => {
    const simulator = await start()
    simulator.faults.add({ at: 'task', do: { type: 'stay-pending', ms: 60_000 } })
    const submitted = await speak(simulator, ...submit(submitBody([(await picture()).uri])))
    const path = `/api/v1/tasks/${String(at(submitted, 'output.task_id'))}/cancel`
    await speak(simulator, [`POST ${path} HTTP/1.1`, ...common, 'Content-Length: 0'])
    expect(simulator.describe()[0]?.state).toBe('CANCELED')
  })

  it('queries and cancels in its async form: trailing slashes, leaked options, a body of nothing', async () => {
    const simulator = await start()
    simulator.faults.add({ at: 'task', do: { type: 'stay-pending', ms: 60_000 } })
    const submitted = await speak(simulator, ...submit(submitBody([(await picture()).uri])))
    const taskId = String(at(submitted, 'output.task_id'))
    const reply = await speak(simulator, get(`/api/v1/tasks/${taskId}/?n=1&seed=7`))
    expect(at(reply, 'output.task_status')).toBe('PENDING')
    const body = '{"model": "", "parameters": {}, "input": ""}'
    const lines = [
      `POST /api/v1/tasks/${taskId}/cancel/ HTTP/1.1`,
      ...common,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ]
    await speak(simulator, lines, body)
    expect(simulator.describe()[0]?.state).toBe('CANCELED')
  })

  it('uploads a local file by policy and form, then submits its oss:// name', async () => {
    const simulator = await start()
    const policy = await speak(simulator, get(`/api/v1/uploads?action=getPolicy&model=${model}`))
    const data = (name: string): string => String(at(policy, `data.${name}`))
    expect(data('upload_host')).toBe(simulator.origin)
    const key = `${data('upload_dir')}/photo.png`
    const boundary = '8f2e1d0c4b6a4f7e9a3b5c7d9e1f2a3b'
    const fields: [string, string][] = [
      ['OSSAccessKeyId', data('oss_access_key_id')],
      ['Signature', data('signature')],
      ['policy', data('policy')],
      ['key', key],
      ['x-oss-object-acl', data('x_oss_object_acl')],
      ['x-oss-forbid-overwrite', data('x_oss_forbid_overwrite')],
      ['success_action_status', '200'],
      ['x-oss-content-type', 'image/png'],
    ]
    const form = Buffer.concat([
      ...fields.map(([name, value]) =>
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
      ),
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.png"\r\n\r\n`,
      ),
      (await picture()).bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])
    const lines = [
      'POST / HTTP/1.1',
      `user-agent: ${agent}`,
      'Accept-Encoding: gzip, deflate',
      'Accept: application/json',
      `Content-Type: multipart/form-data; boundary=${boundary}`,
      `Content-Length: ${form.length}`,
    ]
    expect(await speak(simulator, lines, form)).toBeUndefined()
    const submitted = await speak(
      simulator,
      ...submit(submitBody([`oss://${key}`]), ['X-DashScope-OssResourceResolve: enable']),
    )
    const taskId = String(at(submitted, 'output.task_id'))
    let state: unknown
    do state = at(await speak(simulator, get(`/api/v1/tasks/${taskId}`)), 'output.task_status')
    while (state === 'PENDING' || state === 'RUNNING')
    expect(state).toBe('SUCCEEDED')
  })

  it('finds a task of a minute on the 16th rung of its ladder of waits', async () => {
    const simulator = await start({ durations: { medianMs: 60_000, sigma: 0 }, speed: 1000 })
    const submitted = await speak(simulator, ...submit(submitBody([(await picture()).uri])))
    const target = `/api/v1/tasks/${String(at(submitted, 'output.task_id'))}`
    const startedAt = Date.now()
    // 1,1, 2,2,2, 4,4,4, then 5 s for ever; here a thousandth of it, docs/dashscope.md §7.3
    const rungs = [0, 1, 1, 2, 2, 2, 4, 4, 4, ...Array.from({ length: 200 }, () => 5)]
    let due = 0
    for (const rung of rungs) {
      due += rung
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + due - Date.now())))
      if (at(await speak(simulator, get(target)), 'output.task_status') === 'SUCCEEDED') break
    }
    expect(due).toBeGreaterThanOrEqual(60)
    expect(simulator.bill.images).toBe(1)
  })
})
