import { basename, resolve } from 'node:path'
import { mostRowsOfBatch } from '@restyle/client/batches'
import type { Client } from '@restyle/client/client'
import type { LocalPicture } from '@restyle/manifest/check-row'
import { scanManifest } from '@restyle/manifest/scan-manifest'
import { readOptionsOf, type CatalogFlags } from './catalog-flags.ts'
import type { Io } from './io.ts'
import type { Plan } from '@restyle/manifest/plan-edits'
import { planCatalog } from './plan-catalog.ts'
import { preparingOf, priorityOf, readRequestOptions, type RequestFlags } from './request-options.ts'
import { sendPlan } from './send-plan.ts'
import { liveLine } from './show/live-line.ts'
import { noteLines } from './show/note-lines.ts'
import { preparationLines } from './show/preparation-lines.ts'
import { priceOf, priceText } from './show/price.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'
import { uploadPictures } from './upload-pictures.ts'
import { watch } from './watch.ts'

/** The flags of `restyle run`. */
export type RunFlags = RequestFlags &
  CatalogFlags & {
    keyColumn?: string
    pictures?: string
    name?: string
    hold?: true
    dryRun?: true
    wait: boolean
    idempotencyKey?: string
    json?: true
  }

/** A catalog becomes a batch: every row is checked, then pictures are uploaded, then the edits are enqueued. */
export async function run(
  path: string,
  flags: RunFlags,
  openClient: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const { json } = flags
  const options = readRequestOptions(flags)
  const catalog = { path: resolve(io.cwd, path), ...readOptionsOf(flags) }
  const scanned = await scanManifest(catalog, { mostRows: mostRowsOfBatch })
  const line = liveLine(io.stderr, io.now)
  // also where the catalog is refused: a file that was left out may be the reason
  printLines(io.stderr, ...noteLines(scanned.notes))
  const plan = await planCatalog(catalog, scanned, options, {
    ...planOptions(flags, io.cwd),
    now: io.now(),
    onProgress: (done) => line.show(() => `checked ${done} of ${scanned.manifest.rows}`),
  }).finally(() => line.end())
  printLines(io.stderr, ...noteLines(plan.notes))
  if (flags.dryRun === true) return dryRun(plan, json, io)
  if (json === undefined) printLines(io.stdout, ...summary(plan))

  const client = await openClient()
  if (plan.pictures.distinct > 0)
    await uploadPictures(client, picturesOf(plan), io.cwd, (done) =>
      line.show(() => `uploaded ${done} of ${plan.pictures.distinct}`),
    ).finally(() => line.end())
  const name = flags.name ?? basename(path)
  const batch = await sendPlan(
    plan,
    { name, ...priorityOf(flags), ...keyOf(flags), ...(flags.hold && { held: true }) },
    client,
    io,
    line,
  )
  if (json === undefined) printLines(io.stdout, `${batch.id} accepted`)
  if (flags.wait) return watch(batch.id, json === undefined ? {} : { json }, client, io)
  if (json === undefined) printLines(io.stdout, `watch it with: restyle watch ${batch.id}`)
  else await writeRaw(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
  return 0
}

const keyOf = ({ idempotencyKey }: RunFlags) => (idempotencyKey === undefined ? {} : { idempotencyKey })

async function* picturesOf(plan: Plan): AsyncGenerator<LocalPicture> {
  for await (const { pictures } of plan.planned()) yield* pictures
}

const planOptions = ({ prompt, keyColumn, pictures, ...flags }: RunFlags, cwd: string) => ({
  preparing: preparingOf(flags),
  ...(prompt === undefined ? {} : { prompt }),
  ...(keyColumn === undefined ? {} : { keyColumn }),
  ...(pictures === undefined ? {} : { folder: resolve(cwd, pictures) }),
})

async function dryRun(plan: Plan, json: true | undefined, io: Io): Promise<ExitCode> {
  if (json === undefined) printLines(io.stdout, ...summary(plan), dryRunLine(plan))
  else {
    const { images, byRegion } = priceOf(plan.images)
    const facts = {
      edits: plan.edits,
      images,
      pictures: plan.pictures.distinct,
      bytes: plan.pictures.bytes,
      prepared: { pictures: plan.prepared.pictures, ...Object.fromEntries(plan.prepared.changes) },
      notLookedAt: plan.addresses,
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
function dryRunLine({ addresses }: Plan): string {
  const unseen = addresses === 0 ? '' : `; ${addresses} pictures at addresses were not looked at`
  return `dry run: nothing was sent${unseen}`
}

function summary(plan: Plan): string[] {
  const { images, byRegion } = priceOf(plan.images)
  const megabytes = (plan.pictures.bytes / 1e6).toFixed(1)
  return [
    `${plan.edits} edits, ${plan.pictures.distinct} distinct local pictures (${megabytes} MB), ${images} images to make`,
    ...preparationLines(plan.prepared),
    `price: at most ${priceText(byRegion)}`,
  ]
}
