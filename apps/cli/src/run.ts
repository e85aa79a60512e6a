import { basename, resolve } from 'node:path'
import { BatchView } from '@restyle/shared/contract/batch'
import type { Api } from './api/api.ts'
import { sendOnce } from './api/send-once.ts'
import type { Io } from './io.ts'
import { readManifest } from './manifest/read-manifest.ts'
import { planEdits, type Plan } from './plan-edits.ts'
import { uploadPictures } from './picture/upload-pictures.ts'
import { liveLine } from './show/live-line.ts'
import { priceOf, priceText } from './show/price.ts'
import { hand, say } from './show/say.ts'
import type { ExitCode } from './stop.ts'
import { watch } from './watch.ts'
import { readWishes, type WishOptions } from './wishes.ts'

/** The options of `restyle run`. */
export type RunOptions = WishOptions & {
  imageColumn: string
  keyColumn?: string
  pictures?: string
  name?: string
  dryRun?: true
  wait: boolean
  idempotencyKey?: string
  json?: true
}

/** A catalog becomes a batch: every row is checked, then pictures are uploaded, then all is sent at once. */
export async function run(
  path: string,
  options: RunOptions,
  openApi: () => Promise<Api>,
  io: Io,
): Promise<ExitCode> {
  const { prompt, keyColumn, pictures, imageColumn, json } = options
  const wishes = readWishes(options)
  const manifest = await readManifest(resolve(io.cwd, path), imageColumn)
  const line = liveLine(io.stderr, io.now)
  const plan = await planEdits(manifest, wishes, {
    ...(prompt === undefined ? {} : { prompt }),
    ...(keyColumn === undefined ? {} : { keyColumn }),
    ...(pictures === undefined ? {} : { folder: resolve(io.cwd, pictures) }),
    onProgress: (done) => line.show(() => `checked ${done} of ${manifest.rows.length}`),
  }).finally(() => line.end())
  if (options.dryRun === true) return dryRun(plan, json, io)
  if (json === undefined) say(io.stdout, ...summary(plan))

  const api = await openApi()
  const paths = new Map([...plan.pictures].map(([sha256, picture]) => [sha256, picture.path]))
  await uploadPictures(api, paths, (done) => line.show(() => `uploaded ${done} of ${paths.size}`)).finally(
    () => line.end(),
  )
  const batch = await sendOnce(api, '/v1/batches', BatchView, {
    body: { name: options.name ?? basename(path), edits: plan.edits },
    idempotencyKey: options.idempotencyKey ?? io.newId(),
    rowName: (index) => {
      const row = manifest.rows[index]
      return row === undefined ? undefined : `${manifest.unit} ${row.number}`
    },
  })
  if (json === undefined) say(io.stdout, `${batch.id} accepted`)
  if (options.wait) return watch(batch.id, json === undefined ? {} : { json }, api, io)
  if (json === undefined) say(io.stdout, `watch it with: restyle watch ${batch.id}`)
  else await hand(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
  return 0
}

async function dryRun(plan: Plan, json: true | undefined, io: Io): Promise<ExitCode> {
  if (json === undefined) say(io.stdout, ...summary(plan), 'dry run: nothing was sent')
  else {
    const { images, byRegion } = priceOf(plan.edits)
    const facts = { edits: plan.edits.length, images, pictures: plan.pictures.size, bytes: bytesOf(plan) }
    await hand(io.stdout, `${JSON.stringify({ ...facts, price: Object.fromEntries(byRegion) })}\n`, io.signal)
  }
  return 0
}

function summary(plan: Plan): string[] {
  const { images, byRegion } = priceOf(plan.edits)
  const megabytes = (bytesOf(plan) / 1e6).toFixed(1)
  return [
    `${plan.edits.length} edits, ${plan.pictures.size} distinct local pictures (${megabytes} MB), ${images} images to make`,
    `price: at most ${priceText(byRegion)}`,
  ]
}

const bytesOf = ({ pictures }: Plan): number =>
  [...pictures.values()].reduce((sum, { picture }) => sum + picture.bytes, 0)
