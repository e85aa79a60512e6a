import { Caps, type ProducerSettings, TimeZone, Weight } from '@restyle/shared/contract/producer'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'

type SettingsTools = {
  ledger: Pick<Ledger, 'listProducers' | 'readProducer' | 'setProducer' | 'takesWrites'>
  store: Store
  log: Log
}

const example = {
  weight: 3,
  zone: 'Europe/Paris',
  caps: [{ per: 'day' as const, currency: 'CNY' as const, micros: 100_000_000 }],
}

const SettingsBody = z
  .strictObject({
    weight: Weight.describe(
      'Of those who wait for a model, one of twice the weight gets twice the images. It counts from the next submit on',
    ).optional(),
    caps: Caps.describe(
      'What it may cost: one in all and one for each day, in each currency. All of them are replaced; an empty list ends them. What does not fit stops, and nothing fails',
    ).optional(),
    zone: TimeZone.describe(
      'Whose midnight its days begin at, such as Europe/Paris; UTC at first',
    ).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'names nothing to set: weight, caps or zone' })
  .meta({ id: 'ProducerSettings', examples: [example] })

const SetProducer = z
  .object({ name: z.string(), weight: z.int(), zone: z.string(), caps: Caps })
  .meta({ id: 'SetProducer', examples: [{ name: 'catalog', ...example }] })

/** What an admin sets for producers; only keys with the scope `admin` see and change it. */
export function settingsRoutes(app: Api, tools: SettingsTools): void {
  const { ledger, log } = tools
  app.get(
    '/v1/producers',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listProducers',
        summary: 'Every producer: its weight, its caps and its time zone',
        description: 'As admins have set them; what nobody has set is as at first.',
        tags: ['producer'],
        response: { 200: z.object({ producers: z.array(SetProducer) }), ...refusals },
      },
    },
    async () => {
      const producers: z.infer<typeof SetProducer>[] = []
      for (const name of await ledger.listProducers()) {
        const settings = await ledger.readProducer(name)
        if (settings !== undefined) producers.push(viewOf(name, settings))
      }
      return { producers }
    },
  )
  app.put(
    '/v1/producers/:name',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'setProducer',
        summary: 'Set the weight, the caps or the time zone of a producer',
        description:
          'What is left out stays as it is. A cap that is raised lets the producer go on within a second. Kept in the bucket too, so that a lost Redis knows it.',
        tags: ['producer'],
        params: z.object({ name: z.string() }),
        body: SettingsBody,
        'x-problems': ['not-found'],
        response: { 200: SetProducer, ...refusals },
      },
    },
    async ({ params: { name }, body, keyId }) => {
      const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      const settings = await changeProducer(name, change, tools, Date.now())
      if (settings === undefined) throw new Problem('not-found', 'There is no such producer.')
      log.info({ producer: name, ...settings, keyId }, 'producer set')
      return viewOf(name, settings)
    },
  )
}

const viewOf = (name: string, { weight, zone, caps }: ProducerSettings) => ({ name, weight, zone, caps })
