import { findModel } from '@restyle/dashscope/models'
import { Currency } from '@restyle/shared/contract/money'
import { type LaneNow, mergeFigures } from '@restyle/shared/ledger/lane-figures'
import type { LaneCard, Lanes } from '@restyle/shared/ledger/lanes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import { type Limit, type LimitFacts, queryLimit, submitLimit, whyLess } from './lane-limits.ts'

/** What lanes are read with. */
export type LaneReader = {
  ledger: {
    lanes: Pick<Lanes, 'figuresOf' | 'holdsOf' | 'pausedBy' | 'runningCount' | 'servedBy' | 'stoppedBy'>
  } & Pick<Ledger, 'now'>
}

const LimitView = z
  .object({
    perSecond: z.number().describe('What goes now; 0 while nothing does'),
    configured: z.number(),
    because: z
      .object({
        code: z.enum(whyLess),
        detail: z.string().describe('For people'),
        until: z.iso.datetime().optional().describe('When it ends, where that is known'),
      })
      .optional()
      .describe('Why it is below what is configured'),
  })
  .meta({
    id: 'LaneLimit',
    examples: [
      {
        perSecond: 0,
        configured: 5,
        because: {
          code: 'throttled',
          detail: 'The vendor had enough for the moment (Throttling.RateQuota). It goes on by itself.',
          until: '2026-03-02T21:40:04.118Z',
        },
      },
    ],
  })

/** A lane, with what it does now. */
export const LaneView = z
  .object({
    name: z.string(),
    id: z
      .string()
      .describe('What the lane is, whatever it is called: its model, address, account and workspace'),
    model: z.string(),
    region: z.string(),
    running: z.int().describe('Edits that hold one of its slots'),
    slots: z.int().describe('Tasks that may run at a time'),
    submitPerSecond: z.number(),
    pauses: z
      .array(
        z.object({
          by: z.enum(['person', 'vendor']),
          since: z.iso.datetime(),
          detail: z.string(),
        }),
      )
      .describe(
        'Why nothing is submitted to it. A pause by a person ends when a person resumes the lane, and then only that; one for the vendor ends by itself',
      ),
    limits: z
      .object({
        submits: LimitView,
        queries: LimitView.optional().describe(
          'Of the account, whose lanes share it; absent where no worker has said it lately',
        ),
      })
      .describe('Calls a second that may be made now'),
    now: z
      .object({
        workers: z.int().describe('Workers that measured it; one that is gone counts for 20 seconds more'),
        queriesPerSecond: z
          .number()
          .describe('Questions about tasks that were sent in the last minute, a second'),
        throttled: z
          .object({
            submits: z.int(),
            queries: z.int(),
            since: z.iso.datetime().describe('An hour ago, or when the first of the workers began'),
            last: z.object({ at: z.iso.datetime(), code: z.string() }).optional(),
          })
          .describe('Answers that said that there were too many calls'),
        lag: z
          .object({
            tasks: z.int(),
            p50Ms: z.number().describe('Half of the ends were seen within this'),
            p95Ms: z.number(),
          })
          .optional()
          .describe(
            'How long after their ends, by the clock of the vendor, the last tasks of the last hour were seen to have ended: at most 50 of each worker. Absent where there was none',
          ),
      })
      .optional()
      .describe('What its workers measured; absent where none has said anything in the last 20 seconds'),
    price: z
      .object({
        currency: Currency,
        micros: z.int().describe('In millionths'),
        source: z
          .enum(['models', 'lane'])
          .describe('The table of models (`GET /v1/models`), or what is set for this lane'),
      })
      .optional()
      .describe('Of one image; absent where the worker that announced the lane did not say'),
  })
  .meta({
    id: 'Lane',
    examples: [
      {
        name: 'wan2.5',
        id: 'wan2.5-i2i-preview-2b3c4d5e6f70',
        model: 'wan2.5-i2i-preview',
        region: 'beijing',
        running: 5,
        slots: 5,
        submitPerSecond: 5,
        pauses: [],
        limits: {
          submits: { perSecond: 5, configured: 5 },
          queries: { perSecond: 20, configured: 20 },
        },
        now: {
          workers: 2,
          queriesPerSecond: 4.2,
          throttled: {
            submits: 0,
            queries: 3,
            since: '2026-03-02T20:41:10.004Z',
            last: { at: '2026-03-02T21:40:02.118Z', code: 'Throttling.RateQuota' },
          },
          lag: { tasks: 100, p50Ms: 540, p95Ms: 1_180 },
        },
        price: { currency: 'CNY', micros: 200_000, source: 'models' },
      },
    ],
  })
export type LaneView = z.infer<typeof LaneView>

/** Reads what lanes do now. */
export async function viewsOfLanes(cards: readonly LaneCard[], { ledger }: LaneReader): Promise<LaneView[]> {
  const [now, bucketPause] = await Promise.all([ledger.now(), ledger.lanes.pausedBy('bucket')])
  return Promise.all(cards.map(async (card) => viewOfLane(card, { now, bucketPause }, ledger)))
}

async function viewOfLane(
  card: LaneCard,
  { now, bucketPause }: Pick<LimitFacts, 'now' | 'bucketPause'>,
  { lanes }: LaneReader['ledger'],
): Promise<LaneView> {
  const { id, name, model, region, submitPerSecond, running: slots, account } = card
  const [running, stop, pause, served, holds, said] = await Promise.all([
    lanes.runningCount(id),
    lanes.stoppedBy(id),
    lanes.pausedBy(id),
    lanes.servedBy(id),
    lanes.holdsOf(id, account),
    lanes.figuresOf(id, now),
  ])
  const figures = mergeFigures(said, now)
  const pauses: LaneView['pauses'] = []
  if (stop !== undefined)
    pauses.push({ by: 'person', since: iso(stop.since), detail: `with a key of ${stop.by}` })
  if (pause !== undefined)
    pauses.push({ by: 'vendor', since: iso(pause.since), detail: `${pause.code}: ${pause.message}` })
  const facts: LimitFacts = {
    now,
    submitPerSecond,
    echoesPrompt: findModel(model)?.echoesPrompt ?? true,
    served,
    isStopped: stop !== undefined,
    pause,
    bucketPause,
    holds,
    figures,
  }
  return {
    name,
    id,
    model,
    region,
    running,
    slots,
    submitPerSecond,
    pauses,
    limits: limitsOf(facts),
    ...(figures === undefined ? {} : { now: viewOfNow(figures) }),
    ...priceOf(card),
  }
}

function limitsOf(facts: LimitFacts): LaneView['limits'] {
  const queries = queryLimit(facts)
  return {
    submits: viewOfLimit(submitLimit(facts)),
    ...(queries === undefined ? {} : { queries: viewOfLimit(queries) }),
  }
}

function viewOfLimit({ because, ...limit }: Limit): z.infer<typeof LimitView> {
  if (because === undefined) return limit
  const { until, ...why } = because
  return { ...limit, because: { ...why, ...(until === undefined ? {} : { until: iso(until) }) } }
}

const viewOfNow = ({ workers, queriesPerSecond, throttled, lag }: LaneNow): LaneView['now'] => ({
  workers,
  queriesPerSecond: Math.round(queriesPerSecond * 100) / 100,
  throttled: {
    submits: throttled.submits,
    queries: throttled.queries,
    since: iso(throttled.since),
    ...(throttled.last === undefined
      ? {}
      : { last: { code: throttled.last.code, at: iso(throttled.last.at) } }),
  },
  ...(lag === undefined ? {} : { lag }),
})

/** The price is the lane's own where the table of models has another one. */
function priceOf({ model, region, price }: LaneCard): Pick<LaneView, 'price'> {
  if (price === undefined) return {}
  const listed = Object.entries(findModel(model)?.price ?? {}).find(([name]) => name === region)?.[1].output
  const isListed = listed?.currency === price.currency && listed.micros === price.micros
  return { price: { ...price, source: isListed ? 'models' : 'lane' } }
}

const iso = (ms: number): string => new Date(ms).toISOString()
