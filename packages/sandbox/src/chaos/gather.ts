import { readdir } from 'node:fs/promises'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { readOrigin } from '../dashscope/origin.ts'
import { shortImage } from '../dashscope/short-image.ts'
import type { Task } from '../dashscope/task.ts'
import { type Arena, bucket, canaries, laneIdsIn, model, producers } from './arena.ts'
import { type Book, miscountsOf, readBooks } from './books.ts'
import type { Delivery } from './consumers.ts'
import type { Facts } from './facts.ts'
import { type AckedEdit, canRead } from './producers.ts'
import type { Canceled } from './steer.ts'
import { undelivered } from './webhooks.ts'

/** Where the counters stood when a seed began. */
export type Marks = {
  posts: number
  polls: number
  lists: number
  puts: number
  deliveries: number
  logged: number
}

/** What the run knows besides the arena's own books. */
export type Witness = {
  acked: AckedEdit[]
  earlier: AckedEdit[]
  deliveries: Delivery[]
  consumers: { name: string; producer: string }[]
  strangers: readonly string[]
  /** What producers were answered to their cancels in this seed. */
  canceled: Canceled[]
  /** Everything the workers and the producer have logged. */
  logged: () => string
}

/** Reads the counters. */
export const mark = ({ dashscope, elsewhere, s3 }: Arena, { deliveries, logged }: Witness): Marks => ({
  posts: dashscope.posts.length + elsewhere.posts.length,
  polls: dashscope.counters.polls + elsewhere.counters.polls,
  lists: dashscope.counters.lists + elsewhere.counters.lists,
  puts: s3.requests.PutObject ?? 0,
  deliveries: deliveries.length,
  logged: logged().length,
})

/** What of the ledger is still open: slots, uncertain submits, wake-ups, money. All 0 when everything is done. */
export async function leftoversOf(arena: Arena): Promise<Record<string, number>> {
  const { redis, queues, spillDir } = arena
  const keys = ledgerKeys(defaultPrefix)
  const onLanes = async (count: (lane: string) => Promise<number>): Promise<number> =>
    (await Promise.all(laneIdsIn(arena).map(count))).reduce((sum, each) => sum + each, 0)
  const left: Record<string, number> = {
    'running slots': await onLanes((lane) => redis.zcard(keys.running(lane))),
    'POSTs under way': await onLanes((lane) => redis.zcard(keys.posting(lane))),
    'uncertain submits': await onLanes((lane) => redis.hlen(keys.uncertain(lane))),
    'queued edits': Number((await redis.hget(keys.fair(model), 'waiting')) ?? 0),
    'images on the disk': (await readdir(spillDir)).length,
    'edits that are due': await redis.zcard(keys.due),
    'rendered edits': await redis.zcard(keys.rendered),
    'orders that are not carried out': await redis.hlen(keys.unsettled),
    'events that a webhook was not sent': await undelivered(arena),
  }
  for (const hand of ['reconcile', 'poll', 'copy'] as const) {
    const counts = await queues.queue(hand).getJobCounts()
    left[`queue ${hand}`] = Object.values(counts).reduce((sum, count) => sum + count, 0)
  }
  for (const producer of producers)
    left[`money reserved for ${producer}`] = Number((await redis.hget(keys.spend(producer), 'reserved')) ?? 0)
  return left
}

/** The address of the source that a task was made from, as its edit named it. */
export const urlOf = (
  { order: { images } }: Pick<Task, 'order'>,
  addressOf: Arena['sources']['addressOf'],
): string => addressOf(shortImage(images[0] ?? ''))

/** Gathers the books of everybody once a seed is over. */
export async function gather(
  arena: Arena,
  marks: Marks,
  witness: Witness,
  { held, struck, turns }: Pick<Facts, 'held' | 'struck' | 'turns'>,
): Promise<Facts> {
  const { acked, earlier, consumers, strangers, canceled } = witness
  const books = await readBooks(arena, acked)
  noteUnheard(arena, books)
  const { refused } = arena
  const after = mark(arena, witness)
  const deliveries = witness.deliveries.slice(marks.deliveries)
  return {
    acked,
    earlier,
    ledger: books.flatMap(ledgerEdits),
    tasks: tasksOf(arena, acked),
    images: await imagesOf(arena, acked),
    deliveries,
    consumers,
    turns,
    held,
    canceled,
    posts: [arena.dashscope, arena.elsewhere]
      .flatMap(({ posts }) => posts)
      .map(({ images: [image = ''], at }) => ({ url: arena.sources.addressOf(image), at })),
    miscounts: await miscountsOf(arena, books),
    struck,
    refused: {
      tasks: refused.tasks,
      sources: new Set(acked.flatMap(({ url }) => (isRefused(url, refused.sources) ? [url] : []))),
    },
    leftovers: await leftoversOf(arena),
    billedMicros: await billedMicros(arena),
    leaks: [
      ...strangers.map((address) => `a worker connected to ${address}`),
      ...leaksIn(witness.logged().slice(marks.logged)),
      ...leaksIn(deliveries.map(({ text }) => text).join('\n')),
    ],
    shown: await shownToOthers(arena, acked),
    traffic: {
      posts: after.posts - marks.posts,
      queries: after.polls - marks.polls + after.lists - marks.lists,
      puts: after.puts - marks.puts,
    },
  }
}

/** Notes the tasks of edits that failed as their every query was refused: nobody was told what became of them. */
function noteUnheard({ dashscope, elsewhere, refused, sources }: Arena, books: readonly Book[]): void {
  const edits = books.flatMap(({ takes }) => takes)
  const failed = new Set(edits.flatMap(({ state, request }) => (state === 'failed' ? request.images : [])))
  for (const task of [dashscope, elsewhere].flatMap((vendor) => vendor.tasks()))
    if (refused.tasks.has(task.taskId) && failed.has(urlOf(task, sources.addressOf)))
      refused.billed.add(task.taskId)
}

/** As its newest edit is, with all that it had. */
function ledgerEdits({ acked: { id }, state, takes }: Book): Facts['ledger'] {
  const { taskId, failure } = takes.at(-1) ?? {}
  if (state === undefined) return []
  return [
    {
      id,
      state,
      ...(taskId === undefined ? {} : { taskId }),
      ...(failure === undefined ? {} : { failure: failure.code }),
      stored: takes.flatMap(({ images = [] }) => images.flatMap(({ stored }) => stored ?? [])),
      takes: takes.map((take) => ({ id: take.id, state: take.state, taskId: take.taskId })),
    },
  ]
}

function tasksOf({ dashscope, elsewhere, sources }: Arena, acked: readonly AckedEdit[]): Facts['tasks'] {
  const urls = new Set(acked.map(({ url }) => url))
  return [dashscope, elsewhere]
    .flatMap((vendor) => vendor.tasks())
    .flatMap(({ order, results, ...task }) => {
      const url = urlOf({ order }, sources.addressOf)
      const resultSha256 = results.flatMap((result) => ('path' in result ? [result.sha256] : []))
      return urls.has(url) ? [{ ...task, url, resultSha256 }] : []
    })
}

/** The images of this seed's edits, each with what it was made of. */
async function imagesOf({ s3 }: Arena, acked: readonly AckedEdit[]): Promise<Facts['images']> {
  // keys name the batch, or the edit that came alone
  const names = new Set(acked.flatMap(({ id, batch }) => [id, batch]))
  const objects = s3
    .objects(bucket)
    .filter(({ key }) => !/^(receipts|sources|\.restyle)\//.test(key))
    .filter(({ key }) => key.split('/').some((part) => names.has(part)))
  return Promise.all(
    objects.map(async (object) => {
      const { body } = await s3.read(bucket, object.key)
      return { ...object, origin: readOrigin(body) }
    }),
  )
}

/** What all edits of the run have cost, by the ledger and by the bill. */
async function billedMicros({ redis, dashscope, elsewhere, refused }: Arena): Promise<Facts['billedMicros']> {
  const keys = ledgerKeys(defaultPrefix)
  const spent = await Promise.all(producers.map((name) => redis.hget(keys.spend(name), 'billed')))
  const bills = [dashscope.bill, elsewhere.bill]
  const unheard = bills.flatMap((bill) => [...refused.billed].map((id) => bill.byTask(id).micros))
  return {
    ledger: sumOf(spent.map((text) => Number(text ?? 0))),
    vendor: sumOf(bills.map(({ micros }) => micros)) - sumOf(unheard),
  }
}

const isRefused = (url: string, sources: RegExp | undefined): boolean =>
  url.startsWith('s3://') && sources?.test(url.split('/').at(-1) ?? '') === true

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)

const secrets = [
  canaries.dashscope,
  canaries.s3,
  canaries.webhook.slice('whsec_'.length),
  ...canaries.producers,
  'X-Amz-Signature=',
  'Signature=',
]

/** Lines that hold a secret; the secret itself is not repeated. */
export const leaksIn = (text: string): string[] =>
  text.split('\n').flatMap((line, i) => {
    const at = secrets.findIndex((secret) => line.replaceAll('=[redacted]', '').includes(secret))
    return at < 0 ? [] : [`line ${i + 1} of the seed's log holds secret ${at + 1}`]
  })

/** Asks for some edits of each producer with the other's key. */
async function shownToOthers(arena: Arena, acked: readonly AckedEdit[]): Promise<string[]> {
  const asked = producers.flatMap((name, i) =>
    acked
      .filter(({ producer }) => producer !== name)
      .slice(0, 2)
      .map(async ({ id }) => ((await canRead(arena, i, id)) ? [`${name} was shown ${id}`] : [])),
  )
  return (await Promise.all(asked)).flat()
}
