import { viewOfBatch } from '@restyle/shared/contract/batch'
import { viewOf } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { withVerdicts } from '../http/own.ts'
import { NextCursor, openPage, paging, withLink } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { leftOut } from '../http/readable.ts'
import { BatchAnswer, EditAnswer, editExample, unreadable } from '../http/schemas.ts'
import { parseSearch, type Sought } from './parse-search.ts'
import { places } from './place.ts'
import { search, type SearchTools } from './search.ts'

type Needs = KeyNames & SearchTools & { ledger: Pick<Ledger, 'turn' | 'verdictsOfRows'>; log: Log }

const SearchAnswer = z
  .object({
    batches: z
      .array(BatchAnswer)
      .describe('Batches that are meant themselves; on the first page only, at most 20'),
    edits: z.array(EditAnswer).describe('The newest batch or single edit first, rows in their order'),
    looked: z.int().describe('How many edits were read for this page'),
    bounded: z
      .literal(true)
      .optional()
      .describe(
        'There is more that was not looked at: `nextCursor` goes on, or more of the name of a batch is to be said',
      ),
    unreadable,
    nextCursor: NextCursor,
  })
  .meta({ id: 'Found', examples: [{ batches: [], edits: [editExample], looked: 1 }] })

const description = `Plain words are the beginning of a key, a part of a batch's name, or an id. Qualifiers narrow: \`key:\` (a beginning), \`prompt:\` (a part), \`code:\` (of a failure), \`state:\`, \`verdict:\` (\`approved\`, \`rejected\`, \`redo\` or \`none\`), \`batch:\` (an id, or a part of a name), \`before:\` and \`after:\` (a day or a time, of when it was enqueued). Values with blanks stand in quotes: \`prompt:"oak table" state:failed\`. All of it must be so. There is no index: a request reads at most 10,000 edits, the newest first, for at most two seconds; rows at rest are read where their batch is looked at.`

/** Search by one line of text. */
export function searchRoutes(app: Api, needs: Needs): void {
  const { ledger, log } = needs
  app.get(
    '/v1/search',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'search',
        summary: 'Batches and edits by words and qualifiers',
        description,
        tags: ['edits'],
        querystring: z.strictObject({
          q: z
            .string()
            .min(1)
            .max(500)
            .describe('What is looked for')
            .meta({ examples: ['key:LAMP* state:failed prompt:"oak table"'] }),
          cursor: paging.cursor,
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        'x-answers': withLink,
        response: { 200: SearchAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { producer, query } = request
      const sought = soughtOf(query.q)
      const { after, goOn } = openPage(request, reply, places)
      const found = await search(producer, sought, after, query.limit, needs)
      return {
        batches: found.batches.map(viewOfBatch),
        edits: await nameVerdicts((await withVerdicts(found.edits, needs)).map(viewOf), needs),
        looked: found.looked,
        ...(found.next === undefined && !found.moreBatches ? {} : { bounded: true as const }),
        ...(await leftOut(found.unreadable, ledger, log)),
        ...goOn(found.next),
      }
    },
  )
}

/** Throws a `Problem` (invalid-parameter). */
function soughtOf(line: string): Sought {
  const parsed = parseSearch(line)
  if (parsed.kind === 'fault')
    throw Problem.ofFaults('invalid-parameter', [{ parameter: 'q', detail: parsed.detail }])
  return parsed.sought
}
