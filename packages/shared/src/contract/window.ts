import { z } from 'zod'
import { faultOfZone } from '../zone/wall-clock.ts'
import { weekdays } from '../zone/window.ts'

/** The name of a time zone of the IANA database. */
export const TimeZone = z
  .string()
  .superRefine((name, context) => {
    const fault = faultOfZone(name)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
  .describe('A name of the IANA database, such as Europe/Paris')

/** A time of day on the wall, to the minute. */
export const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time from 00:00 to 23:59, such as 22:00' })

const Weekdays = z.array(z.enum(weekdays))

/** Hours of each day in which rows of a batch are submitted. */
export const Window = z
  .strictObject({
    from: ClockTime,
    to: ClockTime,
    timeZone: TimeZone,
    days: Weekdays.min(1)
      .max(weekdays.length)
      .refine((days) => new Set(days).size === days.length, { error: 'names a day twice' })
      .exactOptional()
      .describe(
        'Only on these days of the week. Hours that go over midnight belong to the day on which they begin',
      ),
  })
  .refine(({ from, to }) => from !== to, {
    error: 'is empty: it ends when it begins; leave it out for the whole day',
  })
  .meta({
    description:
      'Outside of it no row is submitted; what runs ends. It holds its beginning and not its end, and may go over midnight.',
  })
export type Window = z.infer<typeof Window>

/** The same as it was accepted: read as it stands. */
export const KeptWindow = z.object({
  from: z.string(),
  to: z.string(),
  timeZone: z.string(),
  days: Weekdays.exactOptional(),
})

/** Which run of which schedule a batch is; `tick` in ISO 8601. */
export const RunOf = z.object({ name: z.string(), tick: z.string() })
