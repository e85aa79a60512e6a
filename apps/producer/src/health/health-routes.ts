import { withTimeout } from '@restyle/shared/with-timeout'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { noKey, refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import type { SparingLog } from '../http/sparing-log.ts'

const Healthy = z.object({ status: z.literal('ok') })

const patienceMs = 2_000

/** What must work for edits to be taken, by its name in a sentence. A check that rejects has failed. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>

/** Whether the process is up, and whether it can take edits. */
export function healthRoutes(app: Api, { checks, warn }: { checks: Checks; warn: SparingLog }): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'isUp',
        summary: 'Whether this process answers',
        description: 'For a probe of whether the process lives. It asks neither Redis nor the bucket.',
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
        description:
          'For a probe of whether requests may be sent here. The refusal names what cannot be used.',
        tags: ['health'],
        security: noKey,
        response: { 200: Healthy, ...refusals },
      },
    },
    async () => {
      const failed = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          try {
            await withTimeout(patienceMs, check())
            return []
          } catch (error) {
            warn({ error, check: name }, 'readiness check failed')
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
