import { viewOfBatch } from '@restyle/shared/contract/batch'
import { Priority } from '@restyle/shared/contract/priority'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { BatchAnswer } from '../http/schemas.ts'
import { readOwnBatch } from '../http/own.ts'

/** Change a batch that is there. */
export function changeBatch(
  app: Api,
  { ledger }: { ledger: Pick<Ledger, 'readBatch' | 'setPriority'> },
): void {
  app.patch(
    '/v1/batches/:id',
    {
      schema: {
        operationId: 'changeBatch',
        summary: 'Give a batch another priority',
        description: 'What of it waits goes by the new one at once; the order within the batch stays.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        body: z.strictObject({ priority: Priority }).meta({ id: 'BatchChange', examples: [{ priority: 9 }] }),
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async ({ params: { id }, body: { priority }, producer }) => {
      await readOwnBatch(id, producer, { ledger })
      await ledger.setPriority(id, priority)
      return viewOfBatch(await readOwnBatch(id, producer, { ledger }))
    },
  )
}
