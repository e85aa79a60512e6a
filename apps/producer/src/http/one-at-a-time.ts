import { z } from 'zod'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/** A request that is carried out for longer has lost its handler somewhere: its key is free again. */
const longestMs = 10 * 60_000

/**
 * The same request is not carried out twice at the same time: while one with an Idempotency-Key is, another with the same key
 * is told to wait (409). Holds for the routes of `app` that are registered after it and take a key, and for this process: where
 * another one carries the first out, both make the same edit or batch. `monotonic`: ms of a clock that never goes back.
 */
export function oneAtATime(app: Api, monotonic: () => number = () => performance.now()): void {
  const running = new Map<string, number>()
  app.addHook('onRoute', (route) => {
    const headers = route.schema?.headers
    if (!(headers instanceof z.ZodObject) || headers.shape['idempotency-key'] === undefined) return
    const { handler } = route
    route.handler = async function oneOfAKey(request, reply) {
      const key = request.headers['idempotency-key']
      if (typeof key !== 'string') return handler.call(this, request, reply)
      const name = JSON.stringify([request.producer, request.method, request.url, key])
      const since = running.get(name)
      if (since !== undefined && monotonic() - since < longestMs)
        throw new Problem(
          'still-running',
          'The same request is being carried out at this moment. Send it again soon to get its answer.',
          { retryAfter: 1 },
        )
      const began = monotonic()
      running.set(name, began)
      try {
        return await handler.call(this, request, reply)
      } finally {
        if (running.get(name) === began) running.delete(name)
      }
    }
  })
}
