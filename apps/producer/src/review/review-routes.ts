import { viewOf } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import type { Held } from '@restyle/shared/ledger/held'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { openPage, paging, type Places, withLink } from '../http/page.ts'
import { readOwnEdit } from '../http/own.ts'
import { readable } from '../http/readable.ts'
import { EditAnswer } from '../http/schemas.ts'
import { decide, type DecideTools } from './decide.ts'
import { Resolution, ReviewPage, type ReviewView } from './review.ts'
import { viewOfReview } from './view-of-review.ts'

type ReviewLedger = DecideTools['ledger'] &
  ReadTools['ledger'] &
  Pick<Ledger, 'listHeld' | 'readEach' | 'takesWrites' | 'turn'>
type Needs = DecideTools & ReadTools & { ledger: ReviewLedger }

/** Edits whose submit has no outcome that anybody could find out: list them, and decide one. */
export function reviewRoutes(app: Api, tools: Needs): void {
  listReviews(app, tools.ledger, tools.log)
  resolveEdit(app, tools)
}

function listReviews(app: Api, ledger: ReviewLedger, log: Log): void {
  app.get(
    '/v1/reviews',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listReviews',
        summary: 'The edits that wait for a person, the longest held first',
        description:
          'Their submits have no outcome that anybody could find out. `POST /v1/edits/{id}/resolution` decides one.',
        tags: ['reviews'],
        querystring: z.strictObject(paging),
        'x-answers': withLink,
        response: { 200: ReviewPage, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, query } = request
      const { after, goOn } = openPage(request, reply, places)
      // one more, to see whether anything is left
      const found = await ledger.listHeld(producer, after, query.limit + 1)
      const held = found.slice(0, query.limit)
      const ids = held.map(({ id }) => id)
      const { edits, left } = await readable(ids, await ledger.readEach(ids), ledger, log)
      const reviews = held.flatMap(({ heldAt }, i): ReviewView[] => {
        const edit = edits[i]
        // it was decided after the list was read
        if (edit?.state !== 'review') return []
        return [viewOfReview(edit, heldAt)]
      })
      return { reviews, ...left, ...goOn(found.length > held.length ? held.at(-1) : undefined) }
    },
  )
}

function resolveEdit(app: Api, tools: Needs): void {
  app.post(
    '/v1/edits/:id/resolution',
    {
      config: { scope: 'edits:write' },
      bodyLimit: limits.resolutionBytes,
      schema: {
        operationId: 'resolveEdit',
        summary: 'Decide a held edit, or give up images that cannot be stored',
        description:
          '`adopt`: the task is its own, and nothing more is billed. `resubmit`: it is submitted again, and billed twice if one of its candidates was its own after all. `drop`: it fails; a task it may have made is billed all the same, and its images are not stored. `giveUp`: images of a `rendered` edit that cannot be stored are tried once more and then fail with `Dropped`; they are paid for. After a 503 the decision may stand already: send the same one again.',
        tags: ['reviews'],
        params: z.object({ id: z.string() }),
        body: Resolution,
        'x-problems': ['not-found', 'not-held', 'task-taken', 'already-answered'],
        response: { 200: EditAnswer, ...refusals },
      },
    },
    async ({ params, producer, keyId, body }) => {
      const edit = await readOwnEdit(params.id, producer, tools)
      // the bucket hears of it first: not of a decision that the ledger will not take
      await tools.ledger.takesWrites()
      return viewOf(await decide(edit, body, keyId, tools))
    },
  )
}

const places: Places<Held> = {
  read: (text) => {
    const [, heldAt, id] = /^(\d{1,16}) (\w[\w-]{0,63})$/.exec(text) ?? []
    return id === undefined ? undefined : { heldAt: Number(heldAt), id }
  },
  write: ({ heldAt, id }) => `${heldAt} ${id}`,
}
