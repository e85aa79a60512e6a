import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { startChild } from './child.ts'
import { openIntake, placeOf } from './enqueue-batch.ts'
import { rounded, slope } from './figures.ts'
import { atMost, type Figure } from './report.ts'
import { startServers } from './servers.ts'

export type MemoryOptions = {
  edits: number
  inFlight: number
  /** Told with each sample. */
  onSample?: (sample: Sample) => void
}

/** A worker's memory after a full collection, in MB, when it had ended this many edits. */
export type Sample = { edits: number; rssMb: number; heapMb: number; externalMb: number }

/** The last sample may exceed the first one after the warm-up by this share. */
const tolerance = 0.15

const Usage = z.object({ rss: z.number(), heapUsed: z.number(), external: z.number() })
const place = placeOf('memory')
const mb = (bytes: number) => Math.round(bytes / 1e5) / 10

/** Lets one worker process end many edits, and weighs it on the way, twenty times. The first tenth is its warm-up and does not count. */
export async function benchMemory({ edits, inFlight, onSample = () => {} }: MemoryOptions) {
  const servers = await startServers([place.bucket])
  try {
    const intake = await openIntake(servers, place)
    const task = JSON.stringify({ env: servers.env, ...place, inFlight })
    try {
      const { batch } = await intake.enqueue(edits)
      const worker = await startChild('worker-process.ts', [task], ['--expose-gc'])
      try {
        const key = intake.keys.batch(batch)
        const samples: Sample[] = []
        const step = Math.max(1, Math.floor(edits / 20))
        for (let due = step; due <= edits; due += step) {
          const ended = await untilEnded(async () => Number(await intake.redis.hget(key, 'succeeded')), due)
          const { rss, heapUsed, external } = Usage.parse(await worker.ask('weigh'))
          const sample = { edits: ended, rssMb: mb(rss), heapMb: mb(heapUsed), externalMb: mb(external) }
          samples.push(sample)
          onSample(sample)
        }
        return { samples, rss: verdict(samples, 'rssMb'), heap: verdict(samples, 'heapMb') }
      } finally {
        await worker.stop()
      }
    } finally {
      await intake.stop()
    }
  } finally {
    await servers.stop()
  }
}
export type MemoryFigures = Awaited<ReturnType<typeof benchMemory>>

/** The same in the form that every bench prints. */
export const memoryFigures = ({ rss, heap }: MemoryFigures): Figure[] =>
  Object.entries({ rss, heap }).flatMap(([name, { lastToFirst, mbPerThousandEdits }]) => [
    {
      name: `${name}, last of the first after warm-up`,
      value: lastToFirst,
      unit: '',
      asked: atMost(1 + tolerance),
    },
    { name: `${name} growth with 1,000 edits`, value: mbPerThousandEdits, unit: 'MB' },
  ])

async function untilEnded(count: () => Promise<number>, due: number): Promise<number> {
  for (;;) {
    const ended = await count()
    if (ended >= due) return ended
    await setTimeout(50)
  }
}

function verdict(samples: readonly Sample[], of: 'rssMb' | 'heapMb') {
  const points = samples
    .slice(samples.length / 10)
    .map((sample) => ({ x: sample.edits / 1000, y: sample[of] }))
  const [first, last] = [points[0]?.y ?? 0, points.at(-1)?.y ?? 0]
  return {
    mbPerThousandEdits: rounded(slope(points)),
    lastToFirst: rounded(last / first),
    flat: last <= first * (1 + tolerance),
  }
}
