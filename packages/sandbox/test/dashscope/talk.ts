import sharp from 'sharp'
import {
  type DashScopeOptions,
  type DashScopeSimulator,
  startDashScope,
} from '../../src/dashscope/start-dashscope.ts'

/** A parsed JSON answer, read by path. */
export type Reply = { status: number; headers: Headers; body: unknown }

/** Reads `output.results.0.url` and the like out of a reply's body; undefined where nothing is. */
export const at = (reply: unknown, path: string): unknown => {
  let value: unknown = typeof reply === 'object' && reply !== null && 'body' in reply ? reply.body : reply
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** Starts simulators without durations that answer queries as fast as they come; each is stopped after its test. */
export const simulators = (): ((options?: DashScopeOptions) => Promise<DashScopeSimulator>) => {
  const started: DashScopeSimulator[] = []
  afterEach(async () => {
    await Promise.all(started.splice(0).map((simulator) => simulator.stop()))
  })
  return async (options = {}) => {
    const simulator = await startDashScope({ durations: 0, queryPerSecond: 10_000, ...options })
    started.push(simulator)
    return simulator
  }
}

/** A striped PNG as a data URI: small on the wire, of any size in px. */
export const picture = async (width = 400, height = 400): Promise<{ bytes: Buffer; uri: string }> => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#c96"/><circle cx="${width / 2}" cy="${height / 2}" r="${Math.min(width, height) / 4}" fill="#369"/></svg>`
  const bytes = await sharp(Buffer.from(svg)).png().toBuffer()
  return { bytes, uri: `data:image/png;base64,${bytes.toString('base64')}` }
}

type Init = { method?: string; headers?: Record<string, string>; body?: string }

const key = { Authorization: 'Bearer sk-sandbox' }

/** A caller that speaks as the documented curl examples do. */
export const caller = (simulator: DashScopeSimulator) => {
  const call = async (path: string, init: Init = {}): Promise<Reply> => {
    const answer = await fetch(`${simulator.url}${path}`, { ...init, headers: { ...key, ...init.headers } })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  const post = (body: unknown, headers: Record<string, string> = {}, path = 'image2image/image-synthesis') =>
    call(`/services/aigc/${path}`, {
      method: 'POST',
      headers: { 'X-DashScope-Async': 'enable', 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** Submits a wan2.5 task of one small image. */
  const edit = async (parameters: Record<string, unknown> = {}, input: Record<string, unknown> = {}) =>
    post({
      model: 'wan2.5-i2i-preview',
      input: { prompt: 'on a marble table', images: [(await picture()).uri], ...input },
      parameters: { n: 1, size: '768*768', ...parameters },
    })
  const query = (taskId: unknown): Promise<Reply> => call(`/tasks/${String(taskId)}`)
  /** Queries, without pause, until the task has one of these states. */
  const until = async (taskId: unknown, ...states: string[]): Promise<Reply> => {
    for (;;) {
      const reply = await query(taskId)
      if (states.includes(String(at(reply, 'output.task_status')))) return reply
    }
  }
  const done = async (submitted: Reply): Promise<Reply> =>
    until(at(submitted, 'output.task_id'), 'SUCCEEDED', 'FAILED', 'CANCELED')
  return { call, post, edit, query, until, done }
}

/** A clock that moves only when told to. */
export const handClock = (): { now: () => number; pass: (ms: number) => void } => {
  let at = Date.parse('2026-11-22T10:00:00.000Z')
  return {
    now: () => at,
    pass: (ms) => {
      at += ms
    },
  }
}

/** What a plain client notices of a request: an exception, or status, bytes and headers. */
export const notice = async (request: () => Promise<Response>) => {
  try {
    const answer = await request()
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, bytes, text: bytes.toString(), headers: answer.headers }
  } catch {
    return { status: 0, bytes: Buffer.alloc(0), text: '', headers: new Headers() }
  }
}
