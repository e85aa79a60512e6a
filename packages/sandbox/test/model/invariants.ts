import { defaultModel } from '@restyle/dashscope/models'
import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { laneOfSubmit } from '@restyle/shared/lane-id'
import { keptTaskSeconds } from '@restyle/shared/ledger/facts'
import { batchId } from './batch.ts'
import { editsOfBatch, faultOfBatch } from './batch-invariants.ts'
import { isHeldRightly, isLostRightly } from './excuses.ts'
import { laneIds } from './lanes.ts'
import { ledElsewhere, type SmallWorld } from './small-world.ts'
import { faultOfUsage } from './usage-invariants.ts'
import { isMadeFrom, pictureOf, pricePerImage, type VendorTask } from './vendor.ts'

/** What must hold once everything is well again and nothing moves. Gives the first sentence that does not. */
export async function faultOf(world: SmallWorld): Promise<string | undefined> {
  const { ledger, vendor, asked, acked } = world
  const alone = (await ledger.readMany([...asked])).filter((edit): edit is Edit => edit !== undefined)
  const gone = [...acked].find((id) => id !== batchId && alone.every((edit) => edit.id !== id))
  if (gone !== undefined) return `I1: ${gone} was accepted and is gone`
  const edits = [...alone, ...(await editsOfBatch(world))]
  const paid = vendor.tasks.filter(({ state }) => state === 'succeeded')
  return (
    world.holds.fault ??
    faultOfMixing(world, edits) ??
    faultOfEnds(world, edits) ??
    (await faultOfTasks(world, edits, paid)) ??
    (await faultOfEvents(world, edits)) ??
    (await faultOfLeftovers(world, edits)) ??
    (await faultOfUsage(world)) ??
    faultOfBatch(world, edits)
  )
}

function faultOfEnds(world: SmallWorld, edits: Edit[]): string | undefined {
  // nobody serves its model: an alarm of its own, and no end
  const waits = ({ state }: Edit) => world.lane === 'gone' && state === 'queued'
  const stuck = edits.find((edit) => !isTerminal(edit.state) && edit.state !== 'review' && !waits(edit))
  if (stuck !== undefined)
    return `I1: ${stuck.id} is stuck in ${stuck.state}: ${stuck.uncertainBecause ?? ''}`
  const held = edits.find((edit) => edit.state === 'review' && !isHeldRightly(edit, world))
  return held && `I1: ${held.id} is held for no reason of this world: ${held.uncertainBecause}`
}

/** Of two edits that swap their tasks each has one image, paid once: only the image itself tells. */
function faultOfMixing({ bucket }: SmallWorld, edits: Edit[]): string | undefined {
  for (const { id, state, images = [], request } of edits) {
    if (state !== 'succeeded') continue
    const picture = bucket.objects.get(images[0]?.stored?.key ?? '')
    if (picture === undefined) return `I3: ${id} succeeded and its image is not in the bucket`
    if (!isMadeFrom(picture, request.images[0] ?? '', request.prompt))
      return `I8: the image of ${id} was not made for it: ${picture.toString()}`
  }
  return undefined
}

async function faultOfTasks(
  world: SmallWorld,
  edits: Edit[],
  paid: VendorTask[],
): Promise<string | undefined> {
  const sources = paid.map(({ source }) => source)
  const twice = sources.find((source, i) => sources.indexOf(source) !== i)
  if (twice !== undefined) return `I2: ${twice} was paid twice`
  for (const task of paid) {
    const { taskId, source } = task
    const own = edits.filter(({ request }) => request.images[0] === source)
    const edit = own.find((each) => each.taskId === taskId) ?? own.at(-1)
    if (edit === undefined) return `I2: ${taskId} was paid for nobody`
    if (edit.state === 'review') continue
    const copies = [...world.bucket.objects.values()].filter((bytes) => bytes.equals(pictureOf(task))).length
    if (copies === 0 && isLostRightly(task, edit, world)) continue
    if (edit.taskId !== taskId) return `I3: ${taskId} was paid for ${edit.id}, which has ${edit.taskId}`
    if (copies !== 1) return `I3: ${taskId} was paid for and stored ${copies} times`
    if (edit.state !== 'succeeded') return `I3: ${edit.id} was paid for and is ${edit.state}`
    if (edit.billed !== pricePerImage) return `I2: ${edit.id} was paid for and counts ${edit.billed}`
    const [owner] = await world.ledger.ownerOf(laneOfSubmit(edit), [taskId])
    const forgotten = owner === undefined && world.now() - task.createdAt > keptTaskSeconds * 1000
    if (owner !== edit.id && !forgotten) return `I2: ${taskId} belongs to ${owner}, not to ${edit.id}`
  }
  return undefined
}

async function faultOfEvents({ ledger, past }: SmallWorld, edits: Edit[]): Promise<string | undefined> {
  const events = await ledger.events('acme').page('0', 100)
  for (const { id, state, cancelAsked } of edits) {
    const all = events.filter(({ event }) => event.subject === id).map(({ event }) => event.type)
    // canceled while Redis did not know of its submit, and opened again when its receipts were met
    const isReopened = past.forgot && cancelAsked !== undefined
    const last = all.length - 1
    const told = all.filter((type, i) => !(isReopened && type === 'restyle.edit.canceled' && i < last))
    const ends = told.filter((type) => type !== 'restyle.edit.held')
    const expected = isTerminal(state) ? [`restyle.edit.${state}`] : []
    if (ends.join() !== expected.join()) return `I4: ${id} ended as ${state} and was told as [${ends.join()}]`
    if (isTerminal(state) && told.at(-1) !== expected[0]) return `I4: ${id} was told after its end`
    if (state === 'review' && told.at(-1) !== 'restyle.edit.held')
      return `I4: ${id} is held and nobody was told`
  }
  return undefined
}

async function faultOfLeftovers(
  { redis, keys, past, ledger }: SmallWorld,
  edits: Edit[],
): Promise<string | undefined> {
  const queued = edits.filter(({ state }) => state === 'queued').length
  const open = edits.filter(({ state }) => !isTerminal(state)).length - queued
  const held = edits.filter(({ state }) => state === 'review')
  const left: Record<string, number> = {
    rendered: await redis.zcard(keys.rendered),
    due: (await redis.zcard(keys.due)) - open,
    backlog: (await ledger.waiting(defaultModel.id)) - queued,
    'the count of open edits': Number((await redis.hget(keys.spend('acme'), 'open')) ?? 0) - open - queued,
  }
  await Promise.all(
    laneIds.map(async (lane) => {
      const [running, posting, uncertain] = await Promise.all([
        redis.zcard(keys.running(lane)),
        redis.zcard(keys.posting(lane)),
        redis.hlen(keys.uncertain(lane)),
      ])
      const of = { running, posting, uncertain }
      for (const [what, count] of Object.entries(of)) left[`${what} of ${lane}`] = count
    }),
  )
  const [name] = Object.entries(left).find(([, count]) => count !== 0) ?? []
  if (name !== undefined) return `I7: something is left in ${name}`
  const [reserved, billed] = (await redis.hmget(keys.spend('acme'), 'reserved', 'billed')).map(Number)
  const counted = edits.reduce((sum, edit) => sum + edit.billed, 0)
  const kept = held.reduce((sum, edit) => sum + edit.reserved, 0)
  // what came back from the bucket while no lane told its price has none reserved
  const cheap = past.forgot && ledElsewhere(past)
  if (reserved !== kept || (!cheap && kept !== held.length * pricePerImage))
    return `I7: ${reserved} stays reserved with ${held.length} held`
  if (billed !== counted) return `I7: ${billed} counted, and ${counted} billed for its edits`
  return undefined
}
