import type { Edit } from '@restyle/shared/contract/edit'
import { Currency } from '@restyle/shared/contract/money'
import type { BatchRecord } from '@restyle/shared/ledger/made'
import { explainFailure, type FailureWords } from './explain-failure.ts'

/** What came to nothing for one code. Times in epoch ms. */
export type FailureSum = FailureWords & {
  code: string
  edits: number
  batches: number
  /** Of the edits that were read; absent where none of this code was. */
  example?: { id: string; key: string; message: string }
  firstAt?: number
  lastAt?: number
  /** How many of these failed in each of the last 24 hours, the hour of now last. */
  hours?: number[]
  /** What those that were read were billed all the same, in micro-currency, by currency. */
  billed: { currency: Currency; micros: number }[]
}

type Counted = { edits: number; batches: Set<string>; read: Edit[] }

const hourMs = 3600_000
const toldHours = 24

/** The beginning (epoch ms) of the first of the 24 hours that end with the hour of `now`. */
export const firstHour = (now: number): number => (Math.floor(now / hourMs) + 1 - toldHours) * hourMs

/** How many of these times (epoch ms) are in each of the 24 hours; what is after the last one counts to it. */
export function hoursOf(times: readonly number[], now: number): number[] {
  const hourOf = (time: number) => Math.min(Math.floor((time - firstHour(now)) / hourMs), toldHours - 1)
  const hours = times.map(hourOf)
  return Array.from({ length: toldHours }, (_, at) => hours.filter((hour) => hour === at).length)
}

/**
 * Adds failures up by code, most edits first. Batches tell how many of their rows failed; single edits are counted as they are
 * read, and the edits that were read tell when and for what money. `now`: epoch ms.
 */
export function sumFailures(
  records: readonly BatchRecord[],
  edits: readonly Edit[],
  now: number,
): FailureSum[] {
  const byCode = new Map<string, Counted>()
  const of = (code: string): Counted => {
    const counted = byCode.get(code) ?? { edits: 0, batches: new Set(), read: [] }
    byCode.set(code, counted)
    return counted
  }
  for (const record of records) {
    if (record.kind !== 'batch') continue
    for (const [code, rows] of record.failures) {
      if (rows <= 0) continue
      of(code).edits += rows
      of(code).batches.add(record.batch.id)
    }
  }
  for (const edit of edits) {
    if (edit.failure === undefined) continue
    const counted = of(edit.failure.code)
    counted.read.push(edit)
    if (edit.batch === '') counted.edits += 1
  }
  return [...byCode]
    .map(([code, counted]) => sumOf(code, counted, now))
    .toSorted((a, b) => b.edits - a.edits || (a.code < b.code ? -1 : 1))
}

function sumOf(code: string, { edits, batches, read }: Counted, now: number): FailureSum {
  const times = read.map(({ updatedAt }) => updatedAt)
  const newest = read.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]
  return {
    code,
    // one that failed after its batch was read
    edits: Math.max(edits, read.length),
    batches: batches.size,
    ...explainFailure(code, newest?.failure?.message),
    ...(newest === undefined
      ? {}
      : {
          example: { id: newest.id, key: newest.key, message: newest.failure?.message ?? '' },
          firstAt: times.reduce((a, b) => Math.min(a, b), Infinity),
          lastAt: newest.updatedAt,
          hours: hoursOf(times, now),
        }),
    billed: billedOf(read),
  }
}

const billedOf = (read: readonly Edit[]): FailureSum['billed'] =>
  Currency.options.flatMap((currency) => {
    const micros = read
      .filter((edit) => (edit.currency ?? 'CNY') === currency)
      .reduce((sum, { billed }) => sum + billed, 0)
    return micros === 0 ? [] : [{ currency, micros }]
  })
