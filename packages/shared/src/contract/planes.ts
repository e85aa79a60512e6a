import { mapByte, restingByte, retryByte } from './edit-state.ts'

/*
 * What is known of each row of a batch, one byte each, in planes: `state`, `verdict`, `code` and `redo`, in this order. So a
 * million rows are four megabytes, which a browser filters and counts at once.
 */

export const planeNames = ['state', 'verdict', 'code', 'redo'] as const
export type PlaneName = (typeof planeNames)[number]

/** Those that whoever names none is sent: readers of before `redo` count on three. */
export const usualPlanes: readonly PlaneName[] = ['state', 'verdict', 'code']

/** What a person thinks of a result. */
export type Verdict = 'approved' | 'rejected' | 'redo'

/** The byte of a row in the plane `verdict`. */
export const verdictByte: Readonly<Record<Verdict, string>> = { approved: 'a', rejected: 'r', redo: 'd' }

/** The byte of a row that nobody has judged. */
export const noVerdict = '.'

/** A byte of the plane `code` is a place in the batch's list of codes: so many have one of their own, and all others share the last. */
export const [mostCodes, otherCodes] = [254, 'other']

/** Bytes of the rows of a batch, one for each row; `version` grows whenever one of them changes. */
export type Planes = { version: number; rows: number; bytes: Readonly<Record<PlaneName, Buffer>> }

const padding = { state: 0, verdict: noVerdict.charCodeAt(0), code: 0, redo: 0 } as const

/**
 * A plane of so many rows from what the ledger holds of it, which may be shorter, longer or nothing at all. Rows without a byte
 * have 0 in `state`: they are on their way, or Redis has lost them and they come back from the bucket.
 */
export function planeOf(name: PlaneName, held: Buffer, rows: number): Buffer {
  if (held.length >= rows && name !== 'verdict') return held.subarray(0, rows)
  const plane = Buffer.alloc(rows, padding[name])
  held.copy(plane, 0, 0, rows)
  // between two rows that were judged Redis has written zeros
  if (name === 'verdict')
    for (let at = 0; at < rows; at += 1) if (plane[at] === 0) plane[at] = padding.verdict
  return plane
}

/** The bytes of the planes as lines of Markdown. */
export const planesText = (): string =>
  [
    `- \`state\`: ${listOf(mapByte)}; \`${restingByte}\` rests in the bucket and \`${retryByte}\` is to be tried once more, both \`queued\` elsewhere; 0: not known yet`,
    `- \`verdict\`: ${listOf(verdictByte)}; \`${noVerdict}\` none`,
    `- \`code\`: 0, or the place, counted from 1, of the code with which its newest edit failed in \`codes\` of the batch. One that is to be tried once more has its code until it has its new edit`,
    `- \`redo\`: 0, or the state of that redo of the row which has changed last, by the bytes of \`state\`. Only where it is asked for`,
  ].join('\n')

const listOf = (bytes: Readonly<Record<string, string>>): string =>
  Object.entries(bytes)
    .map(([name, byte]) => `\`${byte}\` ${name}`)
    .join(', ')
