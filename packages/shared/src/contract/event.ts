import { z } from 'zod'
import { BatchView } from './batch.ts'
import { EditRefused } from './edit-refused.ts'
import { EditView, Failure } from './edit.ts'
import type { EditState } from './edit-state.ts'
import { ScheduleEventData, ScheduleEventType } from './schedule-event.ts'
import { StopTold } from './stop.ts'
import { EditReviewed, RowsReviewed } from './verdict.ts'
import { WebhookDisabled, WebhookEventType, WebhookGap, WebhookTest } from './webhook-event.ts'

/**
 * What producers are told, as CloudEvents 1.0 in JSON. `id` is the same on every repeat of the same fact; the place in
 * the producer's stream is not part of the event (it is the cursor it is read by).
 */
export const EventType = z.enum([
  'restyle.edit.succeeded',
  'restyle.edit.failed',
  'restyle.edit.canceled',
  /** The outcome of a submit could not be established: a person, or the policy, decides. */
  'restyle.edit.held',
  /** It came through the intake queue, where nobody is answered, and was refused: there is no such edit. */
  'restyle.edit.refused',
  /** A person has judged its images, or taken that back. */
  'restyle.edit.reviewed',
  /** A person has judged many rows at once, or that was undone. */
  'restyle.rows.reviewed',
  /** Rows of a canceled batch ended that were not edits of their own yet. */
  'restyle.rows.canceled',
  /** Rows failed that were not edits of their own yet: the bucket has lost them. */
  'restyle.rows.failed',
  /** It stands still for a reason, or no longer for that reason; another may stop it still. */
  'restyle.batch.paused',
  'restyle.batch.resumed',
  /** The same for all that the producer has. */
  'restyle.producer.paused',
  'restyle.producer.resumed',
  /** It is expected to end after the time by which it should be done. */
  'restyle.batch.late',
  'restyle.batch.completed',
  ...ScheduleEventType.options,
  /** Its results and its report are in the bucket. */
  'restyle.batch.stored',
  ...WebhookEventType.options,
])
export type EventType = z.infer<typeof EventType>

/** What a producer is told when an edit enters a state. */
export const eventOf: Readonly<Record<EditState, EventType | undefined>> = {
  queued: undefined,
  submitting: undefined,
  uncertain: undefined,
  review: 'restyle.edit.held',
  running: undefined,
  rendered: undefined,
  succeeded: 'restyle.edit.succeeded',
  failed: 'restyle.edit.failed',
  canceled: 'restyle.edit.canceled',
}

/**
 * Rows that ended as canceled in one go, counted from 0: `rows` of those from `firstRow` to `lastRow`, namely all that have no
 * event of their own. Each such row is an edit that is canceled to whoever reads it.
 */
export const RowsCanceled = z.object({
  batch: z.string(),
  firstRow: z.int(),
  lastRow: z.int(),
  rows: z.int(),
})
export type RowsCanceled = z.infer<typeof RowsCanceled>

/** A batch that is expected too late, and when its end is expected. */
export const BatchLate = z.object({
  batch: z.string(),
  finishBy: z.iso.datetime(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
})
export type BatchLate = z.infer<typeof BatchLate>

/** The same as the script writes it: times in epoch ms, as text. */
export function toldOfLate(data: unknown): BatchLate {
  const time = z.coerce.number().int()
  const { batch, ...times } = z
    .object({ batch: z.string(), finishBy: time, from: time, to: time })
    .parse(data)
  const iso = (at: number): string => new Date(at).toISOString()
  return { batch, finishBy: iso(times.finishBy), from: iso(times.from), to: iso(times.to) }
}

/** Rows that failed in one go, counted as those above. */
export const RowsFailed = RowsCanceled.extend({ failure: Failure })
export type RowsFailed = z.infer<typeof RowsFailed>

/** The events of a batch as a whole. */
export const BatchEvent = EventType.extract(['restyle.batch.completed', 'restyle.batch.stored'])

/** The events of stops. */
export const StopEvent = EventType.extract([
  'restyle.batch.paused',
  'restyle.batch.resumed',
  'restyle.producer.paused',
  'restyle.producer.resumed',
])

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  /** The edit's id, the batch's, the producer's name, the schedule's, or the webhook's id. */
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
}

export const RestyleEvent = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: EventType.exclude([
      'restyle.edit.refused',
      'restyle.edit.reviewed',
      'restyle.rows.reviewed',
      'restyle.batch.late',
      'restyle.rows.canceled',
      'restyle.rows.failed',
      ...BatchEvent.options,
      ...StopEvent.options,
      ...ScheduleEventType.options,
      ...WebhookEventType.options,
    ]),
    data: EditView,
  }),
  z.object({ ...envelope, type: z.literal('restyle.rows.canceled'), data: RowsCanceled }),
  z.object({ ...envelope, type: BatchEvent, data: BatchView }),
  z.object({ ...envelope, type: z.literal('restyle.batch.late'), data: BatchLate }),
  z.object({ ...envelope, type: z.literal('restyle.rows.failed'), data: RowsFailed }),
  z.object({ ...envelope, type: StopEvent, data: StopTold }),
  z.object({ ...envelope, type: ScheduleEventType, data: ScheduleEventData }),
  z.object({ ...envelope, type: z.literal('restyle.edit.refused'), data: EditRefused }),
  z.object({ ...envelope, type: z.literal('restyle.edit.reviewed'), data: EditReviewed }),
  z.object({ ...envelope, type: z.literal('restyle.rows.reviewed'), data: RowsReviewed }),
  z.object({ ...envelope, type: z.literal('restyle.webhook.disabled'), data: WebhookDisabled }),
  z.object({ ...envelope, type: z.literal('restyle.webhook.gap'), data: WebhookGap }),
  z.object({ ...envelope, type: z.literal('restyle.webhook.test'), data: WebhookTest }),
])
export type RestyleEvent = z.infer<typeof RestyleEvent>
