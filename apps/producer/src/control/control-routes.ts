import { type Edit, viewOf } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { EditAnswer } from '../http/schemas.ts'
import { cancelEdit, type CancelTools } from './cancel-edit.ts'
import { ProducerView, viewProducer } from './producer-view.ts'

type ControlTools = CancelTools & {
  ledger: Pick<Ledger, 'accept' | 'pauseEdit' | 'pauseProducer'> & Parameters<typeof viewProducer>[1]
}

const EditPath = z.object({ id: z.string() })

const CanceledEdit = z
  .object({
    outcome: z
      .enum(['canceled', 'canceling', 'ended'])
      .describe(
        '`canceled`: it has ended, now or before. `canceling`: it was admitted, and `detail` says what follows. `ended`: it had succeeded or failed.',
      ),
    detail: z.string().meta({ examples: ['It was queued, and nothing is submitted.'] }),
    edit: EditAnswer,
  })
  .meta({ id: 'CanceledEdit' })

/** What a producer steers of its own: cancels, pauses and resumes edits, and pauses all of them. */
export function controlRoutes(app: Api, tools: ControlTools): void {
  cancelRoute(app, tools)
  pauseEditRoute(app, tools, 'pause')
  pauseEditRoute(app, tools, 'resume')
  readProducer(app, tools)
  pauseProducerRoute(app, tools, 'pause')
  pauseProducerRoute(app, tools, 'resume')
}

function cancelRoute(app: Api, tools: ControlTools): void {
  app.post(
    '/v1/edits/:id/cancel',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'cancelEdit',
        summary: 'Cancel an edit',
        description:
          'A queued edit ends as `canceled`. One that was admitted is not submitted again; a task that has not begun is canceled, one that runs goes on, and its images are stored since they are paid for: its event then has `cancelAskedAt`. To cancel twice is to cancel once. After a 503 the order may stand already: send it again.',
        tags: ['edits'],
        params: EditPath,
        'x-problems': ['not-found'],
        response: { 200: CanceledEdit, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const { outcome, detail, edit } = await cancelEdit(await readOwnEdit(params.id, producer, tools), tools)
      return { outcome, detail, edit: viewOf(edit) }
    },
  )
}

const texts = {
  pause: {
    edit: 'Hold a queued edit back until it is resumed',
    producer: 'Hold all edits of the producer back until it is resumed',
  },
  resume: { edit: 'Let a paused edit go again', producer: 'Let the edits of the producer go again' },
} as const

function pauseEditRoute(app: Api, tools: ControlTools, verb: 'pause' | 'resume'): void {
  const { ledger } = tools
  app.post(
    `/v1/edits/:id/${verb}`,
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: `${verb}Edit`,
        summary: texts[verb].edit,
        description:
          'Only a queued edit can be paused: one that was admitted has, or may have, a task. The pauses of its producer, its batch and its lane are others; the end of one ends none of them.',
        tags: ['edits'],
        params: EditPath,
        'x-problems': ['not-found', 'not-queued'],
        response: { 200: EditAnswer, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const edit = await readOwnEdit(params.id, producer, tools)
      const rests = edit.version === 0
      if (rests && edit.state === 'queued') {
        if (verb === 'resume') return viewOf(edit)
        // it becomes an edit, which can be paused
        await ledger.accept([rowOf(edit)])
      }
      const known = await ledger.pauseEdit(params.id, verb === 'pause')
      const state = known === 'none' ? edit.state : known
      if (state !== 'queued') throw new Problem('not-queued', `This edit is not queued: it is ${state}.`)
      return viewOf(await readOwnEdit(params.id, producer, tools))
    },
  )
}

function readProducer(app: Api, { ledger }: ControlTools): void {
  app.get(
    '/v1/producer',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'readProducer',
        summary: 'The producer that the key belongs to',
        description: 'Why none of its edits goes, where that is so, and what is left of its caps.',
        tags: ['producer'],
        headers: ReadConditions,
        'x-answers': withTag,
        response: { 200: ProducerView, ...refusals },
      },
    },
    async (request, reply) => sendTagged(request, reply, await viewProducer(request.producer, ledger)),
  )
}

function pauseProducerRoute(app: Api, { ledger, log }: ControlTools, verb: 'pause' | 'resume'): void {
  app.post(
    `/v1/producer/${verb}`,
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: `${verb}Producer`,
        summary: texts[verb].producer,
        description:
          'What was admitted goes on. New edits are accepted and wait too. A batch or an edit that was paused by itself stays so when its producer is resumed.',
        tags: ['producer'],
        response: { 200: ProducerView, ...refusals },
      },
    },
    async ({ producer }) => {
      const pausedAt = await ledger.pauseProducer(producer, verb === 'pause')
      log.info({ producer, pausedAt }, verb === 'pause' ? 'producer paused' : 'producer resumed')
      return viewProducer(producer, ledger)
    },
  )
}

/** What its chunk says of a row at rest. */
function rowOf({ id, producer, batch, row, key, request, bodyHash, traceparent }: Edit): NewEdit {
  const trace = traceparent === undefined ? {} : { traceparent }
  return { id, producer, batch, row, key, request, bodyHash, ...trace }
}
