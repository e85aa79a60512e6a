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
  /** What those that were read were billed all the same, in micro-currency, by currency. */
  billed: { currency: Currency; micros: number }[]
}

type Counted = { edits: number; batches: Set<string>; read: Edit[] }

/**
 * Adds failures up by code, most edits first. Batches tell how many of their rows failed; single edits are counted as they are
 * read, and the edits that were read tell when and for what money.
 */
export function sumFailures(records: readonly BatchRecord[], edits: readonly Edit[]): FailureSum[] {
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
    .map(([code, counted]) => sumOf(code, counted))
    .toSorted((a, b) => b.edits - a.edits || (a.code < b.code ? -1 : 1))
}

function sumOf(code: string, { edits, batches, read }: Counted): FailureSum {
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
