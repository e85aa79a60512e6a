import { z } from 'zod'

/** The states of an edit. The diagram of the moves between them is in docs/architecture.md. */
export const EditState = z.enum([
  'queued',
  'submitting',
  'uncertain',
  'review',
  'running',
  'rendered',
  'succeeded',
  'failed',
  'canceled',
])
export type EditState = z.infer<typeof EditState>

/** Every move the ledger allows. A move that is not listed here is a bug and is thrown. */
export const moves: Readonly<Record<EditState, readonly EditState[]>> = {
  queued: ['queued', 'submitting', 'failed', 'canceled'],
  submitting: ['running', 'queued', 'uncertain', 'review', 'failed'],
  uncertain: ['uncertain', 'running', 'queued', 'review', 'failed'],
  review: ['running', 'queued', 'failed', 'canceled'],
  running: ['running', 'rendered', 'queued', 'review', 'failed', 'canceled'],
  rendered: ['rendered', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
  canceled: [],
}

/** An edit in one of these has ended: nothing moves it any more, and its producer has been told. */
export const isTerminal = (state: EditState): boolean => moves[state].length === 0

/** One byte per row in a batch's map, so that a million rows are one megabyte and one read. */
export const mapByte: Readonly<Record<EditState, string>> = {
  queued: 'q',
  submitting: 's',
  uncertain: 'u',
  review: 'v',
  running: 'r',
  rendered: 'd',
  succeeded: '+',
  failed: '-',
  canceled: 'x',
}

const endBytes = EditState.options.filter(isTerminal).map((state) => mapByte[state])
const endedOnly = new RegExp(
  `^[${endBytes.map((byte) => `\\u00${byte.charCodeAt(0).toString(16)}`).join('')}]*$`,
)

/** Whether each of these bytes is of a row that has ended. */
export const allEnded = (bytes: string): boolean => endedOnly.test(bytes)

/** The byte of a row that rests in the bucket: it is `queued`, and no edit of the ledger yet. */
export const restingByte = '.'

/** The byte of a row whose newest edit failed and that is to get another one: it rests until then. */
export const retryByte = '~'
