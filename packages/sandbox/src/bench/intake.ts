import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createClient, type Client } from '@restyle/client/client'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { idFromKey } from '@restyle/shared/ids'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { startRedis } from '../redis/start-redis.ts'
import { addBulkRate } from './add-bulk.ts'
import { benchModel, benchSize } from './bench-settings.ts'
import { catalogPrompt, rowOf, writeCatalog } from './catalog-file.ts'
import { placeOf } from './enqueue-batch.ts'
import { median } from './figures.ts'
import { freePort } from './free-port.ts'
import { atLeast, atMost, type Figure } from './report.ts'
import { startServers, type Servers } from './servers.ts'
import { startWeighed, type WeighedProcess } from './weighed-process.ts'

export type IntakeOptions = {
  rows: number
  /** Told before each step. */
  onStep?: (what: string) => void
}

/** What is asked: the share of `addBulk`'s rate, and MB over the start of either process. */
const [share, mostMb] = [0.5, 150]
/** Jobs of each raw run: BullMQ's rate does not depend on how many there are, Redis's memory does. */
const rawJobs = 100_000

const apiKey = 'rk_local_benchbenchbenchbench'
const producerName = 'local'
const place = placeOf('intake')

/**
 * A catalog from its file into a batch, by the command line over HTTP, each side a process as in production: once without
 * trouble, and once with either side killed on the way and started again. Beside it BullMQ's `addBulk`, before and after.
 */
export async function benchIntake({ rows, onStep = () => {} }: IntakeOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'restyle-intake-'))
  const servers = await startServers([place.bucket])
  try {
    onStep(`writing a catalog of ${rows} rows`)
    await writeCatalog(join(folder, 'catalog.csv'), rows)
    await openInstallation(servers)
    const raw = [await rawRate(rows, onStep)]
    const site = await openSite(servers, folder)
    onStep('a run without trouble')
    const smooth = await smoothRun(site, rows)
    raw.push(await rawRate(rows, onStep))
    onStep('a run with either side killed')
    const cut = await cutRun(site, rows)
    raw.push(await rawRate(rows, onStep))
    await site.stop()
    return { rows, raw, rawPerSecond: median(raw), ...smooth, ...cut, memory: await site.memory() }
  } finally {
    await servers.stop()
    await rm(folder, { recursive: true })
  }
}
export type IntakeFigures = Awaited<ReturnType<typeof benchIntake>>

/** The same in the form that every bench prints. */
export const intakeFigures = ({ rawPerSecond, ...measured }: IntakeFigures): Figure[] => [
  { name: 'rows sent', value: measured.sentPerSecond, unit: '/s', beside: rawPerSecond },
  { name: 'share of addBulk', value: measured.sentPerSecond / rawPerSecond, unit: '', asked: atLeast(share) },
  { name: 'rows checked and sent', value: measured.wholePerSecond, unit: '/s' },
  { name: 'command line over its start', value: measured.memory.cli, unit: 'MB', asked: atMost(mostMb) },
  { name: 'producer over its start', value: measured.memory.producer, unit: 'MB', asked: atMost(mostMb) },
  { name: 'rows twice after kills', value: measured.twice, unit: '', asked: atMost(0) },
  { name: 'rows missing after kills', value: measured.missing, unit: '', asked: atMost(0) },
]

async function openInstallation({ redis: { url } }: Servers): Promise<void> {
  const redis = connectRedis(url, 'producer', () => {})
  await installApiKey(redis, place.prefix, producerName, apiKey)
  await openLedger(redis, place.prefix).lanes.announce({
    id: 'bench',
    name: 'bench',
    model: benchModel,
    region: 'beijing',
    running: 1,
    submitPerSecond: 1,
  })
  redis.disconnect()
}

async function rawRate(rows: number, onStep: (what: string) => void): Promise<number> {
  const redis = await startRedis()
  try {
    onStep('addBulk')
    return await addBulkRate(redis, Math.min(rows, rawJobs))
  } finally {
    await redis.stop()
  }
}

/** A producer that can be killed and started again, and runs of the command line against it. */
type Site = {
  client: Client
  run: (key: string) => WeighedProcess
  /** Kills it and starts it again. */
  restartProducer(): Promise<void>
  /** From here on what it does is no intake, and does not count. */
  weighProducer(): Promise<void>
  /** The most that a process of either kind had over its start, in MB. */
  memory(): Promise<{ cli: number; producer: number }>
  stop(): Promise<void>
}

async function openSite({ env: servers }: Servers, folder: string): Promise<Site> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...servers, S3_BUCKET: place.bucket, RESTYLE_PREFIX: place.prefix, PORT: String(port) }
  const client = createClient({ url, key: apiKey })
  const loaded = startWeighed('cli', ['--version'], {}, folder)
  await loaded.ended
  const base = await loaded.mb()
  const runs: WeighedProcess[] = []
  const over: number[] = []
  let producer = await start()

  async function start() {
    const process = startWeighed('producer', [], env, folder)
    while (!(await isReady(url))) await setTimeout(50)
    return { process, mb: await process.mb() }
  }
  const weighProducer = async () => {
    over.push((await producer.process.mb()) - producer.mb)
  }

  return {
    client,
    run: (key) => {
      const args = ['run', 'catalog.csv', '--prompt', catalogPrompt, '--size', benchSize]
      const run = startWeighed(
        'cli',
        [...args, '--idempotency-key', key, '--no-wait', '--json'],
        { RESTYLE_URL: url, RESTYLE_API_KEY: apiKey },
        folder,
      )
      runs.push(run)
      return run
    },
    weighProducer,
    restartProducer: async () => {
      await weighProducer()
      producer.process.kill('SIGKILL')
      await producer.process.ended
      producer = await start()
    },
    memory: async () => {
      const ofRuns = await Promise.all(runs.map(async (run) => (await run.mb()) - base))
      return { cli: Math.max(...ofRuns), producer: Math.max(...over) }
    },
    stop: async () => {
      producer.process.kill('SIGTERM')
      await producer.process.ended
    },
  }
}

async function smoothRun({ client, run }: Site, rows: number) {
  const began = Date.now()
  await succeed(run('smooth'))
  const ended = Date.now()
  const { total, createdAt } = await client.batches.read(batchOf('smooth'))
  if (total !== rows) throw new Error(`the batch has ${total} rows of ${rows}`)
  const perSecond = (since: number) => rows / ((ended - since) / 1000)
  return { sentPerSecond: perSecond(Date.parse(createdAt)), wholePerSecond: perSecond(began) }
}

/** Kills the command line at a third of the rows, the producer at two thirds, and looks at every row in the end. */
async function cutRun(site: Site, rows: number): Promise<{ twice: number; missing: number }> {
  const { client, run } = site
  const first = run('cut')
  await untilTaken(client, rows / 3)
  first.kill('SIGKILL')
  await first.ended
  const second = run('cut')
  await untilTaken(client, (2 * rows) / 3)
  await site.restartProducer()
  // it waits for a producer, but not for as long as one may take to start on a busy machine
  if ((await second.ended).code !== 0) await succeed(run('cut'))
  await site.weighProducer()
  const seen = new Uint8Array(rows)
  let next = 0
  for await (const { key } of client.batches.edits(batchOf('cut'))) {
    // mostly the next one
    const place = key === rowOf(next).key ? next : Number(key.replace(/\D/g, ''))
    next = place + 1
    seen[place] = (seen[place] ?? 0) + 1
  }
  return {
    twice: seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0),
    missing: seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0),
  }
}

const batchOf = (key: string): string => idFromKey('batch', producerName, key)

async function untilTaken(client: Client, rows: number): Promise<void> {
  for (;;) {
    const batch = await client.batches.read(batchOf('cut')).catch(() => undefined)
    if (batch !== undefined && batch.total >= rows) return
    await setTimeout(20)
  }
}

async function succeed(run: WeighedProcess): Promise<void> {
  const { code, stderr } = await run.ended
  if (code !== 0) throw new Error(`restyle run ended with ${code}: ${stderr}`)
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )
