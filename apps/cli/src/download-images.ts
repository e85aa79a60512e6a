import { join, resolve } from 'node:path'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { ResultsOptions } from '@restyle/client/batch-results'
import type { Result } from '@restyle/client/types'
import { openKeyIndex } from '@restyle/shared/key-index'
import { downloadImage, type Downloaded } from './download-image.ts'
import { inOrder } from '@restyle/shared/in-order'
import type { Io } from './io.ts'
import { errorCode } from './show/error-code.ts'
import { liveLine } from './show/live-line.ts'
import { printLines } from './show/print.ts'
import { markedName, safeName } from './safe-name.ts'
import { Stop, type ExitCode } from './stop.ts'
import { countText } from './show/count-text.ts'

/** How many images are fetched at a time unless more are asked for. */
export const usualParallel = 8

/** Addresses live an hour, and few are made at a time: the last of a page is used long before. */
const [linkSeconds, pageRows] = [3600, 50]

/** Failures that are shown; the others are counted. */
const mostShown = 20

type Tally = {
  images: number
  downloaded: number
  there: number
  bytes: number
  /** Rows without an image, by state. */
  without: Map<string, number>
  failures: string[]
}

/** Fetches all images of a batch into a folder. A run that was cut off goes on where it was. */
export async function downloadImages(
  batch: string,
  folder: string,
  { parallel = usualParallel, verdict }: { verdict?: Said; parallel?: number | undefined },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { images } = await client.batches.read(batch)
  const tally: Tally = { images, downloaded: 0, there: 0, bytes: 0, without: new Map(), failures: [] }
  const line = liveLine(io.stderr, io.now)
  try {
    const jobs = jobsOf({ batch, verdict }, folder, tally, client, io)
    const run = async (job: Job) => note(await job.run(), job, tally)
    for await (const _ of inOrder(jobs, parallel, run)) line.show(() => progressOf(tally))
  } catch (error) {
    line.end()
    if (io.signal.aborted)
      throw new Stop('interrupted', [
        `${countText(tally.downloaded + tally.there, 'image')} in ${folder} by now; go on with the same command`,
      ])
    if (error instanceof ApiError || error instanceof Stop) throw error
    throw new Stop('input', [`${folder} cannot be written (${errorCode(error)})`])
  }
  line.end(() => progressOf(tally))
  printLines(io.stderr, ...endLines(tally, folder))
  return tally.failures.length === 0 ? 0 : 1
}

type Said = ResultsOptions['verdict'] | undefined

type Job = { name: string; bytes: number; run: () => Promise<Downloaded> }

/** What is to be fetched, in the order of the rows. */
async function* jobsOf(
  { batch, verdict }: { batch: string; verdict: Said },
  folder: string,
  tally: Tally,
  client: Client,
  io: Io,
): AsyncGenerator<Job> {
  const names = openKeyIndex()
  const unreadable: string[] = []
  const listed = client.batches.results(batch, {
    links: linkSeconds,
    limit: pageRows,
    ...(verdict === undefined ? {} : { verdict }),
    unreadable: ({ id, key = id }) => unreadable.push(key),
  })
  for await (const result of listed) {
    for (const key of unreadable.splice(0)) tally.failures.push(`${key}: the producer cannot read its record`)
    const stored = result.images.filter((image) => image.key !== undefined && image.sha256 !== undefined)
    if (stored.length === 0) tally.without.set(result.state, (tally.without.get(result.state) ?? 0) + 1)
    const base = baseOf(result, names)
    for (const image of stored) {
      const { key = '', sha256 = '', bytes, index, url = '' } = image
      const ending = /\.(png|jpe?g|webp)$/.exec(key)?.[0] ?? endingOf(image.contentType)
      const several = result.images.length > 1
      const path = several ? join(base, `${index + 1}${ending}`) : `${base}${ending}`
      const freshUrl = async () =>
        (await client.edits.links(result.id, { seconds: linkSeconds })).find((each) => each.index === index)
          ?.url
      yield {
        name: several ? `${result.key}, image ${index + 1}` : result.key,
        bytes: bytes ?? 0,
        run: () =>
          downloadImage(resolve(io.cwd, folder, path), { url, sha256, bytes, freshUrl }, { client, ...io }),
      }
    }
  }
  for (const key of unreadable) tally.failures.push(`${key}: the producer cannot read its record`)
}

/** The name that the images of a row have: its key, if no row before it has one that some system takes for the same. */
function baseOf({ key, row = 0 }: Result, names: ReturnType<typeof openKeyIndex>): string {
  const name = safeName(key)
  const owner = names.claim(name.toLowerCase(), row)
  return owner === undefined || owner === row ? name : markedName(name, key)
}

const endingOf = (contentType: string | undefined): string =>
  contentType === undefined ? '' : `.${contentType.split('/')[1]?.replace('jpeg', 'jpg') ?? 'bin'}`

function note(outcome: Downloaded, { name, bytes }: Job, tally: Tally): void {
  if (outcome.kind === 'failed') tally.failures.push(`${name}: ${outcome.why}`)
  else tally[outcome.kind] += 1
  if (outcome.kind === 'downloaded') tally.bytes += bytes
}

const progressOf = ({ images, downloaded, there, bytes, failures }: Tally): string =>
  `images ${downloaded + there} of ${Math.max(images, downloaded + there)}, ${sizeText(bytes)}${failures.length === 0 ? '' : `, ${failures.length} failed`}`

function endLines({ downloaded, there, without, failures }: Tally, folder: string): string[] {
  const states = [...without].map(([state, count]) => `${count} ${state}`)
  return [
    ...failures.slice(0, mostShown),
    ...(failures.length > mostShown ? [`… and ${failures.length - mostShown} more`] : []),
    ...(states.length === 0 ? [] : [`rows without an image: ${states.join(', ')}`]),
    `${countText(downloaded, 'new image')} in ${folder}${there === 0 ? '' : `, ${there} were there`}`,
    ...(failures.length === 0 ? [] : ['the same command tries once more what failed']),
  ]
}

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
