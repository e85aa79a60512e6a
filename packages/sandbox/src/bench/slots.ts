import { setTimeout } from 'node:timers/promises'
import { defaultSchedule, type PollSchedule } from '@restyle/worker/poll/next-poll'
import { type DashScopeSimulator, startDashScope } from '../dashscope/start-dashscope.ts'
import { startWorld } from '../world/start-world.ts'
import { benchModel, benchPicture, benchSize, promptOf } from './bench-settings.ts'
import { atLeast, atMost, type Figure } from './report.ts'
import { sdkLoop } from './sdk-loop.ts'
import { quantile, slotUse } from './slot-figures.ts'

export type SlotsOptions = {
  /** Edits, and tasks: none fails. */
  tasks: number
  /** Of a task's log-normal duration, in seconds. */
  median: number
  sigma: number
  seed: number
  /** When a worker asks; by default as in production. */
  schedule?: PollSchedule
  /** Told now and then how far it is. */
  onProgress?: (line: string) => void
}

const slots = 5

/** The account as the documents have it: five running tasks, a sixth is refused. Pictures are flat and inputs are not fetched. */
const vendorOf = ({ median, sigma, seed }: SlotsOptions) => ({
  speed: 1,
  instant: true,
  beyondLimit: 'refuse' as const,
  durations: { medianMs: median * 1000, sigma },
  seed,
})

/**
 * How much of an account's slot time is used, in real time: the whole world, and beside it at the same time a loop that asks
 * as the vendor's SDK does, each against a simulator of its own whose tasks take equally long.
 */
export async function benchSlots(options: SlotsOptions): Promise<Figure[]> {
  const [ours, theirs] = await Promise.all([runWorld(options), runSdk(options)])
  return [
    { ...figure('slot time used', 'percent of it', (side) => side.used * 100), asked: atLeast(98) },
    figure('lag p50', 's', (side) => quantile(side.lags, 0.5) / 1000),
    { ...figure('lag p95', 's', (side) => quantile(side.lags, 0.95) / 1000), asked: atMost(1.5) },
    figure('lag of the slowest', 's', (side) => quantile(side.lags, 1) / 1000),
    figure('slot used again p50', 'ms', (side) => quantile(side.refills, 0.5)),
    figure('slot used again p95', 'ms', (side) => quantile(side.refills, 0.95)),
    figure('queries of a task', '', (side) => side.polls / options.tasks),
    { ...figure('most queries in a second', '', (side) => side.mostQueriesInASecond), asked: atMost(20) },
    { ...figure('refused by the quotas', '', (side) => side.throttled), asked: atMost(0) },
    { ...figure('tasks', '', (side) => side.tasks), asked: atLeast(options.tasks) },
  ]

  function figure(name: string, unit: string, of: (side: Side) => number): Figure {
    return { name, value: of(ours), unit, beside: of(theirs) }
  }
}

type Side = ReturnType<typeof sideOf>

/** Everything is read from the simulator: what the vendor would see. */
function sideOf(vendor: DashScopeSimulator) {
  const ended = vendor
    .tasks()
    .flatMap(({ submittedAt, endedAt, toldAt }) =>
      endedAt === undefined || toldAt === undefined ? [] : [{ submittedAt, endedAt, toldAt }],
    )
  return { ...slotUse(ended, slots), ...vendor.counters, tasks: ended.length }
}

async function runWorld(options: SlotsOptions): Promise<Side> {
  const { tasks, schedule = defaultSchedule, onProgress = () => {} } = options
  const dashscope = vendorOf(options)
  const world = await startWorld({ speed: 1, dashscope, overrides: { schedule } })
  try {
    const edits = Array.from({ length: tasks }, (_, i) => ({
      prompt: promptOf(i),
      images: [benchPicture],
      model: benchModel,
      size: benchSize,
    }))
    const answer = await fetch(`${world.url}/v1/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ edits }),
    })
    if (answer.status !== 202)
      throw new Error(`the batch was answered with ${answer.status}: ${await answer.text()}`)
    const toldOf = () => world.dashscope.tasks().filter(({ toldAt }) => toldAt !== undefined).length
    for (let seen = -1; seen < tasks; await setTimeout(1_000)) {
      if (toldOf() === seen) continue
      seen = toldOf()
      if (seen % slots === 0) onProgress(`${seen} of ${tasks} tasks have ended`)
    }
    return sideOf(world.dashscope)
  } finally {
    await world.stop()
  }
}

async function runSdk(options: SlotsOptions): Promise<Side> {
  const vendor = await startDashScope(vendorOf(options))
  try {
    await sdkLoop(options.tasks, slots, vendor.url)
    return sideOf(vendor)
  } finally {
    await vendor.stop()
  }
}
