import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import { editsPerSequence } from './actions.ts'
import { found } from './backlog.ts'
import { batchId, producer } from './batch.ts'
import { laneIds } from './lanes.ts'
import { idOf, resumeAll, settleAll } from './orders.ts'
import { ledElsewhere, type SmallWorld } from './small-world.ts'

const hourMs = 3600_000
const soon = Array.from({ length: 24 }, () => 30_000)
const later = Array.from({ length: 20 }, () => 6 * hourMs)
const still = { stop: 'never' } as const

/** Everything is well again that does not stay as it is, and time passes until nothing moves. */
export async function heal(world: SmallWorld): Promise<void> {
  const { bucket, vendor, ledger, acked, past } = world
  const isSteered = acked.has(batchId)
  bucket.weather = 'well'
  vendor.silent = false
  vendor.lagMs = 0
  if (!world.lasts) vendor.refuses = {}
  await Promise.all([...laneIds, 'bucket'].map((name) => ledger.lanes.resume(name)))
  world.holds.liftPauses()
  // what was ordered is known again before anybody sends anything once more
  if (isSteered && world.holds.unaudited) await world.act({ kind: 'audit' })
  if (isSteered)
    for (const cap of ['batch', 'total', 'day'] as const)
      await world.act({ kind: 'cap', of: cap, images: null })
  // whoever lost an answer, or whose edit Redis lost, asks again with the same key
  for (let edit = 0; edit < editsPerSequence; edit += 1)
    if (acked.has(idOf(edit, editsPerSequence))) await world.act({ kind: 'enqueue', edit })
  if (isSteered) {
    await world.act({ kind: 'batch', stop: still })
    await endPauses(world)
  }
  // what does not pass by itself has its bounds: two days at most, twice, as the lane has two slots for three edits
  const rounds = world.lasts || past.away || ledElsewhere(past) ? [...soon, ...later] : soon
  for (const ms of rounds) {
    if (isSteered) await goOn(world)
    for (const task of vendor.tasks) vendor.end(task, { state: 'succeeded' }, world.now())
    const moving = await whatMoves(world)
    if (moving.length === 0 && !(isSteered && (await rest(world)))) return
    for (const { id } of moving)
      await world.act({ kind: 'run', edit: targetOf(id), reply: 'accept', stop: still })
    await world.act({ kind: 'pass', seconds: ms / 1000 })
  }
}

async function whatMoves({ ledger, redis, keys, lane }: SmallWorld): Promise<Edit[]> {
  const edits = await ledger.readMany(await found(ledger, redis, keys, producer))
  return edits
    .filter((edit): edit is Edit => edit !== undefined)
    .filter(
      ({ state }) => !isTerminal(state) && state !== 'review' && !(state === 'queued' && lane === 'gone'),
    )
}

const targetOf = (id: string): number => {
  const place = takeOfEditId(id)
  return place?.batch === batchId ? editsPerSequence + place.row : Number(id.slice('edit-'.length))
}

/** What workers do every few minutes: what was forgotten comes back, orders are carried out to their end, and rows are fed. */
async function goOn({ ledger, act, past }: SmallWorld): Promise<void> {
  if (past.forgot) await act({ kind: 'audit' })
  await settleAll(ledger)
  await act({ kind: 'feed', room: 10, stop: still })
}

async function endPauses({ ledger, asked }: SmallWorld): Promise<void> {
  const { retries = 0, accepted = 0 } = (await ledger.readBatch(batchId)) ?? {}
  const rows = Array.from({ length: accepted }, (_, row) => `${batchId}-${row}`)
  const takes = Array.from({ length: retries }, (_, i) => rows.map((row) => `${row}-${i + 2}`)).flat()
  await resumeAll(ledger, [...asked, ...rows, ...takes])
}

const rest = async ({ ledger }: SmallWorld): Promise<boolean> =>
  ((await ledger.readBatch(batchId))?.resting ?? 0) > 0
