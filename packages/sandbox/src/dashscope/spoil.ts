import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { type Answer, json } from './answer.ts'
import type { AnswerDeed } from './faults.ts'

/** `setTimeout` whose timers all end with the simulator. */
export type Later = (action: () => void, ms: number) => void

type Exchange = { request: IncomingMessage; response: ServerResponse; later: Later }

const readBody = (answer: Answer): Record<string, unknown> => {
  const body: unknown = JSON.parse(answer.body.toString())
  return typeof body === 'object' && body !== null ? { ...body } : {}
}

const withOutput = (answer: Answer, change: (output: Record<string, unknown>) => object): Answer => {
  const body = readBody(answer)
  const output = typeof body['output'] === 'object' && body['output'] !== null ? { ...body['output'] } : {}
  return { ...answer, body: json({ ...body, output: change(output) }).body }
}

const withBody = (answer: Answer, body: Uint8Array, contentType?: string): Answer => ({
  status: 200,
  headers: { ...answer.headers, ...(contentType === undefined ? {} : { 'Content-Type': contentType }) },
  body: Buffer.from(body),
})

const write = ({ response }: Exchange, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'Content-Length': body.length })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const cut = (exchange: Exchange, answer: Answer, framing: 'length' | 'chunked' | 'silent'): void => {
  const { response, later } = exchange
  const length = framing === 'chunked' ? {} : { 'Content-Length': answer.body.length }
  response.writeHead(answer.status, { ...answer.headers, ...length })
  response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => {
    // the half must reach the other side before the line goes dead
    if (framing !== 'silent') later(() => response.socket?.end(), 5)
  })
}

const drip = (exchange: Exchange, answer: Answer, bytes: number, everyMs: number): void => {
  const { response, later } = exchange
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': answer.body.length })
  const next = (from: number): void => {
    if (response.destroyed) return
    if (from >= answer.body.length) {
      response.end()
      return
    }
    response.write(answer.body.subarray(from, from + bytes))
    later(() => next(from + bytes), everyMs)
  }
  next(0)
}

const lie = ({ response }: Exchange, { headers, body }: Answer): void => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = `Content-Length: ${Math.floor(body.length / 2)}\r\nConnection: close\r\n`
  response.socket?.write(`HTTP/1.1 200 OK\r\n${lines.join('')}${length}\r\n`)
  response.socket?.end(body)
}

const pourOut = ({ response }: Exchange, answer: Answer, bytes: number): void => {
  const chunk = Buffer.alloc(64 * 1024)
  response.writeHead(200, answer.headers)
  let left = bytes
  const pour = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length
      if (!response.write(chunk)) return
    }
    response.off('drain', pour)
    response.end()
  }
  response.on('drain', pour)
  pour()
}

/** Sends an answer, whole or spoiled by a deed. Ends or breaks the response in every case but `silent`. */
export const sendAnswer = (exchange: Exchange, answer: Answer, deed: AnswerDeed | undefined): void => {
  const { request, response, later } = exchange
  switch (deed?.type) {
    case undefined:
      return write(exchange, answer)
    case 'reset':
      request.socket.resetAndDestroy()
      return
    case 'fin':
      request.socket.end()
      return
    case 'late':
      return later(() => write(exchange, answer), deed.ms)
    case 'status': {
      const { status, code = 'InternalError', message = 'An internal error has occurred.', retryAfter } = deed
      const refusal = json(deed.nested ? { error: { code, message } } : { code, message }, status)
      if (retryAfter !== undefined) refusal.headers['Retry-After'] = retryAfter
      return write(exchange, refusal)
    }
    case 'json':
      return write(exchange, json(deed.body))
    case 'truncated':
      return cut(exchange, answer, deed.framing)
    case 'body':
      return write(exchange, withBody(answer, Buffer.from(deed.body), deed.contentType))
    case 'no-task-id':
      return write(
        exchange,
        withOutput(answer, (output) => ({ ...output, task_id: undefined })),
      )
    case 'task-id':
      return write(
        exchange,
        withOutput(answer, (output) => ({ ...output, task_id: deed.taskId })),
      )
    case 'state':
      return write(
        exchange,
        withOutput(answer, ({ task_id }) => ({ task_id, task_status: deed.state })),
      )
    case 'fat-headers':
      response.setHeader('x-filler', 'x'.repeat(deed.bytes ?? 40_000))
      return write(exchange, answer)
    case 'redirect':
      response.setHeader('Location', deed.location)
      return write(exchange, { status: deed.status ?? 307, headers: {}, body: Buffer.alloc(0) })
    case 'drip':
      return drip(exchange, answer, deed.bytes, deed.everyMs)
    case 'lying-length':
      return lie(exchange, answer)
    case 'endless':
      return pourOut(exchange, answer, deed.bytes)
    case 'gzip-bomb': {
      const bomb = withBody(answer, gzipSync(Buffer.alloc(deed.bytes)))
      return write(exchange, { ...bomb, headers: { ...bomb.headers, 'Content-Encoding': 'gzip' } })
    }
  }
}
