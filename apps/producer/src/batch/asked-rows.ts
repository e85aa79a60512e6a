import { limits } from '@restyle/shared/contract/limits'
import { z } from 'zod'

/** What a caller asks for by the numbers of rows, counted from 1, as these rows, counted from 0, in their order. */
export const AskedRows = z
  .string()
  .max(2_000, { error: 'is too long: 2000 characters at most' })
  .transform((text, context) => {
    const rows = rowsIn(text)
    if (Array.isArray(rows)) return rows
    context.addIssue({ code: 'custom', message: rows })
    return z.NEVER
  })
  .describe(
    `Of these rows alone, counted from 1: \`3,9,40-60\`, at most ${limits.askedRows} of them; it is no page then`,
  )

/** The rows that a text names, counted from 0, each once; or what is wrong with it. */
export function rowsIn(text: string): number[] | string {
  const ranges = text.split(',').map((part) => {
    const [, from, to = from] = /^([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/.exec(part) ?? []
    return { from: Number(from), to: Number(to) }
  })
  if (!ranges.every(({ from, to }) => from <= to)) return 'must be rows counted from 1, such as 3,9,40-60'
  const rows = new Set<number>()
  for (const { from, to } of ranges)
    for (let row = from; row <= to; row += 1) {
      rows.add(row - 1)
      if (rows.size > limits.askedRows)
        return `names more than ${limits.askedRows} rows: ask for fewer at a time`
    }
  return [...rows].toSorted((a, b) => a - b)
}
