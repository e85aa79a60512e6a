import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Edit } from '@restyle/client/types'
import type { Io } from './io.ts'
import { errorCode } from './show/error-code.ts'
import { printLines, writeRaw } from './show/print.ts'
import { resultCells, resultHeader } from './show/result-cells.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The flags of `restyle results`. */
export type ResultsFlags = { output?: string; json?: true }

/** Writes one row per edit, as CSV or JSON lines. A file is written whole or not at all. */
export async function results(
  batch: string,
  { output = '-', json }: ResultsFlags,
  openClient: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const format = json === true ? '.jsonl' : output === '-' ? '.csv' : extname(output).toLowerCase()
  if (format !== '.csv' && format !== '.jsonl')
    throw new Stop('input', [`--output: ${output} must end with .csv or .jsonl, or be - for standard output`])
  const client = await openClient()
  // Excel takes a file without the mark for one in the language of the machine; a pipe goes to a program
  const mark = output === '-' ? '' : '\uFEFF'
  const left: string[] = []
  const edits = client.batches.edits(batch, { unreadable: ({ id }) => left.push(id) })
  const text = format === '.csv' ? csvOf(edits, mark) : jsonLinesOf(edits)
  if (output === '-') {
    for await (const line of text) await writeRaw(io.stdout, line, io.signal)
    return endOf(left, io)
  }
  const path = resolve(io.cwd, output)
  const unfinished = `${path}.part`
  try {
    await pipeline(Readable.from(text), createWriteStream(unfinished), { signal: io.signal })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    if (error instanceof ApiError || io.signal.aborted) throw error
    throw new Stop('input', [`${output} cannot be written (${errorCode(error)})`])
  }
  printLines(io.stderr, `results are in ${output}`)
  return endOf(left, io)
}

/** What is not among the results must be said: nobody counts the rows. */
function endOf(left: readonly string[], io: Io): ExitCode {
  if (left.length === 0) return 0
  printLines(
    io.stderr,
    `left out, since the producer cannot read ${left.length === 1 ? 'its record' : 'their records'}: ${left.join(', ')}`,
  )
  return 1
}

async function* csvOf(edits: AsyncIterable<Edit>, mark: string): AsyncGenerator<string> {
  // read the first edit before writing the header: a batch that does not exist leaves no output
  let header = `${mark}${resultHeader}`
  for await (const edit of edits) {
    yield `${header}${resultCells(edit).join(',')}\r\n`
    header = ''
  }
  if (header !== '') yield header
}

async function* jsonLinesOf(edits: AsyncIterable<Edit>): AsyncGenerator<string> {
  for await (const edit of edits) yield `${JSON.stringify(edit)}\n`
}
