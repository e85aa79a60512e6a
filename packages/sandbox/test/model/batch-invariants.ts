import type { Edit } from '@restyle/shared/contract/edit'
import { EditState, isTerminal, mapByte } from '@restyle/shared/contract/edit-state'
import { defaultModel } from '@restyle/dashscope/models'
import { editIdOfTake } from '@restyle/shared/ledger/batches'
import { batchId, producer, rowsPerBatch } from './batch.ts'
import type { SmallWorld } from './small-world.ts'

/** The edits that the ledger has of the batch, all takes of each row, by rows. */
export async function editsOfBatch({ ledger }: SmallWorld): Promise<Edit[]> {
  const { retries = 0 } = (await ledger.readBatch(batchId)) ?? {}
  const ids = Array.from({ length: rowsPerBatch }, (_, row) =>
    Array.from({ length: retries + 1 }, (__, i) => editIdOfTake(batchId, row, i + 1)),
  )
  return (await ledger.readMany(ids.flat())).filter((edit): edit is Edit => edit !== undefined)
}

/** What does not hold of the batch once nothing moves: every row is in one state, and all books of it agree. */
export async function faultOfBatch(world: SmallWorld, edits: readonly Edit[]): Promise<string | undefined> {
  const { ledger, acked } = world
  if (!acked.has(batchId)) return undefined
  const batch = await ledger.readBatch(batchId)
  if (batch === undefined) return `I1: ${batchId} was accepted and is gone`
  const own = edits.filter((edit) => edit.batch === batchId)
  const map = await ledger.readMap(batchId)
  const { bytes } = await ledger.readPlanes(batch)
  for (let row = 0; row < rowsPerBatch; row += 1) {
    const newest = own.findLast((edit) => edit.row === row)
    const expected = newest === undefined ? mapByte.canceled : mapByte[newest.state]
    if (map[row] !== expected)
      return `I7: row ${row} is ${map[row]} in the map, and its edit is ${newest?.state ?? 'not there'}`
    const code = batch.codes?.[(bytes.code[row] ?? 0) - 1]
    if (code !== (newest?.state === 'failed' ? newest.failure?.code : undefined))
      return `I7: row ${row} has the code ${code}, and its edit ${newest?.failure?.code ?? 'none'}`
  }
  const counts = EditState.options.map((state) => batch[state])
  const sum = counts.reduce((total, count) => total + count, batch.resting)
  if (sum !== rowsPerBatch || batch.total !== rowsPerBatch)
    return `I7: ${batchId} counts ${sum} of ${rowsPerBatch} rows, ${batch.total} in total`
  for (const state of EditState.options) {
    const rows = map.split(mapByte[state]).length - 1
    if (batch[state] !== rows) return `I7: ${batchId} counts ${batch[state]} ${state}, and ${rows} rows are`
  }
  for (const money of ['billed', 'reserved'] as const) {
    const micros = own.reduce((total, edit) => total + edit[money], 0)
    if (batch[money] !== micros)
      return `I7: ${batchId} counts ${batch[money]} ${money}, and its edits ${micros}`
  }
  return (await faultOfBatchEvents(world, own)) ?? faultOfBatchLeftovers(world, own)
}

const isAskedToEnd = ({ cancelAsked }: Edit): boolean => cancelAsked !== undefined

/** A row that was canceled at rest is told of in a range. */
async function faultOfBatchEvents(
  { ledger, past }: SmallWorld,
  own: readonly Edit[],
): Promise<string | undefined> {
  const events = (await ledger.events(producer).page('0', 1000)).map(({ event }) => event)
  const quiet = Array.from({ length: rowsPerBatch }, (_, row) => row).filter((row) =>
    own.every((edit) => edit.row !== row),
  )
  const ranges = events.flatMap((event) => (event.type === 'restyle.rows.canceled' ? [event.data] : []))
  const untold = quiet.find((row) => !ranges.some((range) => row >= range.firstRow && row <= range.lastRow))
  if (untold !== undefined) return `I4: row ${untold} ended as canceled and nobody was told`
  const told = ranges.reduce((sum, { rows }) => sum + rows, 0)
  // of those that were opened again: they were canceled at rest while Redis did not know of their submits
  const again = past.forgot ? new Set(own.filter(isAskedToEnd).map(({ row }) => row)).size : 0
  if (told < quiet.length || told > quiet.length + again)
    return `I4: ${told} rows were told as canceled at rest, and ${quiet.length} were`
  const completed = events.filter(({ type }) => type === 'restyle.batch.completed').map(({ id }) => id)
  const isOver = own.every(({ state }) => isTerminal(state))
  if (isOver && completed.length === 0) return 'I4: the batch is complete and nobody was told'
  if (new Set(completed).size !== completed.length) return 'I4: the end of the batch was told twice'
  return undefined
}

async function faultOfBatchLeftovers(
  { redis, keys, ledger, act }: SmallWorld,
  own: readonly Edit[],
): Promise<string | undefined> {
  // whoever died while he fed kept it from others for some seconds
  await act({ kind: 'pass', seconds: 10 })
  if ((await ledger.nextToFeed()).kind === 'feed') return 'I7: a row is to be fed still'
  const open = own.filter(({ state }) => !isTerminal(state)).length
  const left: Record<string, number> = {
    'edits that are open': (await redis.scard(keys.openEdits(batchId))) - open,
    'orders that are not carried out': await redis.hlen(keys.unsettled),
    'hungry lots': await redis.zcard(keys.hungry),
    'batches that rest': await redis.zcard(keys.resting(defaultModel.id, 'standard', producer)),
    'batches that are not closed': await redis.scard(keys.unclosed),
  }
  const [name, count] = Object.entries(left).find(([, each]) => each !== 0) ?? []
  return name && `I7: ${count} left of ${name}`
}
