import { mostCodes, otherCodes } from '../contract/planes.ts'
import { pendingFiles } from '../contract/batch-files.ts'
import { shownFields } from '../contract/edit.ts'
import { EditState, isTerminal, mapByte, restingByte, retryByte } from '../contract/edit-state.ts'
import { eventOf } from '../contract/event.ts'
import { mostSeen } from '../forecast/slot-times.ts'

const states = (...some: EditState[]): readonly EditState[] => some

/** How long what is over is kept: an ended edit or batch, and whose a task is. */
export const [keptEditSeconds, keptTaskSeconds] = [30 * 24 * 3600, 2 * 24 * 3600]

/** In the order in which they go. */
export const classes = ['interactive', 'standard', 'bulk'] as const

/**
 * How many edits of a producer, model and class are queued while more rows rest: it is fed below the low mark, up to the high
 * one. Of those that wait for a time a batch has no more than `mostAside`; of those behind an uncertain submit neither, and
 * its producer `mostPast`.
 */
export const marks = { lowMark: 64, highMark: 256, mostAside: 1000, mostPast: 4000 }

/** Ended edits are looked for, to be folded, in slices of so many rows. */
export const sliceRows = 1000

/**
 * Constants of the scripts; lua.ts writes them into the text. Of a list a script asks for the whole
 * (`fact.toldFields`) or whether something is in it (`fact.ends(to)`), of a table for the value (`fact.byteOf(to)`).
 */
export const facts: Readonly<
  Record<string, number | string | readonly string[] | Readonly<Record<string, string | undefined>>>
> = {
  byteOf: mapByte,
  restingByte,
  /** A pattern for as many of them as follow one another. */
  restingRun: `%${restingByte}+`,
  retryByte,
  failedRun: `%${mapByte.failed}+`,
  /** A pattern for a row that may be fed. */
  toFeed: `[${restingByte}${retryByte}]`,
  ...marks,
  sliceRows,
  pendingFiles,
  mostCodes,
  otherCodes,
  mostSeen,
  /** The event that entering a state writes. */
  eventOf,
  classes,
  ends: EditState.options.filter(isTerminal),
  /** The state that a row has ended in, by its byte. */
  endOf: Object.fromEntries(EditState.options.filter(isTerminal).map((state) => [mapByte[state], state])),
  /** While an edit is in one of these, a task of its may run. */
  holdsSlot: states('submitting', 'uncertain', 'running'),
  /** While an edit is in one of these, nobody may submit what could be confused with it. */
  holdsFingerprint: states('submitting', 'uncertain'),
  /** Why is in `uncertainBecause`. */
  isUnsure: states('uncertain', 'review'),
  /** While an edit is in one of these, a task of its may still be billed. */
  keepsReserved: states('submitting', 'uncertain', 'review', 'running'),
  /** What an event keeps of its edit. */
  toldFields: shownFields,
  keptEditSeconds,
  keptTaskSeconds,
}
