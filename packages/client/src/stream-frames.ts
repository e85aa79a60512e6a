import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { openFrames, type Frame } from './sse-frames.ts'

/** Opens a stream of Server-Sent Events, after a place where one is given, and gives what it says. Throws `ApiError`. */
export async function* streamFrames(
  connection: Connection,
  path: string,
  last: string | undefined,
  options: CallOptions,
): AsyncGenerator<Frame> {
  const reader = openFrames()
  const decoder = new TextDecoder()
  const headers = {
    accept: 'text/event-stream',
    ...(last === undefined ? {} : { 'last-event-id': last }),
  }
  for await (const chunk of connection.stream({ ...options, method: 'GET', path, headers }))
    yield* reader.feed(decoder.decode(chunk, { stream: true }))
}

/** The JSON of a message. Throws `ApiError`. */
export function dataOf(data: string, path: string): unknown {
  try {
    return JSON.parse(data)
  } catch (cause) {
    const said = `the stream of ${path} holds something that is not JSON`
    throw new ApiError('unexpected-answer', said, { call: `GET ${path}`, cause })
  }
}
