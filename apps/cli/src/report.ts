import { join, resolve } from 'node:path'
import type { Client } from '@restyle/client/client'
import type { Files } from '@restyle/client/types'
import { downloadImage } from './download-image.ts'
import type { Io } from './io.ts'
import { errorCode } from './show/error-code.ts'
import { printLines } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'
import { countText } from './show/count-text.ts'

/** The flags of `restyle report`. */
export type ReportFlags = { output?: string }

/** How often to ask whether the report is there, and when to stop waiting (ms). */
const [askMs, patienceMs] = [2_000, 30 * 60_000]

/** Fetches the report of a batch that has ended: one page, or several that lead to one another. */
export async function report(
  batch: string,
  { output = '.' }: ReportFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { report: pages } = await storedFiles(batch, client, io)
  const [first] = pages
  if (first === undefined)
    throw new Stop('failed', [
      `${batch} has more rows than reports are made of; the operator of the workers can set RESTYLE_REPORT_ROWS. Its results: restyle results ${batch}`,
    ])
  for (const [i, { name, url, sha256, bytes }] of pages.entries()) {
    const freshUrl = async () => (await client.batches.files(batch)).report[i]?.url
    const path = resolve(io.cwd, output, name)
    const outcome = await downloadImage(path, { url, sha256, bytes, freshUrl }, { client, ...io }).catch(
      (error: unknown) => {
        if (io.signal.aborted || (error instanceof Error && error.name === 'ApiError')) throw error
        throw new Stop('input', [`${path} cannot be written (${errorCode(error)})`])
      },
    )
    if (outcome.kind === 'failed') throw new Stop('failed', [`${name}: ${outcome.why}`])
  }
  printLines(
    io.stdout,
    join(output, first.name),
    ...(pages.length > 1 ? [`and ${countText(pages.length - 1, 'more page')} beside it`] : []),
  )
  return 0
}

/** The files of a batch that has ended; they are waited for where it has only just. */
async function storedFiles(batch: string, client: Client, io: Io): Promise<Files> {
  const until = io.now() + patienceMs
  for (let asked = 0; ; asked += 1) {
    const files = await client.batches.files(batch)
    if (files.state === 'stored') return files
    if (files.state === 'open') {
      const { counts, total } = await client.batches.read(batch)
      const ended = counts.succeeded + counts.failed + counts.canceled
      throw new Stop('failed', [
        `${batch} has not ended: ${ended} of ${total} rows have. The report is written when all have: restyle watch ${batch}`,
      ])
    }
    if (asked === 0)
      printLines(io.stderr, 'the report is being written by a worker: waiting up to 30 minutes for it')
    if (io.now() >= until)
      throw new Stop('failed', ['the report is not there yet: the same command asks for it again'])
    await io.wait(askMs, io.signal)
  }
}
