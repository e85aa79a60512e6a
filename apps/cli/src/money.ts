import type { Client } from '@restyle/client/client'
import type { Budget, Usage } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import type { Io } from './io.ts'
import { countText } from './show/count-text.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type Column, tableLines } from './show/table.ts'
import type { ExitCode } from './stop.ts'

export type BudgetFlags = { currency: Budget['currency']; json?: true }

/** Sets what a batch may cost (micro-currency); null: nobody says. */
export async function setBudget(
  id: string,
  micros: number | null,
  { currency, json }: BudgetFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const batch = await client.batches.setBudget(id, micros === null ? null : { currency, micros })
  if (json === true) {
    await writeRaw(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
    return 0
  }
  const { budget } = batch
  const says =
    budget === undefined
      ? 'has no budget'
      : `may cost ${moneyText(budget)}, of which ${moneyText({ ...budget, micros: budget.freeMicros })} is free`
  printLines(io.stdout, `${batch.id} ${says}`)
  const stopped = batch.stops?.find(({ reason }) => reason === 'budget')
  if (stopped?.detail !== undefined) printLines(io.stdout, `It still stands: ${stopped.detail}`)
  return 0
}

export type UsageFlags = {
  by: Usage['by']
  from?: string
  to?: string
  producer?: string
  json?: true
}
type Row = Usage['rows'][number]

const pageSize = 1_000

/** Lists what was spent, and the sums of each currency. */
export async function usage(flags: UsageFlags, client: Client, io: Io): Promise<ExitCode> {
  const { by, from, to, producer, json } = flags
  const query = {
    by,
    limit: pageSize,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(producer === undefined ? {} : { producer }),
  }
  const rows: Row[] = []
  let page = await client.usage(query, { signal: io.signal })
  const first = page
  for (;;) {
    if (json === true)
      await writeRaw(io.stdout, page.rows.map((row) => `${JSON.stringify(row)}\n`).join(''), io.signal)
    else rows.push(...page.rows)
    if (page.nextCursor === undefined) break
    // the same days, also after midnight
    const days = { from: first.from, to: first.to }
    page = await client.usage({ ...query, ...days, cursor: page.nextCursor }, { signal: io.signal })
  }
  if (json === true) return 0
  const { columns } = io.stdout as { columns?: number }
  const names = await namesOf(by, client)
  const shown = tableLines(columnsOf(by, names), rows, columns)
  const nothing = `nothing from ${first.from} to ${first.to}`
  printLines(io.stdout, ...(rows.length === 0 ? [nothing] : [...shown, ...totalLines(first)]))
  return 0
}

const columnsOf = (by: Usage['by'], names: ReadonlyMap<string, string>): Column<Row>[] => [
  { head: by.toUpperCase(), cell: ({ name }) => names.get(name) ?? name, least: 16 },
  { head: 'BILLED', cell: moneyText, right: true },
  ...(by === 'day' || by === 'producer'
    ? [
        {
          head: 'RESERVED',
          cell: (row: Row) => moneyText({ ...row, micros: row.reservedMicros }),
          right: true as const,
          leaves: 1,
        },
      ]
    : []),
  { head: 'IMAGES', cell: ({ images }) => String(images), right: true, leaves: 2 },
]

const totalLines = ({ from, to, totals }: Usage): string[] =>
  totals.map((total) => {
    const reserved =
      total.reservedMicros === 0
        ? ''
        : `, and ${moneyText({ ...total, micros: total.reservedMicros })} reserved`
    return `${from} to ${to}: ${moneyText(total)} for ${countText(total.images, 'image')}${reserved}`
  })

/** What the names of rows stand for. */
async function namesOf(by: Usage['by'], client: Client): Promise<ReadonlyMap<string, string>> {
  if (by === 'batch')
    return new Map([
      ['-', '(edits that came alone)'],
      ['+', '(more batches)'],
    ])
  if (by !== 'lane') return new Map()
  // only an admin sees their names
  const lanes = await client.lanes.list().catch(() => [])
  return new Map(lanes.map(({ id, name }) => [id, name]))
}
