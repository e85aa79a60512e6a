import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Client, createClient } from '@restyle/client/client'
import { amountName } from '@restyle/shared/contract/money'
import { idFromKey } from '@restyle/shared/ids'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { drawCatalog } from '../../src/demo/draw-catalog.ts'
import { startReceiver } from '../../src/webhook/start-receiver.ts'
import { startWorld, type World } from '../../src/world/start-world.ts'
import { restyle } from '../stories/cli.ts'
import { draw, strangerSubmits, until } from '../stories/story.ts'
import { endedBatches, largeBatch, type SeededBatch } from './picture-batches.ts'

/*
 * What the pictures of the console show: a catalog that was restyled and half reviewed, one that is under way, a large one, and what
 * else goes on in an installation. Keys, seeds and prompts are fixed, so that ids are the same each time.
 */

export const speed = 30
const apiKey = `rk_local_${'0123456789abcdef'.repeat(3)}`
const prompt = 'Put the {{colour}} {{product}} {{style}}'
const refused = 'Input data may contain inappropriate content.'
const keys = ledgerKeys(defaultPrefix)
/** Where nobody listens. */
const nobody = 'http://127.0.0.1:9/old'

export type PictureWorld = {
  world: World
  client: Client
  /** Addresses of this run, and what the pages call them. */
  names: Readonly<Record<string, string>>
  /** The ids of what the pages show. */
  shown: { reviewed: string; large: string; edit: string; webhook: string }
  stop(): Promise<void>
}

type Parts = { world: World; client: Client; dir: string; csv: string }

/** `products`: rows of the catalog that is drawn and restyled. */
export async function openPictureWorld({ products = 30 } = {}): Promise<PictureWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-pictures-'))
  const receiver = await startReceiver({ keep: false })
  const world = await startWorld({
    speed,
    apiKey,
    sources: 'photos',
    dashscope: { seed: 1, durations: { medianMs: 55_000, sigma: 0.25 } },
    overrides: { filesAfterMs: 0 },
    env: {
      RESTYLE_RECEIPT_DEADLINE_MS: '1000',
      RESTYLE_POST_DEADLINE_MS: '2000',
      RESTYLE_SETTLE_MS: '200',
    },
  })
  const client = createClient({ url: world.url, key: apiKey })
  const { csv } = await drawCatalog(join(dir, 'catalog'), { count: products })
  const parts = { world, client, dir: join(dir, 'catalog'), csv }
  const webhook = await addWebhooks(client, receiver.url)
  // what it has no rows of is older than what it has: a search looks at the newest first
  const large = await seedOthers(parts)
  const reviewed = await restyleCatalog(parts)
  await review(client, reviewed, products)
  await runSchedules(parts)
  await holdSubmits(parts)
  await seedSpend(parts, [reviewed, large])
  await client.keys.create({ producer: 'local', name: 'shop backend' })
  await client.keys.create({ producer: 'local', name: 'reports', scopes: ['edits:read'] })
  await leaveUnderWay(parts)
  return {
    world,
    client,
    names: {
      [receiver.url]: 'https://shop.example.com/hook',
      [nobody]: 'https://warehouse.example.com/restyle',
    },
    shown: { reviewed, large, edit: `${reviewed}-6`, webhook },
    async stop() {
      await world.stop()
      await receiver.stop()
      await rm(dir, { recursive: true })
    },
  }
}

/** One that takes everything, and one that nobody listens to. */
async function addWebhooks(client: Client, url: string): Promise<string> {
  const { webhook } = await client.webhooks.add(
    { url, description: 'The shop, which shows pictures as soon as they are made' },
    { idempotencyKey: 'shop' },
  )
  await client.webhooks.add(
    { url: nobody, types: ['restyle.batch.completed'], description: 'The warehouse' },
    { idempotencyKey: 'warehouse' },
  )
  return webhook.id
}

/** The catalog as a person sends it; some of its rows fail at the vendor. */
async function restyleCatalog({ world, dir, csv }: Parts): Promise<string> {
  const { faults } = world.dashscope
  const fails = (product: string, times: number, code: string, message: string) =>
    faults.add({
      at: 'task',
      times,
      match: (facts) => facts.prompt?.includes(product) === true,
      do: { type: 'fail', code, message },
    })
  fails('backpack', 3, 'DataInspectionFailed', refused)
  fails('candle', 1, 'InternalError.Algo', 'The picture could not be rendered.')
  const name = 'Spring catalog'
  const run = ['run', csv, '--prompt', prompt, '--name', name, '--idempotency-key', name, '--budget', '20']
  const { code, stderr } = await restyle(world, dir, ...run)
  if (code > 1) throw new Error(`the catalog was not restyled: ${stderr}`)
  return idFromKey('batch', 'local', name)
}

/** What a person has decided so far. */
async function review(client: Client, batch: string, rows: number): Promise<void> {
  for (let row = 0; row < rows * 0.6; row += 1) {
    const edit = await client.edits.read(`${batch}-${row}`)
    const verdict = row % 9 === 4 ? 'rejected' : row % 11 === 7 ? 'redo' : 'approved'
    if (edit.state === 'succeeded') await client.verdicts.set(edit.id, { verdict })
  }
}

/** A catalog in a bucket, which is run each night; and one that a person has paused. */
async function runSchedules({ world, client, dir }: Parts): Promise<void> {
  const s3 = new S3Client({
    endpoint: world.s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: world.env['S3_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: world.env['S3_SECRET_ACCESS_KEY'] ?? '',
    },
  })
  const put = async (Key: string, Body: Buffer | string) =>
    void (await s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body })))
  const [picture = ''] = (await readdir(join(dir, 'images'))).toSorted()
  await put(`night/${picture}`, await readFile(join(dir, 'images', picture)))
  await put('night/catalog.csv', `sku,image\nRS-2001,${picture}\n`)
  s3.destroy()
  const night = { cron: '0 22 * * *', timeZone: 'Asia/Shanghai', manifest: 's3://photos/night/catalog.csv' }
  await client.schedules.set('nightly', {
    ...night,
    prompt: 'On a shelf of light oak',
    finishBy: '06:00',
    budget: { currency: 'CNY', micros: 50_000_000 },
  })
  await client.schedules.set('weekly-banners', { ...night, cron: '30 6 * * 1', prompt: 'As a wide banner' })
  await client.schedules.pause('weekly-banners')
  await client.schedules.run('nightly', { idempotencyKey: 'nightly' })
  await until(async () => (await client.schedules.runs('nightly')).some(({ outcome }) => outcome === 'ran'))
}

/** Submits whose answers were lost while somebody else submitted the same. */
async function holdSubmits({ world, client }: Parts): Promise<void> {
  const prompts = ['The brass lamp on a walnut desk', 'The blue vase beside a window']
  for (const [i, each] of prompts.entries()) {
    await strangerSubmits({ world }, each)
    world.dashscope.faults.add({
      at: 'submit',
      match: (facts) => facts.prompt === each,
      do: { type: 'reset' },
    })
    const { image } = await client.sources.upload(await draw(200))
    const request = { prompt: each, images: [image], size: '768*768', key: `RS-${3001 + i}` }
    await client.edits.create(request, { idempotencyKey: each })
  }
  await until(async () => (await client.reviews.page()).reviews.length === prompts.length, 60_000)
}

/** A batch of which the ledger has the counts and the planes alone; one that has ended was not long ago. */
async function seedBatch(
  { world: { ledger, redis } }: Parts,
  { name, total, budget, counts, failures }: SeededBatch,
): Promise<string> {
  const id = idFromKey('batch', 'local', name)
  await ledger.openBatch({ id, producer: 'local', name, total, bodyHash: 'h' })
  const { succeeded, failed, canceled = 0, rendered = 0 } = counts
  const left = total - succeeded - failed - canceled - rendered
  const images = succeeded + rendered
  await redis.hset(keys.batch(id), {
    ...counts,
    ...Object.fromEntries(Object.entries(failures).map(([code, rows]) => [`failures:${code}`, rows])),
    codes: JSON.stringify(Object.keys(failures)),
    accepted: total,
    resting: left,
    images,
    billed: images * 200_000,
    budget: JSON.stringify({ currency: 'CNY', micros: budget * 1_000_000 }),
    ...(left === 0 ? { completedAt: await ledger.now() } : {}),
  })
  return id
}

/** What else is in the list, and one that is as large as a batch becomes, which a person has paused. */
async function seedOthers(parts: Parts): Promise<string> {
  for (const each of endedBatches) await seedBatch(parts, each)
  const { redis } = parts.world
  const { planes, ended, ...large } = largeBatch()
  const id = await seedBatch(parts, large)
  await redis.hset(keys.batch(id), { 'fed:wan2.5-i2i-preview:standard': ended })
  const { state, verdicts, codes } = planes
  await redis.mset(keys.batchMap(id), state, keys.batchVerdicts(id), verdicts, keys.batchCodes(id), codes)
  await parts.client.batches.pause(id)
  return id
}

/** What the days before cost, and what a day may. */
async function seedSpend({ world, client }: Parts, batches: readonly string[]): Promise<void> {
  const [lane] = await client.lanes.list()
  const days = [1_480, 2_210, 1_975, 2_640, 2_480, 1_120]
  for (const [at, images] of days.entries()) {
    const day = new Date(Date.now() - (at + 1) * 86_400_000).toISOString().slice(0, 10)
    for (const [n, batch] of batches.entries()) {
      const part = Math.floor((images * (n + 1)) / 3)
      await world.redis.hset(keys.usage('local', day), {
        [`billed ${lane?.id} ${batch}`]: part * 200_000,
        [`images ${lane?.id} ${batch}`]: part,
      })
      await world.redis.hincrby(keys.usage('local', day), amountName('billed', 'CNY'), part * 200_000)
    }
  }
  await client.producers.set('local', { caps: [{ per: 'day', currency: 'CNY', micros: 600_000_000 }] })
}

/** A batch whose tasks go on for as long as the pictures are taken. */
async function leaveUnderWay({ world, client, dir, csv }: Parts): Promise<void> {
  world.dashscope.faults.add({ at: 'task', times: Infinity, do: { type: 'take', ms: 3_600_000 } })
  const name = 'Spring catalog, once more in blue'
  const run = ['run', csv, '--all', '--prompt', `${prompt} in blue light`, '--name', name]
  await restyle(world, dir, ...run, '--idempotency-key', name, '--no-wait')
  const id = idFromKey('batch', 'local', name)
  await until(async () => ((await client.batches.read(id)).counts['running'] ?? 0) > 2)
}
