import { rowsOfBatch } from '@restyle/shared/contract/batch'
import { limits } from '@restyle/shared/contract/limits'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { findRows, type FindTools, type SoughtInRow } from './find-rows.ts'
import { parseSearch } from './parse-search.ts'

type Needs = FindTools & { ledger: Pick<Ledger, 'readBatch'> }

const rowsText = 'counted from 1, such as `1-300,4711`; empty where there are none'

const FoundRowsAnswer = z
  .object({
    rows: z.string().describe(`The rows that are meant, ${rowsText}`),
    matched: z.int().describe('How many these are'),
    lookedTo: z.int().describe('The last row that was looked at'),
    ofRows: z.int().describe('How many rows the batch has'),
    unreadable: z
      .string()
      .optional()
      .describe(`Rows of which nobody knows: the bucket has lost them, or they are damaged; ${rowsText}`),
    nextRow: z.int().optional().describe('Where to go on: the next `from`. Absent where all was looked at'),
  })
  .meta({
    id: 'FoundRows',
    examples: [{ rows: '1-300,4711', matched: 301, lookedTo: 100_000, ofRows: 480_000, nextRow: 100_001 }],
  })

/** Which rows of a batch have a key or a prompt. */
export function rowSearchRoutes(app: Api, needs: Needs): void {
  app.get(
    '/v1/batches/:id/rows',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'findRows',
        summary: 'Which rows of a batch have a key or a prompt, by their numbers',
        description:
          'Takes the line of `GET /v1/search` with words, `key:` and `prompt:` alone; a prompt is that of the newest edit of its row. What else is known of a row is in `GET /v1/batches/{id}/map`. A request looks at up to 100,000 rows for about two seconds, and `nextRow` goes on.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          q: z
            .string()
            .min(1)
            .max(500)
            .describe('What is looked for')
            .meta({ examples: ['key:LAMP* prompt:"oak table"'] }),
          from: z.coerce
            .number()
            .int()
            .min(1)
            .max(limits.streamedRows)
            .default(1)
            .describe('The first row that is looked at, counted from 1'),
        }),
        'x-problems': ['not-found'],
        response: { 200: FoundRowsAnswer, ...refusals },
      },
    },
    async ({ params, query, producer }) => {
      const sought = soughtOf(query.q)
      const batch = await readOwnBatch(params.id, producer, needs)
      const { rows, matched, unreadable, to } = await findRows(batch, sought, query.from - 1, needs)
      const ofRows = rowsOfBatch(batch)
      return {
        rows: textOf(rows),
        matched,
        lookedTo: to,
        ofRows,
        ...(unreadable.length === 0 ? {} : { unreadable: textOf(unreadable) }),
        ...(to < ofRows ? { nextRow: to + 1 } : {}),
      }
    },
  )
}

const textOf = (ranges: readonly (readonly [number, number])[]): string =>
  ranges.map(([from, to]) => (to - from === 1 ? `${to}` : `${from + 1}-${to}`)).join(',')

/** Throws a `Problem` (invalid-parameter). */
function soughtOf(line: string): SoughtInRow {
  const parsed = parseSearch(line)
  const refusal = (detail: string) => Problem.ofFaults('invalid-parameter', [{ parameter: 'q', detail }])
  if (parsed.kind === 'fault') throw refusal(parsed.detail)
  const { text, keyPrefix, prompts, ...others } = parsed.sought
  const isMore = Object.values(others).some((each) => each !== undefined && String(each) !== '')
  if (isMore) throw refusal('in a batch only words, key: and prompt: are looked for')
  return { text, keyPrefix, prompts }
}
