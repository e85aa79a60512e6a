import { basename, resolve } from 'node:path'
import { mostEditsOfBatch } from '@restyle/client/batches'
import type { Client } from '@restyle/client/client'
import type { Manifest } from '@restyle/manifest/manifest'
import { readManifest } from '@restyle/manifest/read-manifest'
import type { Io } from './io.ts'
import { planEdits, type Plan } from './plan-edits.ts'
import { priorityOf, readRequestOptions, type RequestFlags } from './request-options.ts'
import { sendResumable } from './send-resumable.ts'
import { liveLine } from './show/live-line.ts'
import { noteLines } from './show/note-lines.ts'
import { priceOf, priceText } from './show/price.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'
import { uploadPictures } from './upload-pictures.ts'
import { watch } from './watch.ts'

/** The flags of `restyle run`. */
export type RunFlags = RequestFlags & {
  imageColumn: string
  keyColumn?: string
  pictures?: string
  name?: string
  dryRun?: true
  wait: boolean
  idempotencyKey?: string
  json?: true
}

/** A catalog becomes a batch: every row is checked, then pictures are uploaded, then one request enqueues all edits. */
export async function run(
  path: string,
  flags: RunFlags,
  openClient: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const { imageColumn, json } = flags
  const options = readRequestOptions(flags)
  const read = await readManifest(resolve(io.cwd, path), { imageColumn, mostRows: mostEditsOfBatch })
  const { manifest } = read
  const line = liveLine(io.stderr, io.now)
  // also where the catalog is refused: a file that was left out may be the reason
  printLines(io.stderr, ...noteLines(read.notes))
  const plan = await planEdits(read, options, {
    ...planOptions(flags, io.cwd),
    now: io.now(),
    onProgress: (done) => line.show(() => `checked ${done} of ${manifest.rows.length}`),
  }).finally(() => line.end())
  printLines(io.stderr, ...noteLines(plan.notes))
  if (flags.dryRun === true) return dryRun(plan, json, io)
  if (json === undefined) printLines(io.stdout, ...summary(plan))

  const client = await openClient()
  const paths = new Map([...plan.pictures].map(([sha256, picture]) => [sha256, picture.path]))
  await uploadPictures(client, paths, io.cwd, (done) =>
    line.show(() => `uploaded ${done} of ${paths.size}`),
  ).finally(() => line.end())
  const batch = await sendResumable({
    idempotencyKey: flags.idempotencyKey ?? io.newId(),
    url: client.url,
    signal: io.signal,
    rowName: (index) => nameOfRow(manifest, index),
    send: (idempotencyKey) =>
      client.batches.create(
        { name: flags.name ?? basename(path), ...priorityOf(flags), edits: plan.edits },
        { idempotencyKey },
      ),
  })
  if (json === undefined) printLines(io.stdout, `${batch.id} accepted`)
  if (flags.wait) return watch(batch.id, json === undefined ? {} : { json }, client, io)
  if (json === undefined) printLines(io.stdout, `watch it with: restyle watch ${batch.id}`)
  else await writeRaw(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
  return 0
}

const planOptions = ({ prompt, imageColumn, keyColumn, pictures }: RunFlags, cwd: string) => ({
  imageColumn,
  ...(prompt === undefined ? {} : { prompt }),
  ...(keyColumn === undefined ? {} : { keyColumn }),
  ...(pictures === undefined ? {} : { folder: resolve(cwd, pictures) }),
})

function nameOfRow({ rows, unit }: Manifest, index: number): string | undefined {
  const row = rows[index]
  return row === undefined ? undefined : `${unit} ${row.number}`
}

async function dryRun(plan: Plan, json: true | undefined, io: Io): Promise<ExitCode> {
  if (json === undefined) printLines(io.stdout, ...summary(plan), dryRunLine(plan))
  else {
    const { images, byRegion } = priceOf(plan.edits)
    const facts = {
      edits: plan.edits.length,
      images,
      pictures: plan.pictures.size,
      bytes: bytesOf(plan),
      notLookedAt: addressesOf(plan),
    }
    await writeRaw(
      io.stdout,
      `${JSON.stringify({ ...facts, price: Object.fromEntries(byRegion) })}\n`,
      io.signal,
    )
  }
  return 0
}

/** Local pictures were decoded; what is elsewhere the vendor fetches. */
function dryRunLine(plan: Plan): string {
  const addresses = addressesOf(plan)
  const unseen = addresses === 0 ? '' : `; ${addresses} pictures at addresses were not looked at`
  return `dry run: nothing was sent${unseen}`
}

const addressesOf = ({ edits, pictures }: Plan): number =>
  new Set(
    edits.flatMap(({ images }) => images.filter((image) => !pictures.has(image.replace('sha256:', '')))),
  ).size

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
