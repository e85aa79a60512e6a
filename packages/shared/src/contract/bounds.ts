import type { EditState } from './edit-state.ts'

/** How long an edit may stay in a state, what becomes of it then, and which alarm comes before. Printed in docs/reliability.md. */
export type Bound = {
  bound: string
  /** The numbers of the bound, as the code uses them. Times in milliseconds. */
  most?: Readonly<Record<string, number>>
  outcome: string
  alarm: string
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const ended: Bound = {
  bound: 'ended',
  outcome: 'in a batch folded into the bucket after `RESTYLE_KEEP_DAYS`; else forgotten after 30 days',
  alarm: 'none',
}

/** No state is for ever by itself. What waits without an end waits for a person, who is called. */
export const bounds = {
  queued: {
    bound:
      'its submits came to nothing 3 times for one code of the vendor, 10 times in all, or 60 times together with other edits while the lane pauses for a minute each time; 60 of its tasks failed for the account; turned away 100 times over a day in which its lane took other edits (throttled, not sent, too late); as long as the lane takes nothing, it is waited for, and the lane pauses for a minute each time; a source is tried 4 times whose store refuses it, and for 24 h where it is away; rows that rest are tried for an hour, 20 times at least, where the bucket has lost their chunk',
    most: {
      rowTries: 20,
      rowsMs: hourMs,
      returnsForOneCode: 3,
      returnsInAll: 10,
      returnsWithLane: 60,
      turnedAway: 100,
      turnedAwayMs: 24 * hourMs,
      turnedAwayAlarm: 20,
      turnedAwayAlarmMs: 2 * hourMs,
      standstillMs: 10 * minuteMs,
      standstillAgainMs: hourMs,
    },
    outcome:
      "`failed` with the vendor's words, with `NeverAnswered`, `NeverSent`, `SourceUnreadable` or `RowsUnreadable`",
    alarm:
      '`submit came to nothing again and again, the edit failed`; `edit is turned away again and again while its lane takes others`, after 2 h; `lane paused for a minute: the account needs a person`; `lane takes nothing: the vendor cannot be reached or throttles it`, after 10 minutes; `backlog does not move` and `bucket of sources cannot be read: the edits that name it wait`, after 15; `resting rows cannot be read: their batch does not go on`, after 10',
  },
  submitting: {
    bound: 'the lease: `RESTYLE_RECEIPT_DEADLINE_MS` and `RESTYLE_POST_DEADLINE_MS`, 9 s',
    outcome: '`uncertain`, or `queued` where its receipts prove that nothing was sent',
    alarm: 'none: it lasts only seconds',
  },
  uncertain: {
    bound:
      '23 h after its first intent; before that 10 looks over 10 minutes that the vendor refuses or garbles, whose receipts cannot be read, or for which no lane leads there, and 10 over 3 h that its refusal of the account answers',
    most: {
      ageMs: 23 * hourMs,
      looks: 10,
      refusedMs: 10 * minuteMs,
      unreachableMs: 10 * minuteMs,
      accountMs: 3 * hourMs,
      alarmLooks: 5,
      alarmSilentMs: 10 * minuteMs,
    },
    outcome: '`review` with the reason; with `RESTYLE_ON_UNKNOWN=resubmit` it is submitted again',
    alarm:
      '`uncertain edit could not be looked up again and again`; `uncertain edit is on a lane that no worker here reaches`',
  },
  review: {
    bound: 'none: a person decides',
    outcome: '`running`, `queued`, `failed` or `canceled`, as decided',
    alarm:
      '`submit stays uncertain: a person decides` or `task is paid and shows no image: a person decides`, and the event `restyle.edit.held`',
  },
  running: {
    bound:
      '24 h after its submit where the vendor says that it does not know its task, 25 h where it refuses to tell or no lane leads there, 48 h where it does not answer or names no end; before that 5 refusals of its query over a minute, and 10 minutes in which a paid task shows no image',
    most: { unknownMs: 24 * hourMs, forgottenMs: 25 * hourMs, surelyForgottenMs: 48 * hourMs, oldMs: hourMs },
    outcome:
      "`rendered` where the bucket has its images; else `failed` with `TaskExpired` or the vendor's words, or `review` where it is paid and shows none",
    alarm:
      '`task is over an hour old`; `task is on a lane that this worker does not have`; `vendor has not been reached for minutes`; at the end `task was given up: what it made is lost`',
  },
  rendered: {
    bound:
      'the life of its addresses, 24 h; an image on the disk of another machine is waited for `RESTYLE_SPILL_WAIT_MS` longer',
    outcome:
      '`succeeded` with what was stored or is found in the bucket, or `failed` with `ImageExpired` or `ImageStranded`; a person may give images up before',
    alarm:
      '`rendered images are not stored and their addresses die soon`; `image is on the disk of a machine that has not brought it to the bucket`',
  },
  succeeded: ended,
  failed: ended,
  canceled: ended,
} as const satisfies Readonly<Record<EditState, Bound>>
