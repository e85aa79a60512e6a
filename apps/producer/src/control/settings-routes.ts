import {
  Caps,
  limitNames,
  OpenEdits,
  PlacesEach,
  type ProducerSettings,
  Rate,
  TimeZone,
  Weight,
} from '@restyle/shared/contract/producer'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import {
  ChangeConditions,
  conditionOf,
  ReadConditions,
  sendTagged,
  tagOf,
  withTag,
} from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, textual, withLink } from '../http/page.ts'
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
  rate: 600,
  openEdits: 50_000,
}

const about = {
  rate: 'Requests a minute, over all its keys',
  places: 'Streams of events and waiting reads at once, on each process',
  openEdits:
    'Edits that have been accepted and have not ended, rows of batches too. What would be more is refused until some have ended',
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
    rate: Rate.nullable().describe(`${about.rate}; null: as for everybody`).optional(),
    places: PlacesEach.nullable().describe(`${about.places}; null: as for everybody`).optional(),
    openEdits: OpenEdits.nullable().describe(`${about.openEdits}; null: as many as come`).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: 'names nothing to set: weight, caps, zone, rate, places or openEdits',
  })
  .meta({ id: 'ProducerSettings', examples: [example] })

const SetProducer = z
  .object({
    name: z.string(),
    weight: z.int(),
    zone: z.string(),
    caps: Caps,
    rate: z.int().optional().describe(`${about.rate}; without it: as for everybody`),
    places: z.int().optional().describe(`${about.places}; without it: as for everybody`),
    openEdits: z.int().optional().describe(`${about.openEdits}; without it: as many as come`),
  })
  .meta({ id: 'SetProducer', examples: [{ name: 'catalog', ...example }] })

const ProducerPath = z.object({ name: z.string() })

/** What an admin sets for producers; only keys with the scope `admin` see and change it. */
export function settingsRoutes(app: Api, tools: SettingsTools): void {
  listProducers(app, tools)
  readSettings(app, tools)
  changeSettings(app, tools)
}

function listProducers(app: Api, { ledger }: SettingsTools): void {
  app.get(
    '/v1/producers',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listProducers',
        summary: 'Every producer with its weight, its caps and its limits',
        description: 'As admins have set them; what nobody has set is as at first.',
        tags: ['producer'],
        querystring: z.strictObject(paging),
        'x-answers': withLink,
        response: {
          200: z.object({ producers: z.array(SetProducer), nextCursor: NextCursor }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { after = '', goOn } = openPage(request, reply, textual(/^[a-z0-9-]{1,63}$/))
      const { limit } = request.query
      // one more, to see whether any is left
      const names = (await ledger.listProducers()).filter((name) => name > after).slice(0, limit + 1)
      const shown = names.slice(0, limit)
      const settings = await Promise.all(shown.map((name) => ledger.readProducer(name)))
      const producers = shown.flatMap((name, i) => {
        const own = settings[i]
        return own === undefined ? [] : [viewOf(name, own)]
      })
      return { producers, ...goOn(names.length > limit ? shown.at(-1) : undefined) }
    },
  )
}

function readSettings(app: Api, { ledger }: SettingsTools): void {
  app.get(
    '/v1/producers/:name',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'readProducerSettings',
        summary: 'What is set for a producer',
        description: 'As an admin has set it; what nobody has set is as for everybody.',
        tags: ['producer'],
        params: ProducerPath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: SetProducer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const settings = await ledger.readProducer(name)
      if (settings === undefined) throw noSuchProducer()
      return sendTagged(request, reply, viewOf(name, settings))
    },
  )
}

function changeSettings(app: Api, tools: SettingsTools): void {
  app.patch(
    '/v1/producers/:name',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'setProducer',
        summary: 'Set the weight, the caps, the time zone or the limits of a producer',
        description:
          'What is left out stays as it is. A cap that is raised lets the producer go on within a second; a limit counts within 3 seconds. Kept in the bucket too, so that a lost Redis knows it.',
        tags: ['producer'],
        params: ProducerPath,
        headers: z.looseObject({ 'if-match': ChangeConditions.shape['if-match'] }),
        body: SettingsBody,
        'x-problems': ['not-found', 'precondition-failed'],
        'x-answers': { 200: { headers: ['ETag'] } },
        response: { 200: SetProducer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, keyId } = request
      const { name } = params
      const check = conditionOf(request)
      const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      const settings = await changeProducer(name, change, tools, Date.now(), (now) =>
        check(viewOf(name, now)),
      )
      if (settings === undefined) throw noSuchProducer()
      tools.log.info({ producer: name, ...settings, keyId }, 'producer set')
      const view = viewOf(name, settings)
      void reply.header('etag', tagOf(view))
      return view
    },
  )
}

const noSuchProducer = (): Problem => new Problem('not-found', 'There is no such producer.')

function viewOf(name: string, settings: ProducerSettings): z.infer<typeof SetProducer> {
  const { weight, zone, caps } = settings
  const limits = limitNames.flatMap((limit) =>
    settings[limit] === undefined ? [] : [[limit, settings[limit]]],
  )
  return { name, weight, zone, caps, ...Object.fromEntries(limits) }
}
