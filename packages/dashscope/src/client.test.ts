import { createClient, type DashScope } from './client.ts'
import { answer, startScriptedServer, type WireRequest } from '../test/scripted-server.ts'
import type { Socket } from 'node:net'

const apiKey = 'sk-canary-0123456789'
const now = Date.UTC(2026, 0, 1, 12)

let server: Awaited<ReturnType<typeof startScriptedServer>>
let client: DashScope
let respond: (socket: Socket, request: WireRequest) => void

beforeEach(async () => {
  server = await startScriptedServer((socket, request) => respond(socket, request))
  client = open()
})

const open = (deadlines = {}) =>
  createClient({ baseUrl: `${server.url}/api/v1`, apiKey, deadlines, now: () => now })

afterEach(async () => {
  await client.close()
  await server.stop()
})

const say = (status: number, body: unknown, headers?: Record<string, string>) => {
  respond = (socket) => socket.write(answer(status, body, headers))
}
const firstLine = (index = 0) => server.requests[index]?.head.split('\r\n')[0]

describe('a query', () => {
  it('gives the task, over a connection that is kept', async () => {
    say(200, { output: { task_id: 'a', task_status: 'RUNNING' } })
    for (let i = 0; i < 9; i += 1) {
      expect(await client.task('a')).toMatchObject({
        kind: 'task',
        task: { taskId: 'a', state: 'running' },
      })
    }
    expect(firstLine()).toBe('GET /api/v1/tasks/a HTTP/1.1')
    expect(server.requests[0]?.head).not.toMatch(/x-dashscope-async/i)
    // a second one, if the first was not yet free again
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  it('does not let a task id wander off its path', async () => {
    say(200, {})
    await client.task('../x?y=1')
    expect(firstLine()).toBe('GET /api/v1/tasks/..%2Fx%3Fy%3D1 HTTP/1.1')
  })

  it('that cannot be built is no weather: the lane waits for a person', async () => {
    const other = createClient({ baseUrl: `${server.url}/api/v1`, apiKey: 'sk-1\nsk-2' })
    expect(await other.task('a')).toMatchObject({ kind: 'unanswered', code: 'NotBuilt', action: 'pauseLane' })
    await other.close()
  })

  it('is asked for a task whose id holds half a character', async () => {
    say(404, { code: 'NotFound', message: 'no such task' })
    expect(await client.task('a\ud800')).toMatchObject({ kind: 'unanswered' })
  })

  it('does not believe an answer about another task', async () => {
    say(200, { output: { task_id: 'b', task_status: 'SUCCEEDED' } })
    expect(await client.task('a')).toMatchObject({
      kind: 'unanswered',
      code: 'WrongTask',
      action: 'retryLater',
    })
  })

  it.each([
    ['a limit', 429, { code: 'Throttling.RateQuota' }, 'Throttling.RateQuota', 'retryLater'],
    ['a fault', 500, { code: 'InternalError' }, 'InternalError', 'retryLater'],
    ['a proxy', 502, '<html>', 'Http502', 'retryLater'],
    ['a bad key', 401, { code: 'InvalidApiKey' }, 'InvalidApiKey', 'pauseLane'],
    ['a redirect', 302, '', 'Redirected', 'pauseLane'],
    ['a page', 200, '<html>', 'Garbled', 'retryLater'],
  ])('says nothing of the task on %s', async (_, status, body, code, action) => {
    say(status, body, { 'retry-after': '3' })
    expect(await client.task('a')).toMatchObject({ kind: 'unanswered', code, httpStatus: status, action })
  })

  it('tells how long to wait', async () => {
    say(429, { code: 'Throttling' }, { 'retry-after': 'Thu, 01 Jan 2026 12:00:09 GMT' })
    expect(await client.task('a')).toMatchObject({ retryAfterMs: 9000 })
  })

  it.each<[string, (socket: Socket) => void]>([
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['silence', () => {}],
    ['half an answer', (socket) => socket.end(answer(200, { output: {} }).slice(0, -3))],
    [
      'an answer that drips',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n')
        const timer = setInterval(() => socket.write(' '), 20)
        socket.on('close', () => clearInterval(timer))
      },
    ],
  ])('survives %s', async (_, script) => {
    respond = script
    await client.close()
    client = open({ query: 400 })
    expect(await client.task('a')).toMatchObject({
      kind: 'unanswered',
      code: 'NoAnswer',
      action: 'retryLater',
    })
  })
})

describe('the list', () => {
  const row = {
    task_id: 'a',
    status: 'SUCCEEDED',
    model_name: 'wan2.5-i2i-preview',
    gmt_create: 1_761_207_496_009,
  }
  const page = { total: 11, total_page: 2, page_no: 1, page_size: 10, request_id: 'r' }

  it('asks in Beijing time, up to the end of the last second', async () => {
    say(200, { ...page, data: [] })
    await client.list({
      from: now - 1,
      to: now + 1,
      model: 'wan2.5-i2i-preview',
      status: 'RUNNING',
      page: 2,
      pageSize: 50,
    })
    expect(firstLine()).toBe(
      'GET /api/v1/tasks?page_no=2&page_size=50&start_time=20260101195959&end_time=20260101200001' +
        '&model_name=wan2.5-i2i-preview&status=RUNNING HTTP/1.1',
    )
  })

  it('gives a page of tasks', async () => {
    const running = {
      ...row,
      task_id: 'b',
      status: 'SUSPENDED',
      start_time: 1_761_207_496_040,
      request_id: 'r',
    }
    say(200, { ...page, data: [{ ...row, caller_uid: '1', end_time: 1_761_207_549_591 }, running] })
    expect(await client.list({ from: 0, to: now, page: 1, pageSize: 10 })).toEqual({
      kind: 'page',
      total: 11,
      totalPages: 2,
      page: 1,
      items: [
        {
          taskId: 'a',
          state: 'succeeded',
          rawStatus: 'SUCCEEDED',
          model: row.model_name,
          createdAt: row.gmt_create,
          endedAt: 1_761_207_549_591,
        },
        {
          taskId: 'b',
          state: 'other',
          rawStatus: 'SUSPENDED',
          model: row.model_name,
          createdAt: row.gmt_create,
          startedAt: 1_761_207_496_040,
          requestId: 'r',
        },
      ],
    })
  })

  it.each([
    ['a row without a task id', { ...page, data: [{ ...row, task_id: undefined }] }],
    ['a row without a time', { ...page, data: [{ ...row, gmt_create: undefined }] }],
    ['no rows', page],
    ['no total', { ...page, total: undefined, data: [] }],
  ])('proves nothing with %s', async (_, body) => {
    say(200, body)
    expect(await client.list({ from: 0, to: now, page: 1, pageSize: 10 })).toMatchObject({
      kind: 'unanswered',
      code: 'Garbled',
    })
  })
})

describe('a cancel', () => {
  it('is an empty POST', async () => {
    say(200, { request_id: 'r' })
    expect(await client.cancel('a')).toEqual({ kind: 'canceled' })
    expect(firstLine()).toBe('POST /api/v1/tasks/a/cancel HTTP/1.1')
    expect(server.requests[0]?.head).toContain('content-length: 0')
  })

  it('is refused once the task runs', async () => {
    say(400, { code: 'UnsupportedOperation', message: 'not PENDING' })
    expect(await client.cancel('a')).toEqual({
      kind: 'refused',
      code: 'UnsupportedOperation',
      message: 'not PENDING',
    })
  })

  it.each([429, 500, 401])('has no answer on %i', async (status) => {
    say(status, {})
    expect(await client.cancel('a')).toMatchObject({ kind: 'unanswered', httpStatus: status })
  })
})

describe('an upload', () => {
  const data = () => ({
    policy: 'p',
    signature: 's',
    upload_dir: 'dir/1',
    upload_host: server.url,
    expire_in_seconds: 300,
    oss_access_key_id: 'id',
    x_oss_object_acl: 'private',
    x_oss_forbid_overwrite: 'true',
  })
  const policy = async () => {
    say(200, { request_id: 'r', data: data() })
    const answered = await client.uploadPolicy('wan2.5-i2i-preview')
    if (answered.kind !== 'policy') throw new Error(answered.code)
    return answered.policy
  }

  it('asks for a policy for one model', async () => {
    expect(await policy()).toEqual(data())
    expect(firstLine()).toBe('GET /api/v1/uploads?action=getPolicy&model=wan2.5-i2i-preview HTTP/1.1')
  })

  it('sends the fields in order, the file last and our key not at all', async () => {
    const permit = await policy()
    say(200, '')
    const bytes = Buffer.from('some bytes')
    expect(await client.upload(permit, 'x.png', bytes)).toEqual({
      kind: 'uploaded',
      url: 'oss://dir/1/x.png',
    })
    const { head, body } = server.requests[1] ?? { head: '', body: '' }
    expect(head).toMatch(/^POST \/ HTTP/)
    expect(head).not.toContain(apiKey)
    expect([...body.matchAll(/ name="([^"]+)"/g)].map((match) => match[1])).toEqual([
      'OSSAccessKeyId',
      'Signature',
      'policy',
      'key',
      'x-oss-object-acl',
      'x-oss-forbid-overwrite',
      'success_action_status',
      'file',
    ])
    expect(body).toMatch(/name="key"\r\n\r\ndir\/1\/x.png\r\n/)
    expect(body).toMatch(/filename="x.png"\r\n(.*\r\n)*\r\nsome bytes\r\n/)
  })

  it('wants another policy once this one is too old', async () => {
    const permit = await policy()
    say(
      403,
      '<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>',
    )
    expect(await client.upload(permit, 'x.png', Buffer.from('a'))).toMatchObject({
      kind: 'unanswered',
      code: 'AccessDenied',
      action: 'retryLater',
    })
  })

  it('has no use for a policy whose address is none', async () => {
    say(200, { data: { ...data(), upload_host: 'not an address' } })
    expect(await client.uploadPolicy('m')).toMatchObject({ kind: 'unanswered', code: 'Garbled' })
  })

  it('has no use for a policy without an address', async () => {
    say(200, { data: { ...data(), upload_host: 'ftp://a' } })
    expect(await client.uploadPolicy('m')).toMatchObject({ kind: 'unanswered', code: 'Garbled' })
  })
})
