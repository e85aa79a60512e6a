import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { z } from 'zod'
import { startRedis } from '../redis/start-redis.ts'
import { rowOf } from './catalog-file.ts'
import { startChild } from './child.ts'
import { placeOf } from './enqueue-batch.ts'
import { median } from './figures.ts'
import { freePort } from './free-port.ts'
import { type LoadFigures, sendLoad } from './load.ts'
import { atLeast, type Figure } from './report.ts'
import { startServers } from './servers.ts'
import { heapFlags } from './weighed-process.ts'

export type ApiOptions = {
  seconds: number
  runs: number
  atOnce: number
  /** Told of each run. */
  onRun?: (what: string) => void
}

/** What is asked: the share of the bare route's rate. */
const share = 0.5

const apiKey = 'rk_local_benchbenchbenchbench'
const place = placeOf('api')
const batchRows = 500
const batchesAtOnce = 4

const kinds = {
  edits: { path: '/v1/edits', body: (i: number) => JSON.stringify(rowOf(i)) },
  batches: {
    path: '/v1/batches',
    body: (i: number) =>
      JSON.stringify({ edits: Array.from({ length: batchRows }, (_, row) => rowOf(i * batchRows + row)) }),
  },
} as const
type Kind = keyof typeof kinds

/** One kind of request, of each pair of runs. */
type Measured = { ours: LoadFigures[]; bare: LoadFigures[] }

/**
 * Requests per second of the producer, a process as in production, beside the barest route that adds to a queue of BullMQ: each has a
 * Redis of its own, and their runs take turns.
 */
export async function benchApi(options: ApiOptions) {
  const opened = new AsyncDisposableStack()
  try {
    const servers = await startServers([place.bucket])
    opened.defer(() => servers.stop())
    const redis = await startRedis()
    opened.defer(() => redis.stop())
    const bare = await startChild('server-process.ts', ['bare-api', redis.url])
    opened.defer(() => bare.stop())
    await openKey(servers.redis.url)
    const { url, stop } = await startProducer(servers.env)
    opened.defer(stop)
    const sides = { ours: url, bare: z.url().parse(bare.ready) }
    return {
      edits: await measure('edits', sides, options),
      batches: await measure('batches', sides, options),
    }
  } finally {
    await opened.disposeAsync()
  }
}

type Sides = Record<keyof Measured, string>

/** Pairs of runs; the first of them warms up, and does not count. */
async function measure(
  kind: Kind,
  sides: Sides,
  { seconds, runs, atOnce, onRun = () => {} }: ApiOptions,
): Promise<Measured> {
  const { path, body } = kinds[kind]
  let sent = 0
  const run = async (side: keyof Sides): Promise<LoadFigures> => {
    const figures = await sendLoad(sides[side], {
      path,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      bodyOf: (i) => body(sent + i),
      atOnce: kind === 'edits' ? atOnce : batchesAtOnce,
      seconds,
    })
    sent += 1_000_000
    onRun(`${kind} ${side}: ${figures.perSecond.toFixed(1)}/s, p99 ${figures.p99.toFixed(1)} ms`)
    return figures
  }
  const measured: Measured = { ours: [], bare: [] }
  for (let i = 0; i <= runs; i += 1) {
    const pair = { bare: await run('bare'), ours: await run('ours') }
    if (i === 0) continue
    measured.bare.push(pair.bare)
    measured.ours.push(pair.ours)
  }
  return measured
}

/** The same in the form that every bench prints. */
export const apiFigures = (measured: Awaited<ReturnType<typeof benchApi>>): Figure[] =>
  (['edits', 'batches'] as const).flatMap((kind): Figure[] => {
    const { ours, bare } = measured[kind]
    const middle = (side: readonly LoadFigures[], name: keyof LoadFigures) =>
      median(side.map((figures) => figures[name]))
    const ratios = ours.map(({ perSecond }, i) => perSecond / (bare[i]?.perSecond ?? Number.NaN))
    const what = kind === 'edits' ? 'edits' : `batches of ${batchRows}`
    return [
      { name: what, value: middle(ours, 'perSecond'), unit: '/s', beside: middle(bare, 'perSecond') },
      { name: `${what}, share of the bare route`, value: median(ratios), unit: '', asked: atLeast(share) },
      { name: `${what}, p50`, value: middle(ours, 'p50'), unit: 'ms', beside: middle(bare, 'p50') },
      { name: `${what}, p99`, value: middle(ours, 'p99'), unit: 'ms', beside: middle(bare, 'p99') },
    ]
  })

/** A process as in production, which logs no line for each request. */
async function startProducer(env: Readonly<Record<string, string>>) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const main = fileURLToPath(new URL('../../../../apps/producer/src/main.ts', import.meta.url))
  const own = { S3_BUCKET: place.bucket, RESTYLE_PREFIX: place.prefix, PORT: String(port), LOG_LEVEL: 'warn' }
  // the bare route counts nobody, and logs no request
  const bare = { RESTYLE_REQUESTS_PER_MINUTE: '0', RESTYLE_ACCESS_LOG: 'off' }
  const child = spawn(process.execPath, [...heapFlags, main], {
    env: { ...env, ...own, ...bare },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const gone = once(child, 'exit')
  while (!(await isReady(url)))
    if (child.exitCode === null) await setTimeout(50)
    else throw new Error('the producer has died')
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function openKey(redisUrl: string): Promise<void> {
  const redis = connectRedis(redisUrl, 'producer', () => {})
  await installApiKey(redis, place.prefix, 'local', apiKey)
  redis.disconnect()
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )
