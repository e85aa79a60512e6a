import { limits } from '@restyle/shared/contract/limits'
import type { Api } from './api.ts'
import { type Enter, openPlaces } from './places.ts'
import { Problem } from './problem.ts'

const MiB = 1024 * 1024

/** The memory that large bodies may take together. */
export const openBodyRoom = (): Enter => openPlaces({ all: limits.heldBytes, each: limits.heldBytesEach })

/**
 * Bounds how many bytes of bodies over 1 MiB are held in memory at once. The routes of `app` that are registered after it
 * turn away, before the body is read, a producer that sends too many at the same time.
 */
export function boundLargeBodies(app: Api, enter: Enter): void {
  app.addHook('onRequest', async (request, reply) => {
    const length = Number(request.headers['content-length'] ?? 0)
    // a body in chunks does not say how long it will be
    const isChunked = request.headers['transfer-encoding'] !== undefined
    if (!isChunked && length <= MiB) return
    const most = request.routeOptions.bodyLimit ?? limits.batchBodyBytes
    const leave = enter(request.producer, isChunked ? most : Math.min(length, most))
    if (typeof leave === 'string')
      throw new Problem(
        'unavailable',
        leave === 'each'
          ? `Large bodies of this producer are being read, ${limits.heldBytesEach / MiB} MiB of them at most. Send this one again in a moment.`
          : `Large bodies are being read, ${limits.heldBytes / MiB} MiB of them at most. Send this one again in a moment.`,
        { retryAfter: 2 },
      )
    reply.raw.once('close', leave)
  })
}
