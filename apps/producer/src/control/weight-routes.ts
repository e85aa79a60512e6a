import { Weight } from '@restyle/shared/contract/producer'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { needsScope } from '../http/scopes.ts'

type WeightTools = { ledger: Pick<Ledger, 'listProducers' | 'readProducer' | 'setWeight'>; log: Log }

const WeightBody = z
  .strictObject({
    weight: Weight.describe(
      'Of those who wait for a model, one of twice the weight gets twice the images. It counts from the next submit on',
    ),
  })
  .meta({ id: 'ProducerWeight', examples: [{ weight: 3 }] })

const WeighedProducer = z
  .object({ name: z.string(), weight: z.int() })
  .meta({ id: 'WeighedProducer', examples: [{ name: 'catalog', weight: 3 }] })

/** What every producer weighs beside the others: only keys with the scope `admin` see and change it. */
export function weightRoutes(app: Api, { ledger, log }: WeightTools): void {
  app.get(
    '/v1/producers',
    {
      onRequest: needsScope('admin'),
      schema: {
        operationId: 'listProducers',
        summary: 'Every producer, and its weight',
        tags: ['producer'],
        response: { 200: z.object({ producers: z.array(WeighedProducer) }), ...refusals },
      },
    },
    async () => {
      const names = await ledger.listProducers()
      const producers = names.map(async (name) => ({
        name,
        weight: (await ledger.readProducer(name))?.weight ?? 1,
      }))
      return { producers: await Promise.all(producers) }
    },
  )
  app.put(
    '/v1/producers/:name',
    {
      onRequest: needsScope('admin'),
      schema: {
        operationId: 'weighProducer',
        summary: 'Set the weight of a producer',
        tags: ['producer'],
        params: z.object({ name: z.string() }),
        body: WeightBody,
        response: { 200: WeighedProducer, ...refusals },
      },
    },
    async ({ params: { name }, body: { weight }, keyId }) => {
      if (!(await ledger.setWeight(name, weight)))
        throw new Problem('not-found', 'There is no such producer.')
      log.info({ producer: name, weight, keyId }, 'producer weighed')
      return { name, weight }
    },
  )
}
