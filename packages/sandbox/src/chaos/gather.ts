import { isTerminal } from '@restyle/shared/contract/edit-state'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { queueName } from '@restyle/shared/queues'
import { type Arena, bucket, canaries, laneIdIn, model, producers } from './arena.ts'
import type { Facts } from './check.ts'
import type { Delivery } from './consumers.ts'
import { type AckedEdit, canRead } from './producers.ts'

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
  /** Everything the workers and the producer have logged. */
  logged: () => string
}

/** Reads the counters. */
export const mark = ({ dashscope, s3 }: Arena, { deliveries, logged }: Witness): Marks => ({
  posts: dashscope.posts.length,
  polls: dashscope.counters.polls,
  lists: dashscope.counters.lists,
  puts: s3.requests.PutObject ?? 0,
  deliveries: deliveries.length,
  logged: logged().length,
})

/** What of the ledger is still open: slots, doubts, wake-ups, money. All 0 when everything is done. */
export async function leftoversOf(arena: Arena): Promise<Record<string, number>> {
  const { redis, queues } = arena
  const keys = ledgerKeys(defaultPrefix)
  const lane = laneIdIn(arena)
  const left: Record<string, number> = {
    'running slots': await redis.zcard(keys.running(lane)),
    'POSTs under way': await redis.zcard(keys.posting(lane)),
    'uncertain submits': await redis.hlen(keys.uncertain(lane)),
    'edits that are due': await redis.zcard(keys.due),
    'rendered edits': await redis.zcard(keys.rendered),
  }
  for (const hand of ['submit', 'reconcile', 'poll', 'copy'] as const) {
    const counts = await queues.queue(queueName(hand, model)).getJobCounts()
    left[`queue ${hand}`] = Object.values(counts).reduce((sum, count) => sum + count, 0)
  }
  for (const producer of producers)
    left[`money reserved for ${producer}`] = Number((await redis.hget(keys.spend(producer), 'reserved')) ?? 0)
  return left
}

/** Whether every edit has ended or stands in review. */
export async function areDone({ ledger }: Arena, acked: readonly AckedEdit[]): Promise<boolean> {
  const edits = await ledger.readMany(acked.map(({ id }) => id))
  return edits.every((edit) => edit !== undefined && (isTerminal(edit.state) || edit.state === 'review'))
}

/** Gathers the books of everybody once a seed is over. */
export async function gather(arena: Arena, marks: Marks, witness: Witness): Promise<Facts> {
  const { acked, earlier, consumers, strangers } = witness
  const { ledger, redis, dashscope, s3 } = arena
  const keys = ledgerKeys(defaultPrefix)
  const edits = await ledger.readMany(acked.map(({ id }) => id))
  const ids = new Set(acked.map(({ id }) => id))
  const urls = new Set(acked.map(({ url }) => url))
  const billed = await Promise.all(producers.map((name) => redis.hget(keys.spend(name), 'billed')))
  const after = mark(arena, witness)
  const images = s3.objects(bucket).filter(({ key }) => !/^(receipts|sources|\.restyle)\//.test(key))

  return {
    acked,
    earlier,
    ledger: edits.flatMap((edit) =>
      edit === undefined
        ? []
        : [
            {
              id: edit.id,
              state: edit.state,
              ...(edit.taskId === undefined ? {} : { taskId: edit.taskId }),
              stored: (edit.images ?? []).flatMap(({ stored }) => stored ?? []),
            },
          ],
    ),
    tasks: dashscope.tasks().flatMap(({ order, results, ...task }) => {
      const url = order.images[0] ?? ''
      const resultSha256 = results.flatMap((result) => ('path' in result ? [result.sha256] : []))
      return urls.has(url) ? [{ ...task, url, resultSha256 }] : []
    }),
    // keys name the batch, or the edit that came alone
    images: images.filter(({ key }) =>
      key.split('/').some((part) => ids.has(part) || acked.some(({ batch }) => batch === part)),
    ),
    deliveries: witness.deliveries.slice(marks.deliveries),
    consumers,
    leftovers: await leftoversOf(arena),
    billedMicros: {
      ledger: billed.reduce((sum, text) => sum + Number(text ?? 0), 0),
      vendor: dashscope.bill.micros,
    },
    leaks: [
      ...strangers.map((address) => `a worker connected to ${address}`),
      ...leaksIn(witness.logged().slice(marks.logged)),
      ...leaksIn(
        witness.deliveries
          .slice(marks.deliveries)
          .map(({ text }) => text)
          .join('\n'),
      ),
    ],
    shown: await shownToOthers(arena, acked),
    traffic: {
      posts: after.posts - marks.posts,
      queries: after.polls - marks.polls + after.lists - marks.lists,
      puts: after.puts - marks.puts,
    },
  }
}

const secrets = [canaries.dashscope, canaries.s3, ...canaries.producers, 'X-Amz-Signature=', 'Signature=']

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
