import {
  openFairWorld,
  slots,
  type FairWorld,
  untilAdmitted,
  untilPosts,
  untilSucceeded,
} from './fair-world.ts'
import { offByPercent, shareOfClass } from './fair-figures.ts'
import { atLeast, atMost, type Figure } from './report.ts'

export type FairOptions = {
  /** Edits that the other producer has waiting. */
  rows: number
  /** Edits of the producer that is measured beside it. */
  edits: number
  /** Images after which the shares are read. */
  images: number
  /** How long a task runs where times are measured, and where only shares are (seconds). */
  task: number
  quickTask: number
  /** Told now and then how far it is. */
  onProgress?: (line: string) => void
}

const interactiveTries = 10
/** Edits that are admitted at most before all producers wait. */
const startUp = 40
const weights = [1, 3] as const

/** Who gets what while others wait: a real producer, a real worker, and the simulator, from whose record the order is read. */
export async function benchFair(options: FairOptions): Promise<Figure[]> {
  return [...(await besideMany(options)), ...(await byWeightAndClass(options))]
}

/** Few edits of one producer while another has many; then single interactive edits. */
async function besideMany({ rows, edits, task, onProgress = () => {} }: FairOptions): Promise<Figure[]> {
  const fair = await openFairWorld(task * 1000)
  const { world } = fair
  try {
    const [large, small] = [await fair.add('large'), await fair.add('small')]
    await large.send(rows)
    onProgress(`one producer has ${rows} edits`)
    await world.startWorker()
    await untilPosts(world, 2 * slots)
    const sentAt = Date.now()
    const waiting = rows - world.dashscope.posts.length
    const endedAt = await untilSucceeded(world, await small.send(edits))
    onProgress(`the ${edits} edits of another one have ended`)
    const took = (endedAt - sentAt) / 1000
    const ran = meanSeconds(fair, sentAt)
    // the slots that are its share are half of them
    const allowed = (edits * ran) / (slots / 2)
    const before = await mostBefore(fair)
    return [
      {
        name: `${edits} edits beside ${rows}`,
        value: took,
        unit: 's',
        beside: ((waiting + edits) * ran) / slots,
      },
      { name: 'time that their share allows', value: allowed, unit: 's' },
      { name: 'times that', value: took / allowed, unit: '', asked: atMost(1.2) },
      { name: 'admitted before an interactive edit', value: before, unit: 'edits', asked: atMost(0) },
    ]
  } finally {
    await fair.stop()
  }
}

/** How long the tasks ran that the vendor ended since then. */
function meanSeconds({ world }: FairWorld, since: number): number {
  const ended = world.dashscope
    .tasks()
    .flatMap(({ submittedAt, endedAt }) =>
      endedAt !== undefined && endedAt > since ? [endedAt - submittedAt] : [],
    )
  return ended.reduce((sum, ms) => sum + ms, 0) / ended.length / 1000
}

/** How many edits were admitted between the acceptance of an interactive edit and its admission, at most of several tries. */
async function mostBefore(fair: FairWorld): Promise<number> {
  const shop = await fair.add('shop')
  let most = 0
  for (let i = 0; i < interactiveTries; i += 1) {
    const id = await shop.sendOne({ class: 'interactive' })
    const { createdAt } = await untilAdmitted(fair.world, id)
    const order = await fair.admissions()
    const turn = order.findIndex((each) => each.id === id)
    most = Math.max(most, order.slice(0, turn).filter(({ at }) => at > createdAt).length)
  }
  return most
}

/** Two producers of different weights, and a third one's bulk. */
async function byWeightAndClass({
  images,
  quickTask,
  onProgress = () => {},
}: FairOptions): Promise<Figure[]> {
  const fair = await openFairWorld(quickTask * 1000)
  const { world } = fair
  try {
    const [light, heavy, night] = [
      await fair.add('light', weights[0]),
      await fair.add('heavy', weights[1]),
      await fair.add('night'),
    ]
    await light.send(images + startUp)
    await heavy.send(images + startUp)
    await night.send(images + startUp, { class: 'bulk' })
    onProgress(`three producers have ${images} edits each`)
    await world.startWorker()
    await untilPosts(world, images + startUp)
    const all = await fair.admissions()
    // until then not all of them had edits that wait
    const begun = all.findIndex((each) => each.class === 'bulk')
    const order = all.slice(begun, begun + images)
    return [
      {
        name: `weights ${weights.join(':')}, off by`,
        value: offByPercent(order, ['light', 'heavy'], weights),
        unit: 'per cent',
        asked: atMost(5),
      },
      { name: "bulk's share", value: shareOfClass(order, 'bulk'), unit: 'per cent', asked: atLeast(10) },
    ]
  } finally {
    await fair.stop()
  }
}
