import { limits } from '@restyle/shared/contract/limits'
import { isCursor } from '@restyle/shared/event/cursor'
import {
  type DeadEvent,
  type EventGroup,
  type EventGroupId,
  type Pulled,
  type Receipt,
  usualGroup,
} from '@restyle/shared/ledger/event-groups'
import { z } from 'zod'
import { NextCursor, paging } from '../http/page.ts'
import { EventAnswer, GapAnswer } from '../http/schemas.ts'

export const GroupPath = z.object({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/, {
    error: 'must be 1 to 60 of a-z, 0-9 and -, with a letter or digit at both ends',
  }),
})

const visibilitySeconds = z.int().min(1).max(limits.eventVisibleSeconds)
const attempts = z.int().min(1).max(limits.eventTries)

export const Cursor = z.string().refine((text) => text === 'now' || isCursor(text), {
  error: 'must be a cursor of an earlier answer, or now',
})

export const GroupBody = z
  .strictObject({
    from: Cursor.optional().describe(
      'Where a new group begins: a cursor, or `now`; without it with the oldest event that is kept. One that is there stays where it is',
    ),
    visibilitySeconds: visibilitySeconds
      .optional()
      .describe(
        `For how long an event is handed out: not acknowledged by then, it is handed out again. ${usualGroup.visibleMs / 1_000} if never set`,
      ),
    attempts: attempts
      .optional()
      .describe(`How often an event is handed out before it is put aside. ${usualGroup.tries} if never set`),
  })
  .meta({ id: 'EventGroupRequest', examples: [{ visibilitySeconds: 120, attempts: 5 }] })

export const GroupView = z
  .object({
    name: z.string(),
    visibilitySeconds,
    attempts,
    cursor: z.string().describe('The last event that it has taken from the stream'),
    taken: z.int().describe('Events that are handed out and not acknowledged'),
    dead: z.int().describe('Events that were handed out too often'),
    waitingSince: z.iso.datetime().optional().describe('When the next event came that it has not taken'),
    gap: GapAnswer.optional(),
    createdAt: z.iso.datetime(),
    pulledAt: z.iso.datetime().optional(),
  })
  .meta({
    id: 'EventGroup',
    examples: [
      {
        name: 'warehouse',
        visibilitySeconds: 60,
        attempts: 10,
        cursor: '1772485200000-0',
        taken: 3,
        dead: 0,
        createdAt: '2026-03-02T21:00:00.000Z',
        pulledAt: '2026-03-02T21:01:04.512Z',
      },
    ],
  })

const ReceiptText = z.string().regex(/^\d{1,16}-\d{1,16}[.]\d{1,9}$/, { error: 'must be a receipt' })
const Receipts = z.array(ReceiptText).max(1_000)

export const PullBody = z
  .strictObject({
    limit: z.int().min(1).max(limits.eventPull).default(10),
    wait: z.number().min(0).max(30).default(0).describe('Seconds to wait when there is nothing yet'),
    ack: Receipts.optional().describe('Acknowledged first'),
    seenGap: Cursor.optional().describe('`upTo` of a gap that was told: it is told until then'),
  })
  .meta({ id: 'PullRequest', examples: [{ limit: 10, wait: 30 }] })

export const TakenAnswer = z
  .object({
    receipt: z
      .string()
      .describe('Names the event and this time that it was handed out')
      .meta({ examples: ['1772485200000-0.1'] }),
    attempt: z
      .int()
      .describe('How often it was handed out, from 1')
      .meta({ examples: [1] }),
    event: EventAnswer,
  })
  .meta({ id: 'TakenEvent' })

export const PullAnswer = z.object({ events: z.array(TakenAnswer), gap: GapAnswer.optional() })

export const AckBody = z
  .strictObject({ receipts: Receipts })
  .meta({ id: 'AckRequest', examples: [{ receipts: ['1772485200000-0.1'] }] })

export const ReturnBody = z
  .strictObject({
    receipts: Receipts,
    afterSeconds: z
      .number()
      .min(0)
      .max(limits.eventVisibleSeconds)
      .default(0)
      .describe('When they are handed out again'),
    untried: z.boolean().optional().describe('Nobody has tried to handle them: this attempt does not count'),
  })
  .meta({ id: 'ReturnRequest', examples: [{ receipts: ['1772485200000-0.1'], afterSeconds: 30 }] })

export const SettledAnswer = z.object({
  settled: z
    .int()
    .describe('Of how many that was true')
    .meta({ examples: [1] }),
})

export const DeadQuery = z.strictObject(paging)

export const DeadAnswer = z.object({
  events: z.array(
    z
      .object({
        cursor: z.string().meta({ examples: ['1772485200000-0'] }),
        attempts: z.int().meta({ examples: [10] }),
        diedAt: z.iso.datetime().meta({ examples: ['2026-03-02T21:10:00.000Z'] }),
        event: EventAnswer.optional(),
        unreadable: z.string().optional().describe('Why the event cannot be read'),
      })
      .meta({ id: 'DeadEvent' }),
  ),
  nextCursor: NextCursor,
})

export const ReviveBody = z
  .strictObject({
    cursors: z
      .array(z.string().refine(isCursor, { error: 'must be a cursor' }))
      .max(limits.eventsDead)
      .optional()
      .describe('All if left out'),
  })
  .meta({ id: 'DeadRequest', examples: [{}] })

const iso = (at: number): string => new Date(at).toISOString()

export const viewOfGroup = (
  { name }: Pick<EventGroupId, 'name'>,
  { visibleMs, tries, at, createdAt, pulledAt, taken, dead, gap, waits }: EventGroup,
): z.infer<typeof GroupView> => ({
  name,
  visibilitySeconds: Math.max(1, Math.round(visibleMs / 1_000)),
  attempts: tries,
  cursor: at,
  taken,
  dead,
  ...(waits === undefined ? {} : { waitingSince: iso(waits) }),
  ...(gap === undefined ? {} : { gap }),
  createdAt: iso(createdAt),
  ...(pulledAt === undefined ? {} : { pulledAt: iso(pulledAt) }),
})

export const viewOfPulled = ({
  taken,
  gap,
}: Extract<Pulled, { kind: 'events' }>): z.infer<typeof PullAnswer> => ({
  events: taken.map(({ cursor, tries, event }) => ({ receipt: `${cursor}.${tries}`, attempt: tries, event })),
  ...(gap === undefined ? {} : { gap }),
})

export const viewOfDead = (dead: DeadEvent): z.infer<typeof DeadAnswer>['events'][number] => ({
  cursor: dead.cursor,
  attempts: dead.tries,
  diedAt: iso(dead.at),
  ...('event' in dead ? { event: dead.event } : { unreadable: dead.unreadable }),
})

export const receiptOf = (text: string): Receipt => {
  const [cursor = '', tries] = text.split('.')
  return { cursor, tries: Number(tries) }
}
