import { Currency } from '@restyle/shared/contract/money'
import { dayAfter, dayAt, daysBetween, isDay } from '@restyle/shared/days'
import { RunOf } from '@restyle/shared/contract/window'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { keptUsageDays } from '@restyle/shared/receipt/usage-record'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, textual, withLink } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { groupings, openSums, placeOf, type UsageRow, type UsageSums } from './sum-usage.ts'

type UsageTools = {
  ledger: Pick<Ledger, 'listProducers' | 'namesOfBatches' | 'now' | 'readProducer' | 'usageOf'>
}

const date = z.string().refine(isDay, { error: 'must be a date such as 2026-10-25' })

const UsageQuery = z.strictObject({
  by: z.enum(groupings).default('day').describe('What there is a row for'),
  from: date.optional().describe('The first day; six days before the last one if left out'),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(keptUsageDays)
    .optional()
    .describe('In place of `from`: so many days, of which `to` is the last'),
  to: date.optional().describe("The last day; today, in the producer's time zone, if left out"),
  producer: z
    .string()
    .optional()
    .describe('Whose usage it is: of your own key if left out, and with an admin key of all producers'),
  cursor: paging.cursor,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})
type UsageQuery = z.infer<typeof UsageQuery>

const amounts = {
  currency: Currency,
  micros: z.int().describe('Billed; in millionths'),
  reservedMicros: z.int().describe('May still be billed; known of days and producers only'),
  releasedMicros: z.int().describe('Was reserved, and is free again without a bill'),
  images: z.int().describe('In the bucket'),
}

const UsageAnswer = z
  .object({
    by: z.enum(groupings),
    from: z.string(),
    to: z.string(),
    rows: z.array(
      z.object({
        name: z
          .string()
          .describe(
            'The day, the batch, the id of the lane, or the producer. In place of a batch: `-` of edits that came alone, `+` of all batches of a day beyond its first ten thousand',
          ),
        ...amounts,
        batch: z
          .object({ name: z.string().optional(), schedule: RunOf.optional() })
          .optional()
          .describe('How the batch of a row is called, where that is still known'),
      }),
    ),
    totals: z
      .array(
        z.object({
          ...amounts,
          ledgerMicros: z
            .int()
            .describe(
              'Billed, as the ledger counts it by itself and holds it against caps of a day. `micros` is the sum of the rows: the same, unless something was billed while it was read',
            ),
        }),
      )
      .describe('Of all rows of all pages, a number for each currency'),
    nextCursor: NextCursor,
  })
  .meta({
    id: 'Usage',
    examples: [
      {
        by: 'day',
        from: '2026-03-01',
        to: '2026-03-02',
        rows: [
          {
            name: '2026-03-02',
            currency: 'CNY',
            micros: 1_200_000,
            reservedMicros: 200_000,
            releasedMicros: 0,
            images: 6,
          },
        ],
        totals: [
          {
            currency: 'CNY',
            micros: 1_200_000,
            reservedMicros: 200_000,
            releasedMicros: 0,
            images: 6,
            ledgerMicros: 1_200_000,
          },
        ],
      },
    ],
  })

/** What producers have had, for themselves, and for keys with the scope `admin` of all. */
export function usageRoutes(app: Api, tools: UsageTools): void {
  app.get(
    '/v1/usage',
    {
      config: { scope: ['edits:read', 'admin'] },
      schema: {
        operationId: 'readUsage',
        summary: 'What was billed, and what is reserved, by day, batch, lane or producer',
        description: `An edit's money counts for the day of its admission, in the time zone of its producer. Money of two currencies is never added up. Days are kept for ${keptUsageDays} days.`,
        tags: ['producer'],
        querystring: UsageQuery,
        'x-problems': ['not-found', 'forbidden'],
        'x-answers': withLink,
        response: { 200: UsageAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { query, producer, scopes } = request
      const { after, goOn } = openPage(request, reply, rowNames)
      const names = await producersOf(query, producer, scopes?.includes('admin') === true, tools)
      const zone = (await tools.ledger.readProducer(names.length === 1 ? (names[0] ?? '') : producer))?.zone
      const to = query.to ?? dayAt(zone ?? 'UTC', await tools.ledger.now())
      if (query.from !== undefined && query.days !== undefined)
        throw Problem.ofFaults('invalid-parameter', [
          { parameter: 'days', detail: 'days stands in place of from: send one of them' },
        ])
      const from = query.from ?? dayAfter(to, 1 - (query.days ?? 7))
      refuseTooMuch(from, to, names.length, query.by)
      const { rows, totals } = await read(names, from, to, query.by, tools)
      const left = after === undefined ? rows : rows.filter((row) => placeOf(row) > after)
      const page = left.slice(0, query.limit)
      const last = left.length > page.length ? page.at(-1) : undefined
      const next = goOn(last === undefined ? undefined : placeOf(last))
      const named = query.by === 'batch' ? await withNames(page, tools) : page
      return { by: query.by, from, to, rows: named, ...next, totals: totals.map(withoutName) }
    },
  )
}

/** Whose usage may be told. Throws a `Problem` (forbidden, not-found). */
async function producersOf(
  { producer: asked }: UsageQuery,
  own: string,
  isAdmin: boolean,
  { ledger }: UsageTools,
): Promise<string[]> {
  if (asked === undefined) return isAdmin ? ledger.listProducers() : [own]
  if (asked === own) return [own]
  if (!isAdmin)
    throw new Problem('forbidden', 'The usage of another producer needs a key with the scope admin.')
  if ((await ledger.readProducer(asked)) === undefined)
    throw new Problem('not-found', 'There is no such producer.')
  return [asked]
}

/** Days that are read for one answer, of all its producers; and those of which batches are told. */
const [mostDays, mostDaysByBatch] = [10_000, 31]

function refuseTooMuch(from: string, to: string, producers: number, by: UsageQuery['by']): void {
  const days = daysBetween(from, to)
  const refuse = (detail: string) => {
    throw Problem.ofFaults('invalid-parameter', [{ parameter: 'from', detail }])
  }
  if (days < 1) refuse(`from ${from} is after to ${to}`)
  if (days > keptUsageDays) refuse(`from and to are ${days} days apart; at most ${keptUsageDays} are told`)
  if (by === 'batch' && days * producers > mostDaysByBatch)
    refuse(
      `by batch at most ${mostDaysByBatch} days of one producer are told, and these are ${days * producers}`,
    )
  if (days * producers > mostDays)
    refuse(`${days} days of ${producers} producers are too many: ask for fewer days, or for one producer`)
}

const readAtOnce = 16

async function read(
  names: readonly string[],
  from: string,
  to: string,
  by: UsageQuery['by'],
  { ledger }: UsageTools,
) {
  const sums = openSums(by)
  const days = Array.from({ length: daysBetween(from, to) }, (_, i) => dayAfter(from, i))
  const wanted = names.flatMap((producer) => days.map((day) => ({ producer, day })))
  for (let i = 0; i < wanted.length; i += readAtOnce) {
    const some = wanted.slice(i, i + readAtOnce).map(async ({ producer, day }) => {
      sums.add({ producer, day, usage: await ledger.usageOf(producer, day) })
    })
    await Promise.all(some)
  }
  return sums.sums()
}

const rowNames = textual(/^.{1,200}$/su)

async function withNames(rows: readonly UsageRow[], { ledger }: UsageTools) {
  const names = await ledger.namesOfBatches(rows.map(({ name }) => name))
  return rows.map((row) => {
    const batch = names.get(row.name)
    if (batch === undefined) return row
    const { name, schedule } = batch
    return {
      ...row,
      batch: { ...(name === '' ? {} : { name }), ...(schedule === undefined ? {} : { schedule }) },
    }
  })
}

const withoutName = ({
  currency,
  micros,
  reservedMicros,
  releasedMicros,
  images,
  ledgerMicros,
}: UsageSums['totals'][number]) => ({
  currency,
  micros,
  reservedMicros,
  releasedMicros,
  images,
  ledgerMicros,
})
