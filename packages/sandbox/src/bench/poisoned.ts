import { setTimeout } from 'node:timers/promises'
import { BatchView } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { AnswerDeed } from '../dashscope/faults.ts'
import { startWorld, type World } from '../world/start-world.ts'
import { benchSize } from './bench-settings.ts'
import { median, rounded } from './figures.ts'
import { atLeast, atMost, type Figure } from './report.ts'
import { uploadPicture } from './upload-picture.ts'

export type PoisonedOptions = {
  /** Edits of the batch, the poisoned ones among them. */
  edits: number
  /** Runs of each side; their median counts. */
  runs: number
  /** Tasks run this much faster than the vendor's. */
  speed: number
  /** Told before each run. */
  onRun?: (what: string) => void
}

/** The others may take this much longer beside poisoned edits than without them. */
export const poisonedCeiling = 1.1

/** POSTs that a poisoned edit may cost. */
export const mostPosts = 3

const said = 'The picture could not be opened.'

/** What the vendor answers to every POST that names one of three pictures. No task is made. */
const poisons: Readonly<Record<string, AnswerDeed>> = {
  'HTTP 400': { type: 'status', status: 400, code: 'InternalError.Algo.InvalidParameter', message: said },
  'HTTP 500': { type: 'status', status: 500, code: 'InternalError', message: said },
  'HTTP 200, no task id': { type: 'json', body: { code: 'InternalError.Algo', message: said } },
}

/** How a poisoned edit ended. */
export type Poisoned = { answer: string; posts: number; state: string; code: string; message: string }

type Run = { seconds: number; poisoned: Poisoned[] }

/**
 * How long a batch of one prompt takes beside three edits that the vendor never accepts, and without them, in turns. Quotas
 * are the vendor's; every time of the vendor's and of ours that depends on it is divided by `speed`.
 */
export async function benchPoisoned({ edits, runs, speed, onRun = () => {} }: PoisonedOptions) {
  const sides: { without: Run[]; beside: Run[] } = { without: [], beside: [] }
  const bad = Object.keys(poisons)
  for (let run = 1; run <= runs; run += 1)
    for (const side of ['without', 'beside'] as const) {
      onRun(`run ${run}, ${side}`)
      const found = await runBatch(edits - bad.length, side === 'beside' ? bad : [], speed, run)
      sides[side].push(found)
    }
  const seconds = (side: readonly Run[]) => ({
    seconds: rounded(median(side.map((each) => each.seconds))),
    runs: side.map((each) => rounded(each.seconds)),
  })
  const [without, beside] = [seconds(sides.without), seconds(sides.beside)]
  const poisoned = sides.beside.flatMap((each) => each.poisoned)
  const ratio = rounded(beside.seconds / without.seconds)
  return {
    without,
    beside,
    ratio,
    ceiling: poisonedCeiling,
    poisoned,
    met: ratio <= poisonedCeiling && poisoned.every((each) => each.posts <= mostPosts && endedAsItMust(each)),
  }
}
export type PoisonedFigures = Awaited<ReturnType<typeof benchPoisoned>>

/** The same in the form that every bench prints. */
export const poisonedFigures = ({ without, beside, ratio, ceiling, poisoned }: PoisonedFigures): Figure[] => [
  { name: 'the others', value: beside.seconds, unit: 's', beside: without.seconds },
  { name: 'ratio', value: ratio, unit: '', asked: atMost(ceiling) },
  {
    name: 'most POSTs of a poisoned edit',
    value: Math.max(...poisoned.map(({ posts }) => posts)),
    unit: '',
    asked: atMost(mostPosts),
  },
  {
    name: "poisoned edits that ended with the vendor's words",
    value: poisoned.filter(endedAsItMust).length,
    unit: '',
    asked: atLeast(poisoned.length),
  },
]

const endedAsItMust = ({ state, message }: Poisoned): boolean =>
  message === said && ['failed', 'review'].includes(state)

/** A batch of `good` edits and one for each of `bad`, spread over it. The clock starts with the worker. */
async function runBatch(good: number, bad: readonly string[], speed: number, seed: number): Promise<Run> {
  const world = await startWorld({
    speed,
    workers: 0,
    dashscope: { seed },
    env: {
      RESTYLE_SETTLE_MS: String(Math.ceil(60_000 / speed)),
      // not divided: a POST to a busy machine takes as long as ever
      RESTYLE_POST_DEADLINE_MS: '500',
      RESTYLE_RECEIPT_DEADLINE_MS: '250',
    },
  })
  try {
    const pictures = new Map<string, string>()
    for (const [i, name] of ['good', ...bad].entries())
      pictures.set(name, await uploadPicture(world.url, world.apiKey, 40 * i))
    for (const name of bad) arm(world, pictures.get(name) ?? '', poisons[name])
    const rows = Array.from({ length: good }, () => 'good')
    for (const [i, name] of bad.entries()) rows.splice(Math.floor(((i + 0.5) * good) / bad.length), 0, name)
    const batch = await enqueue(
      world,
      rows.map((name) => pictures.get(name) ?? ''),
    )
    const began = performance.now()
    await world.startWorker()
    const seconds = await untilSucceeded(world, batch, good, began)
    const poisoned = bad.map(async (answer) => {
      const edit = await untilEnded(world, editIdOfRow(batch, rows.indexOf(answer)))
      const digest = (pictures.get(answer) ?? '').slice('sha256:'.length)
      const posts = world.dashscope.posts.filter(({ images }) => images.some((url) => url.includes(digest)))
      const { code = '', message = '' } = edit.failure ?? edit.said ?? {}
      return { answer, posts: posts.length, state: edit.state, code, message }
    })
    return { seconds, poisoned: await Promise.all(poisoned) }
  } finally {
    await world.stop()
  }
}

function arm({ dashscope }: World, picture: string, deed: AnswerDeed | undefined): void {
  const digest = picture.slice('sha256:'.length)
  if (deed === undefined) return
  dashscope.faults.add({
    at: 'submit',
    times: Infinity,
    accepted: false,
    match: ({ images = [] }) => images.some((url) => url.includes(digest)),
    do: deed,
  })
}

async function enqueue(world: World, pictures: readonly string[]): Promise<string> {
  const edits = pictures.map((picture) => ({
    prompt: 'on a light oak table, soft light from the left',
    images: [picture],
    size: benchSize,
  }))
  const answer = await fetch(`${world.url}/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ edits }),
  })
  const text = await answer.text()
  if (answer.status !== 202) throw new Error(`the batch was answered with ${answer.status}: ${text}`)
  return BatchView.parse(JSON.parse(text)).id
}

/** Seconds from `began` until so many edits of the batch have succeeded. */
async function untilSucceeded(world: World, batch: string, wanted: number, began: number): Promise<number> {
  for (;;) {
    const seen = await world.ledger.readBatch(batch)
    if (seen?.succeeded === wanted) return (performance.now() - began) / 1000
    if ((seen?.failed ?? 0) > mostPosts) throw new Error(`${seen?.failed} edits have failed`)
    await setTimeout(20)
  }
}

async function untilEnded(world: World, id: string): Promise<Edit> {
  for (;;) {
    const edit = await world.ledger.read(id)
    if (edit !== undefined && ['failed', 'review', 'succeeded', 'canceled'].includes(edit.state)) return edit
    await setTimeout(50)
  }
}
