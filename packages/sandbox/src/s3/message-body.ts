import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { S3Error } from './s3-error.ts'

const largestBody = 512 * 1024 * 1024

/** How a body is to be treated; see the faults of the same names. */
export interface BodyFault {
  cutAfter?: number | undefined
  bytesPerSecond?: number | undefined
}

/** Reads a request's whole body. Undefined when the connection ended before the body did, by the client or by `cutAfter`. */
export async function readBody(
  request: IncomingMessage,
  { cutAfter, bytesPerSecond }: BodyFault,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue
      size += chunk.length
      if (cutAfter !== undefined && size >= cutAfter) return void request.socket.resetAndDestroy()
      if (size > largestBody) throw new S3Error('EntityTooLarge')
      if (bytesPerSecond !== undefined) await wait(chunk.length / bytesPerSecond, request)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (request.destroyed && !(cause instanceof S3Error)) return undefined
    throw cause
  }
  if (cutAfter === undefined) return Buffer.concat(chunks)
  return void request.socket.resetAndDestroy()
}

/** Sends a reply's body in tenths of a second. */
export async function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 10))
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    await wait(step / bytesPerSecond, response)
    response.write(body.subarray(at, at + step))
  }
  response.end()
}

/** Waits, but not for somebody who has gone. */
async function wait(seconds: number, connection: IncomingMessage | ServerResponse): Promise<void> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const { socket } = connection
  socket?.once('close', leave)
  await sleep(seconds * 1000, undefined, { signal: gone.signal }).catch(() => {})
  socket?.off('close', leave)
}
