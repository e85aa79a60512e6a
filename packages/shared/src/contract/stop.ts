import { z } from 'zod'
import { jsonOf } from './json-of.ts'

/**
 * Why a batch or a producer stands still, each on its own: a person paused it, its budget or its producer's is used up, its
 * producer's day is, or it is outside its window.
 */
export const StopReason = z.enum(['person', 'budget', 'day', 'window'])
export type StopReason = z.infer<typeof StopReason>

/** `at` and `until` in epoch ms; it ends by itself at `until`. `detail` is a sentence for people that says how to go on. */
export type Stop = { reason: StopReason; at: number; until?: number; detail?: string }

const time = z.coerce.number().int()

/** The reasons that are not a person's, as the ledger keeps them. */
export const StopsText = jsonOf(
  z.partialRecord(
    StopReason,
    z.object({ at: time, untilAt: time.exactOptional(), detail: z.string().exactOptional() }),
  ),
)
type Kept = z.infer<typeof StopsText>

/** All reasons, a person's first. */
export function stopsOf(pausedAt: number | undefined, kept: Kept = {}): Stop[] {
  const others = StopReason.options.flatMap((reason): Stop[] => {
    const stop = kept[reason]
    if (stop === undefined) return []
    const { at, untilAt, detail } = stop
    return [
      {
        reason,
        at,
        ...(untilAt === undefined ? {} : { until: untilAt }),
        ...(detail === undefined ? {} : { detail }),
      },
    ]
  })
  return pausedAt === undefined ? others : [{ reason: 'person', at: pausedAt }, ...others]
}

export const StopView = z
  .object({
    reason: StopReason.describe(
      '`person`: somebody paused it. `budget`: what it may cost is used up. `day`: what the producer may cost in a day is. `window`: it is outside its hours',
    ),
    at: z.iso.datetime(),
    until: z.iso.datetime().optional().describe('It ends by itself then'),
    detail: z.string().optional().describe('What happened, and how to go on'),
  })
  .meta({ id: 'Stop' })
export type StopView = z.infer<typeof StopView>

const iso = (at: number): string => new Date(at).toISOString()

export const viewOfStop = ({ reason, at, until, detail }: Stop): StopView => ({
  reason,
  at: iso(at),
  ...(until === undefined ? {} : { until: iso(until) }),
  ...(detail === undefined ? {} : { detail }),
})

/** What an event tells of a stop, or of its end: of a batch, or of all of a producer. */
export const StopTold = z.object({
  batch: z.string().optional(),
  producer: z.string().optional(),
  ...StopView.shape,
})
export type StopTold = z.infer<typeof StopTold>

/** The same as the scripts write it. */
const ToldFields = z.object({
  batch: z.string().optional(),
  producer: z.string().optional(),
  reason: StopReason,
  at: time,
  untilAt: time.optional(),
  detail: z.string().optional(),
})

export function toldOfStop(data: unknown): StopTold {
  const { batch, producer, reason, at, untilAt, detail } = ToldFields.parse(data)
  return {
    ...(batch === undefined ? {} : { batch }),
    ...(producer === undefined ? {} : { producer }),
    reason,
    at: iso(at),
    ...(untilAt === undefined ? {} : { until: iso(untilAt) }),
    ...(detail === undefined ? {} : { detail }),
  }
}
