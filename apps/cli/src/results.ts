import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Api } from './api/api.ts'
import { editsOf } from './api/pages.ts'
import { errorCode } from './error-code.ts'
import type { Io } from './io.ts'
import { hand, say } from './show/say.ts'
import { resultCells, resultHeader } from './show/result-cells.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The options of `restyle results`. */
export type ResultsOptions = { output?: string; json?: true }

/** Writes one row per edit, as CSV or JSON lines. A file appears whole or not at all. */
export async function results(
  batch: string,
  { output = '-', json }: ResultsOptions,
  openApi: () => Promise<Api>,
  io: Io,
): Promise<ExitCode> {
  const format = json === true ? '.jsonl' : output === '-' ? '.csv' : extname(output).toLowerCase()
  if (format !== '.csv' && format !== '.jsonl')
    throw new Stop('input', [`--output: ${output} must end with .csv or .jsonl, or be - for standard output`])
  const text = format === '.csv' ? csvOf(await openApi(), batch) : jsonLinesOf(await openApi(), batch)
  if (output === '-') {
    for await (const line of text) await hand(io.stdout, line, io.signal)
    return 0
  }
  const path = resolve(io.cwd, output)
  const unfinished = `${path}.part`
  try {
    await pipeline(Readable.from(text), createWriteStream(unfinished), { signal: io.signal })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    if (error instanceof Stop || io.signal.aborted) throw error
    throw new Stop('input', [`${output} cannot be written (${errorCode(error)})`])
  }
  say(io.stderr, `results are in ${output}`)
  return 0
}

async function* csvOf(api: Api, batch: string): AsyncGenerator<string> {
  // the first edit is asked for before the header: a batch that is not there leaves no output
  let header = resultHeader
  for await (const edit of editsOf(api, batch)) {
    yield `${header}${resultCells(edit).join(',')}\r\n`
    header = ''
  }
  if (header !== '') yield header
}

async function* jsonLinesOf(api: Api, batch: string): AsyncGenerator<string> {
  for await (const edit of editsOf(api, batch)) yield `${JSON.stringify(edit)}\n`
}
