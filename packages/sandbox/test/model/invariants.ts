import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { laneId, type SmallWorld } from './small-world.ts'
import { pictureOf, pricePerImage } from './vendor.ts'

/** What must hold once everything is well again and nothing moves. Gives the first sentence that does not. */
export async function faultOf(world: SmallWorld): Promise<string | undefined> {
  const { ledger, vendor, acked } = world
  const edits = (await ledger.readMany([...acked])).filter((edit): edit is Edit => edit !== undefined)
  if (edits.length !== acked.size) return 'an accepted edit is gone'
  const stuck = edits.find(({ state }) => !isTerminal(state) && state !== 'review')
  if (stuck !== undefined) return `${stuck.id} is stuck in ${stuck.state}: ${stuck.uncertainBecause ?? ''}`

  const paid = vendor.tasks.filter(({ state }) => state === 'succeeded')
  const sources = paid.map(({ source }) => source)
  const twice = sources.find((source, i) => sources.indexOf(source) !== i)
  if (twice !== undefined) return `${twice} was paid twice`

  const held = edits.filter(({ state }) => state === 'review')
  if (held.length > 0 && !world.forgot)
    return `${held[0]?.id} is held although Redis forgot nothing: ${held[0]?.uncertainBecause}`
  for (const { taskId, source } of paid) {
    const edit = edits.find(({ id }) => source.endsWith(id))
    if (edit?.state === 'review') continue
    if (edit?.taskId !== taskId) return `${taskId} was paid for ${edit?.id}, which has ${edit?.taskId}`
    const [owner] = await ledger.ownerOf(laneId, [taskId])
    if (owner !== edit.id) return `${taskId} belongs to ${owner}, not to ${edit.id}`
    const copies = [...world.bucket.objects.values()].filter((bytes) => bytes.equals(pictureOf(taskId)))
    if (copies.length !== 1) return `${taskId} was paid for and stored ${copies.length} times`
    const key = edit.images?.[0]?.stored?.key
    if (edit.state !== 'succeeded' || key === undefined) return `${edit.id} was paid for and is ${edit.state}`
  }
  return (await faultOfEvents(world, edits)) ?? faultOfLeftovers(world, edits, paid.length)
}

async function faultOfEvents({ ledger }: SmallWorld, edits: Edit[]): Promise<string | undefined> {
  const events = await ledger.events('acme').page('0', 100)
  for (const { id, state } of edits) {
    const told = events.filter(({ event }) => event.subject === id).map(({ event }) => event.type)
    const ends = told.filter((type) => type !== 'restyle.edit.held')
    const expected = isTerminal(state) ? [`restyle.edit.${state}`] : []
    if (ends.join() !== expected.join()) return `${id} ended as ${state} and was told as [${ends.join()}]`
    if (isTerminal(state) && told.at(-1) !== expected[0]) return `${id} was told after its end`
    if (state === 'review' && told.at(-1) !== 'restyle.edit.held') return `${id} is held and nobody was told`
  }
  return undefined
}

async function faultOfLeftovers(
  { redis, keys }: SmallWorld,
  edits: Edit[],
  paid: number,
): Promise<string | undefined> {
  const held = edits.filter(({ state }) => state === 'review')
  const left = {
    running: await redis.zcard(keys.running(laneId)),
    posting: await redis.zcard(keys.posting(laneId)),
    uncertain: await redis.hlen(keys.uncertain(laneId)),
    rendered: await redis.zcard(keys.rendered),
    due: (await redis.zcard(keys.due)) - held.length,
  }
  const [name] = Object.entries(left).find(([, count]) => count !== 0) ?? []
  if (name !== undefined) return `something is left in ${name}`
  const [reserved, billed] = (await redis.hmget(keys.spend('acme'), 'reserved', 'billed')).map(Number)
  if (reserved !== held.length * pricePerImage) return `${reserved} stays reserved with ${held.length} held`
  if (held.length === 0 && billed !== paid * pricePerImage) return `${billed} counted, ${paid} images billed`
  return undefined
}
