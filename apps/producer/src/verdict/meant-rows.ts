import { type EditState, mapByte, restingByte, retryByte } from '@restyle/shared/contract/edit-state'
import { noVerdict, type Planes, type Verdict, verdictByte } from '@restyle/shared/contract/planes'

/*
 * Which rows of a batch an order means; pure.
 */

/** Rows from `from` on before `to`, counted from 0. */
export type Range = { from: number; to: number }

/** What holds of the rows that are meant: all that is said of it. */
export type Where = {
  state?: EditState | undefined
  verdict?: Verdict | 'none' | undefined
  code?: string | undefined
}

/** Those of a text such as `1-300,7`, counted from 1; a sentence where it is none. */
export function rangesIn(text: string): Range[] | string {
  const ranges: Range[] = []
  for (const part of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,7})(?:-(\d{1,7}))?\s*$/.exec(part) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first === undefined || from < 1 || to < from)
      return `must be rows, counted from 1, such as 1-300,7; "${part.trim().slice(0, 40)}" is none`
    ranges.push({ from: from - 1, to })
  }
  return ranges
}

/** `rows`: a byte for each row: the verdict that it has, or 0 where it is not meant. */
export type Meant = { rows: Buffer; matched: number; skipped: number }

/** What is known of all rows. */
type OfRows = { rows: number; bytes: Pick<Planes['bytes'], 'state' | 'verdict' | 'code'> }

/**
 * The rows that are named, or that all of `where` holds of, but for `except`. Rows that have this verdict are not meant; those
 * without images neither, and are counted as `skipped` where they were named.
 */
export function meantRows(
  { rows, bytes: { state, verdict: verdicts, code } }: OfRows,
  order: {
    verdict: Verdict | undefined
    named?: readonly Range[]
    where?: Where
    except?: readonly Range[]
    codes: readonly string[]
  },
): Meant {
  const { named, where = {}, except = [] } = order
  const meant = new Uint8Array(rows)
  for (const { from, to } of named ?? [{ from: 0, to: rows }]) meant.fill(1, from, Math.min(to, rows))
  for (const { from, to } of except) meant.fill(0, from, Math.min(to, rows))
  const fits = fitOf(where, order.codes)
  const own = byteOf(order.verdict ?? 'none')
  const result = Buffer.alloc(rows)
  let [matched, skipped, last] = [0, 0, 0]
  for (let row = 0; row < rows; row += 1) {
    if (meant[row] === 0 || !fits(state[row], verdicts[row], code[row])) continue
    if (state[row] !== succeeded) skipped += 1
    else if (verdicts[row] !== own) {
      result[row] = verdicts[row] ?? 0
      matched += 1
      last = row + 1
    }
  }
  return { rows: result.subarray(0, last), matched, skipped: named === undefined ? 0 : skipped }
}

const succeeded = mapByte.succeeded.charCodeAt(0)

const byteOf = (verdict: Verdict | 'none'): number =>
  (verdict === 'none' ? noVerdict : verdictByte[verdict]).charCodeAt(0)

/** Whether all that is said holds of a row with these bytes. */
function fitOf({ state, verdict, code }: Where, codes: readonly string[]) {
  // a row that rests is queued to everybody else
  const states = new Set(
    state === undefined
      ? []
      : [mapByte[state], ...(state === 'queued' ? [restingByte, retryByte] : [])].map((byte) =>
          byte.charCodeAt(0),
        ),
  )
  const judged = verdict === undefined ? undefined : byteOf(verdict)
  const place = code === undefined ? undefined : codes.indexOf(code) + 1
  return (stateByte: number | undefined, verdictOfRow: number | undefined, codeOfRow: number | undefined) =>
    (state === undefined || states.has(stateByte ?? 0)) &&
    (judged === undefined || verdictOfRow === judged) &&
    (place === undefined || (place > 0 && codeOfRow === place))
}
