import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import { VerdictOrNone, VerdictView } from '@restyle/shared/contract/verdict'
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
import { readOwnEdit } from '../http/own.ts'
import { judge, type JudgeTools, namedStanding, shownStanding } from './judge.ts'

type Tools = JudgeTools

const VerdictBody = z
  .strictObject({
    verdict: VerdictOrNone.describe('null takes back what was said'),
    note: text(limits.note, { lines: true }).optional().describe('Why, for whoever reads it later'),
    image: z
      .int()
      .min(0)
      .optional()
      .describe('The `index` of the image that is meant, where there are several'),
    redo: text(100)
      .optional()
      .describe(
        'The redo of this edit that is meant (`GET /v1/edits/{id}/takes`): its images count, not those of the edit',
      ),
  })
  .refine(
    ({ verdict, ...said }) => verdict !== null || Object.values(said).every((each) => each === undefined),
    {
      error: 'takes no note, image or redo where verdict is null',
    },
  )
  .meta({ id: 'VerdictRequest', examples: [{ verdict: 'rejected', note: 'the lamp leans', image: 0 }] })

/** A verdict, or that there is none. */
export const VerdictAnswer = VerdictView.partial()
  .extend({ verdict: VerdictOrNone })
  .meta({
    id: 'Verdict',
    examples: [
      {
        verdict: 'rejected',
        by: '5f2c9a7d1e3b4c60',
        byName: 'Ana',
        at: '2026-03-02T21:14:09.120Z',
        note: 'the lamp leans',
        image: 0,
      },
    ],
  })

/** What a person thinks of one edit. */
export function verdictRoutes(app: Api, tools: Tools): void {
  app.get(
    '/v1/edits/:id/verdict',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readVerdict',
        summary: 'What a person thinks of the images of an edit',
        description: 'Its `ETag` is what `If-Match` takes when the verdict is changed.',
        tags: ['verdicts'],
        params: z.object({ id: z.string() }),
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: VerdictAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const edit = await readOwnEdit(request.params.id, request.producer, tools)
      const standing = await tools.ledger.verdictOf(edit)
      // what a key is called is nothing that anybody decides on
      return sendTagged(request, reply, await namedStanding(standing, tools), {
        tagged: shownStanding(standing),
      })
    },
  )
  app.put(
    '/v1/edits/:id/verdict',
    {
      config: { scope: 'edits:write' },
      bodyLimit: 16 * 1024,
      schema: {
        operationId: 'setVerdict',
        summary: 'Approve or reject the images of an edit, or say that it is to be done again',
        description:
          'Only an edit that has succeeded can be judged, and of a row its newest one. The event `restyle.edit.reviewed` tells it; the edit itself goes on as it is, and nothing is deleted. `redo` is a mark: `POST /v1/edits/{id}/redo` makes the new edit. Another verdict replaces this one; with `If-Match` only if nobody has decided since, and the refusal says who decided what.',
        tags: ['verdicts'],
        params: z.object({ id: z.string() }),
        headers: ChangeConditions.pick({ 'if-match': true }),
        body: VerdictBody,
        'x-problems': ['not-found', 'not-judged', 'too-many-verdicts', 'precondition-failed'],
        'x-answers': { 200: { headers: ['ETag', 'Cache-Control'] } },
        response: { 200: VerdictAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, producer, keyId, body } = request
      const edit = await readOwnEdit(params.id, producer, tools)
      const { verdict, ...more } = body
      const saying = { ...defined(more), verdict: verdict ?? undefined, by: keyId }
      const hasCondition = request.headers['if-match'] !== undefined
      const condition = hasCondition ? conditionOf(request) : undefined
      const standing = await judge(edit, saying, condition, tools)
      void reply.header('etag', tagOf(shownStanding(standing))).header('cache-control', 'private, no-cache')
      return namedStanding(standing, tools)
    },
  )
}

type Said = { note?: string | undefined; image?: number | undefined; redo?: string | undefined }
const defined = ({ note, image, redo }: Said) => ({
  ...(note === undefined ? {} : { note }),
  ...(image === undefined ? {} : { image }),
  ...(redo === undefined ? {} : { redo }),
})
