import type { BatchFilter } from '@restyle/client/batches'
import type { Client } from '@restyle/client/client'
import type { EditFilter } from '@restyle/client/edits'
import type { Batch, Edit } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type Column, tableLines } from './show/table.ts'
import { timeText } from './show/time-text.ts'
import type { ExitCode } from './stop.ts'

type ListFlags = { limit?: number; all?: true; json?: true }

/** The flags of `restyle batches`. */
export type BatchesFlags = ListFlags & {
  name?: string
  state?: NonNullable<BatchFilter['state']>
  error?: string
  from?: (now: number) => string
  to?: (now: number) => string
}

/** The flags of `restyle edits`. */
export type EditsFlags = ListFlags & {
  batch?: string
  name?: string
  state?: string
  keyPrefix?: string
  error?: string
  from?: (now: number) => string
  to?: (now: number) => string
}

/** How many are listed unless more are asked for. */
const shown = { batches: 20, edits: 50 }

/** Lists batches, the newest first: as a table that fits the terminal, or as JSON lines. */
export async function batches(flags: BatchesFlags, client: Client, io: Io): Promise<ExitCode> {
  const { name, state, error: errorCode, from, to } = flags
  const most = mostOf(flags, shown.batches)
  const left: string[] = []
  const filter: BatchFilter = defined({
    name,
    state,
    errorCode,
    from: from?.(io.now()),
    to: to?.(io.now()),
    ...pageSize(most),
  })
  const listed = client.batches.list(filter, { unreadable: ({ id }) => left.push(id) })
  return show(listed, { what: 'batches', columns: batchColumns, most, left }, flags, io)
}

/** Lists edits: the newest batch or single edit first, rows in their order. */
export async function edits(flags: EditsFlags, client: Client, io: Io): Promise<ExitCode> {
  const { batch, name, state, keyPrefix, error: errorCode, from, to } = flags
  const most = mostOf(flags, shown.edits)
  const left: string[] = []
  const filter: EditFilter = defined({
    batch,
    name,
    state,
    keyPrefix,
    errorCode,
    from: from?.(io.now()),
    to: to?.(io.now()),
    ...pageSize(most),
  })
  const listed = client.edits.list(filter, { unreadable: ({ id }) => left.push(id) })
  return show(listed, { what: 'edits', columns: editColumns, most, left }, flags, io)
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>

const mostOf = ({ limit, all, json }: ListFlags, usual: number): number =>
  limit ?? (all === true || json === true ? Infinity : usual)

/** One more than is shown, so that it can be said whether there are more. */
const pageSize = (most: number) => (most < 500 ? { limit: most + 1 } : {})

async function show<Item>(
  listed: AsyncIterable<Item>,
  {
    what,
    columns,
    most,
    left,
  }: { what: string; columns: readonly Column<Item>[]; most: number; left: string[] },
  { json, limit }: ListFlags,
  io: Io,
): Promise<ExitCode> {
  let count = 0
  let more = false
  let block: Item[] = []
  const print = () => {
    // of a long list each block has its own widths: nothing is kept that was printed
    if (block.length > 0) printLines(io.stdout, ...tableLines(columns, block, widthOf(io)))
    block = []
  }
  for await (const item of listed) {
    more = count === most
    if (more) break
    count += 1
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify(item)}\n`, io.signal)
    else if (block.push(item) === blockSize) print()
  }
  print()
  if (json !== true && count === 0) printLines(io.stdout, `No ${what} found.`)
  if (more && limit === undefined)
    printLines(io.stderr, `there are more: --all lists all of them, --limit <count> as many as you say`)
  if (left.length === 0) return 0
  printLines(io.stderr, `left out, since the producer cannot read them: ${left.join(', ')}`)
  return 1
}

const blockSize = 500

const widthOf = ({ stdout }: Io): number | undefined =>
  stdout.isTTY === true ? (stdout.columns ?? 80) : undefined

const batchColumns: readonly Column<Batch>[] = [
  { head: 'BATCH', cell: ({ id }) => id },
  { head: 'STATE', cell: stateOf },
  { head: 'ENDED', cell: ({ counts, total }) => `${endedOf(counts)}/${total}`, right: true },
  { head: 'FAILED', cell: ({ counts }) => String(counts.failed), right: true, leaves: 2 },
  { head: 'COST', cell: ({ cost }) => costText(cost), right: true, leaves: 3 },
  { head: 'OPENED', cell: ({ createdAt }) => timeText(createdAt), leaves: 4 },
  { head: 'NAME', cell: ({ name = '' }) => name, least: 8, leaves: 1 },
]

const editColumns: readonly Column<Edit>[] = [
  { head: 'KEY', cell: ({ key }) => key, least: 8 },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'ERROR', cell: ({ failure }) => failure?.code ?? '', least: 8, leaves: 2 },
  { head: 'COST', cell: ({ cost }) => costText(cost), right: true, leaves: 3 },
  { head: 'CHANGED', cell: ({ updatedAt }) => timeText(updatedAt), leaves: 4 },
  { head: 'EDIT', cell: ({ id }) => id, leaves: 1 },
]

const costText = ({ currency, micros }: Edit['cost']): string =>
  moneyText({ currency: currency as 'CNY', micros })

const endedOf = ({ succeeded, failed, canceled }: Batch['counts']): number => succeeded + failed + canceled

function stateOf({ open, completedAt, canceledAt, stops = [] }: Batch): string {
  if (canceledAt !== undefined) return 'canceled'
  if (completedAt !== undefined) return 'completed'
  if (stops.length > 0) return 'paused'
  return open === true ? 'open' : 'active'
}
