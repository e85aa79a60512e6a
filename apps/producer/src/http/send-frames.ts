import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { takeOver } from './take-over.ts'

/** When a stream is cut whose reader takes nothing: `unsentMs` after it has taken the last byte, `endMs` after the end. */
export type Patience = { unsentMs: number; endMs: number }

export const usualPatience: Patience = { unsentMs: 30_000, endMs: 500 }

/** The response itself, its head sent. */
export function openStream(reply: FastifyReply): ServerResponse {
  return takeOver(reply).writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    // the stream ends when the server stops: the connection must not be used again
    connection: 'close',
    // a proxy that buffers the answer would hold it for ever
    'x-accel-buffering': 'no',
  })
}

/**
 * Writes frames as fast as their reader takes them, until they end or the reader leaves. One who takes nothing for too long
 * is cut: what was not sent would be kept for as long as the reader stays. `over` aborts when the stream has to end; the
 * frames see that too, but whoever waits for the reader does not.
 */
export async function sendFrames(
  response: ServerResponse,
  frames: AsyncIterable<string | Uint8Array>,
  over: AbortSignal,
  { unsentMs, endMs }: Patience = usualPatience,
): Promise<'sent' | 'left' | 'slow'> {
  let slow = false
  let grace: NodeJS.Timeout | undefined
  const cut = (): void => {
    slow = true
    response.destroy()
  }
  const end = (): void => {
    grace = setTimeout(cut, endMs)
  }
  if (over.aborted) end()
  else over.addEventListener('abort', end, { once: true })
  response.on('timeout', cut)
  try {
    for await (const frame of frames) {
      if (response.destroyed) break
      if (response.write(frame)) continue
      // the socket's own timer starts anew with each byte that goes
      response.setTimeout(unsentMs)
      await taken(response)
      response.setTimeout(0)
    }
    if (!response.destroyed) {
      response.end()
      await closed(response)
    }
    return slow ? 'slow' : response.writableFinished ? 'sent' : 'left'
  } finally {
    clearTimeout(grace)
    over.removeEventListener('abort', end)
    if (!response.writableFinished) response.destroy()
  }
}

/** Resolves when the reader has taken what was written, or has left. */
async function taken(response: ServerResponse): Promise<void> {
  const either = new AbortController()
  const drained = once(response, 'drain', { signal: either.signal })
  const left = once(response, 'close', { signal: either.signal })
  if (response.destroyed || !response.writableNeedDrain) either.abort()
  await Promise.race([drained, left]).catch(() => undefined)
  either.abort()
  await Promise.allSettled([drained, left])
}

async function closed(response: ServerResponse): Promise<void> {
  if (!response.writableFinished && !response.destroyed) await once(response, 'close')
}
