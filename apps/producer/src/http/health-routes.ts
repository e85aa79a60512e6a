import { z } from 'zod'
import { within } from '../within.ts'
import type { Api, Deps } from './api.ts'
import { noKey, refusals } from './openapi.ts'
import { Problem } from './problem.ts'

const Healthy = z.object({ status: z.literal('ok') })

const patienceMs = 2_000

/** Whether the process is up, and whether it can take edits. */
export function healthRoutes(app: Api, { ledger, store, log }: Deps): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'isUp',
        summary: 'Whether this process answers',
        tags: ['health'],
        security: noKey,
        response: { 200: Healthy, ...refusals },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'isReady',
        summary: 'Whether Redis takes writes and the bucket answers',
        tags: ['health'],
        security: noKey,
        response: { 200: Healthy, ...refusals },
      },
    },
    async () => {
      // a write, since a Redis that is full still answers a PING
      const write = ledger.redis.set(`${ledger.prefix}:ready`, '1', 'PX', 1_000)
      const checks = { Redis: write, 'the bucket': store.head('.restyle/ready') }
      const failed = await Promise.all(
        Object.entries<Promise<unknown>>(checks).map(async ([name, check]) => {
          try {
            await within(patienceMs, check)
            return []
          } catch (error) {
            log.warn({ error, check: name }, 'readiness check failed')
            return [name]
          }
        }),
      )
      const names = failed.flat().join(' and ')
      if (names !== '')
        throw new Problem('unavailable', `No edits can be taken: ${names} cannot be used now.`, {
          retryAfter: 5,
        })
      return { status: 'ok' as const }
    },
  )
}
