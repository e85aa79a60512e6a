import { z } from 'zod'

const Span = z
  .object({ from: z.iso.datetime(), to: z.iso.datetime() })
  .describe('In nine of ten cases it is in between, as long as nobody else enqueues')

const detail = z.string().describe('The same in a sentence, with what it is reckoned from or what to do')

/** When rows begin and end, as a producer sees it. */
export const ForecastView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('range'),
    begin: Span,
    end: Span,
    tasksSeen: z
      .int()
      .describe('Tasks of these lanes that it is reckoned from; with fewer than ten it is wide'),
    imagesPerHour: z.int().describe('What the lanes render in an hour, for all producers'),
    pause: z
      .object({
        afterRows: z.int(),
        ofRows: z.int().describe('How many wait now'),
        at: z.iso.datetime().describe('At about that time'),
        until: z.iso.datetime().describe('It goes on by itself then'),
        detail,
      })
      .optional()
      .describe(
        'Where the cap of the producer for a day is reached first; `end` is reckoned with all such days',
      ),
    detail,
  }),
  z.object({
    kind: z.literal('stops'),
    afterRows: z.int().describe('So many more rows can be paid; then it stands still'),
    ofRows: z.int().describe('How many wait now'),
    at: z.iso.datetime().optional().describe('At about that time, where that is known'),
    by: z
      .enum(['budget', 'total', 'day', 'currency'])
      .describe(
        '`budget`: of the batch. `total`: the cap of the producer. `day`: its cap for a day, under which not one edit fits. `currency`: none of these is set in the currency of a lane.',
      ),
    detail,
  }),
  z.object({
    kind: z.literal('unknown'),
    reason: z.enum(['no-lane', 'lane-paused', 'producer-paused', 'batch-paused', 'nothing-ends', 'too-far']),
    detail,
  }),
])
export type ForecastView = z.infer<typeof ForecastView>
