import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { placeOf } from './enqueue-batch.ts'
import { storeBatch } from './export-batch.ts'
import { freePort } from './free-port.ts'
import { atMost, type Figure } from './report.ts'
import { startServers } from './servers.ts'
import { startWeighed } from './weighed-process.ts'

export type ExportOptions = {
  rows: number
  /** Told before each step. */
  onStep?: (what: string) => void
}

/** What is asked: ms until the first byte, and MB over the start of the producer. */
const [firstMs, mostMb] = [1_000, 150]

const apiKey = 'rk_local_benchbenchbenchbench'
const place = placeOf('export')

/** A download. `wire`: MB as they were sent. */
type Taken = { seconds: number; firstMs: number; wire: number }

/**
 * All rows of a batch as one file, sent by a producer as in production, beside a process that pipes the same bytes out of a file.
 */
export async function benchExport({ rows, onStep = () => {} }: ExportOptions): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'restyle-export-'))
  const servers = await startServers([place.bucket])
  try {
    onStep(`storing a batch of ${rows} rows`)
    const batch = await storeBatch(servers, place, rows)
    const redis = connectRedis(servers.redis.url, 'producer', () => {})
    await installApiKey(redis, place.prefix, 'local', apiKey)
    redis.disconnect()
    const producer = await start('producer', [], folder, {
      ...servers.env,
      S3_BUCKET: place.bucket,
      RESTYLE_PREFIX: place.prefix,
    })
    const bare = await start('bare-pipe', [folder], folder, {})
    const results = `${producer.url}/v1/batches/${batch.id}/results`
    /** Both sides write what they get, so that it costs them the same. */
    const pair = async (format: 'csv' | 'jsonl', headers: Readonly<Record<string, string>> = {}) => {
      const packed = headers['accept-encoding'] === undefined ? '' : '.gz'
      const file = join(folder, `${format}${packed}`)
      const own = await download(`${results}?format=${format}`, file, {
        ...headers,
        authorization: `Bearer ${apiKey}`,
      })
      const beside = await download(`${bare.url}/${format}`, join(folder, 'beside'), headers)
      const megabytes = (await stat(join(folder, format))).size / 1e6
      return { own, beside, megabytes }
    }
    onStep('csv, before its files are stored')
    const anew = await pair('csv')
    await batch.noteFiles()
    onStep('csv')
    const csv = await pair('csv')
    onStep('csv, packed')
    const packed = await pair('csv', { 'accept-encoding': 'gzip' })
    onStep('jsonl')
    const jsonl = await pair('jsonl')
    const memory = { own: await producer.over(), beside: await bare.over() }
    await Promise.all([producer.stop(), bare.stop()])
    batch.close()
    return [
      ...figuresOf('csv, columns read from the rows', anew),
      ...figuresOf('csv', csv),
      ...figuresOf('csv, packed', packed),
      { name: 'csv, packed: sent', value: packed.own.wire, unit: 'MB', beside: packed.beside.wire },
      ...figuresOf('jsonl', jsonl),
      {
        name: 'most memory over the start',
        value: memory.own,
        unit: 'MB',
        beside: memory.beside,
        asked: atMost(mostMb),
      },
    ]
  } finally {
    await servers.stop()
    await rm(folder, { recursive: true })
  }
}

type Pair = { own: Taken; beside: Taken; megabytes: number }

const figuresOf = (name: string, { own, beside, megabytes }: Pair): Figure[] => [
  { name: `${name}: whole file`, value: own.seconds, unit: 's', beside: beside.seconds },
  {
    name: `${name}: text a second`,
    value: megabytes / own.seconds,
    unit: 'MB/s',
    beside: megabytes / beside.seconds,
  },
  {
    name: `${name}: first byte`,
    value: own.firstMs,
    unit: 'ms',
    beside: beside.firstMs,
    asked: atMost(firstMs),
  },
]

async function start(
  app: 'producer' | 'bare-pipe',
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
) {
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const process = startWeighed(app, [...args, port], { ...env, PORT: port }, folder)
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    await answer?.text().catch(() => undefined)
    if (answer?.ok === true) break
    await setTimeout(50)
  }
  const mb = await process.mb()
  return {
    url,
    over: async () => (await process.mb()) - mb,
    stop: async () => {
      process.kill('SIGTERM')
      await process.ended
    },
  }
}

/** Gets a file as it is sent, packed or not. Throws where it breaks off. */
async function download(
  url: string,
  file: string,
  headers: Readonly<Record<string, string>>,
): Promise<Taken> {
  const began = performance.now()
  const asking = request(url, { headers, agent: false }).end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`)
  let first: number | undefined
  answer.once('data', () => (first = performance.now() - began))
  await pipeline(answer, createWriteStream(file))
  const seconds = (performance.now() - began) / 1000
  if (first === undefined) throw new Error(`${url} sent nothing`)
  return { seconds, firstMs: first, wire: (await stat(file)).size / 1e6 }
}
